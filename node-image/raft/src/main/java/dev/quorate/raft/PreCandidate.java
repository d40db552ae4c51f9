package dev.quorate.raft;

import dev.quorate.raft.RaftStatus.RoleName;
import dev.quorate.raft.check.Bytes;
import java.util.List;
import java.util.TreeSet;

/**
 * Asks whether it could win before it raises its term, so that a node that was cut off does not
 * disturb the others when it comes back (thesis, section 9.6).
 */
final class PreCandidate implements Role {
  private final Raft raft;
  private final TreeSet<Long> granted = new TreeSet<>();
  private final TreeSet<Long> rejected = new TreeSet<>();
  private final int timeoutTicks;
  private int elapsedTicks;

  PreCandidate(Raft raft) {
    this.raft = raft;
    this.timeoutTicks = raft.randomElectionTimeoutTicks();
  }

  void campaign() {
    long term = raft.term() + 1;
    for (long voter : raft.otherVoters()) {
      raft.outbox.sendNow(
          new Message.VoteRequest(raft.id(), voter, term, true, false, raft.log.last()));
    }
    granted.add(raft.id());
    count();
  }

  private void count() {
    switch (raft.majority().voteResult(granted, rejected)) {
      case WON -> raft.becomeCandidate(false);
      case LOST -> raft.becomeFollower(raft.term(), 0);
      case OPEN -> {}
    }
  }

  @Override
  public RoleName name() {
    return RoleName.PRE_CANDIDATE;
  }

  @Override
  public long leader() {
    return 0;
  }

  @Override
  public boolean leaseHolds() {
    return false;
  }

  @Override
  public void tick() {
    if (++elapsedTicks >= timeoutTicks) {
      if (raft.mayCampaign()) {
        raft.becomePreCandidate();
      } else {
        raft.becomeFollower(raft.term(), 0);
      }
    }
  }

  @Override
  public void step(Message message) {
    switch (message) {
      case Message.VoteReply reply -> {
        if (reply.preVote() && reply.granted() && reply.term() == raft.term() + 1) {
          granted.add(reply.from());
          count();
        } else if (reply.preVote() && !reply.granted()) {
          rejected.add(reply.from());
          count();
        }
      }
      case Message.AppendEntries _, Message.Heartbeat _, Message.InstallSnapshot _ -> {
        raft.becomeFollower(message.term(), message.from());
        raft.role().step(message);
      }
      case Message.ForwardRead read ->
          raft.outbox.sendNow(
              new Message.ReadReply(raft.id(), read.from(), raft.term(), read.id(), false, 0));
      case Message.AppendReply _,
          Message.HeartbeatReply _,
          Message.VoteRequest _,
          Message.TimeoutNow _,
          Message.ForwardProposals _,
          Message.ReadReply _ -> {}
    }
  }

  @Override
  public ProposalResult propose(List<Bytes> commands) {
    return ProposalResult.NO_LEADER;
  }

  @Override
  public void requestRead(long id) {
    raft.outbox.readRefused(id);
  }

  @Override
  public void leave() {}
}
