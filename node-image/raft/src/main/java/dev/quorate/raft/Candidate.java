package dev.quorate.raft;

import dev.quorate.raft.RaftStatus.RoleName;
import dev.quorate.raft.check.Bytes;
import java.util.List;
import java.util.TreeSet;

/**
 * Asks for the votes of its term (thesis, section 3.4). Its requests leave only when its own vote
 * is durable, so a vote that arrives proves that as well.
 */
final class Candidate implements Role {
  private final Raft raft;
  private final boolean leadershipTransfer;
  private final TreeSet<Long> granted = new TreeSet<>();
  private final TreeSet<Long> rejected = new TreeSet<>();
  private int timeoutTicks;
  private int elapsedTicks;

  Candidate(Raft raft, boolean leadershipTransfer) {
    this.raft = raft;
    this.leadershipTransfer = leadershipTransfer;
    this.timeoutTicks = raft.randomElectionTimeoutTicks();
  }

  void campaign() {
    for (long voter : raft.otherVoters()) {
      raft.outbox.sendAfterAppend(
          new Message.VoteRequest(
              raft.id(), voter, raft.term(), false, leadershipTransfer, raft.log.last()));
    }
    granted.add(raft.id());
    count();
  }

  private void count() {
    switch (raft.majority().voteResult(granted, rejected)) {
      case WON -> raft.becomeLeader();
      case LOST -> raft.becomeFollower(raft.term(), 0);
      case OPEN -> {}
    }
  }

  /**
   * Another candidate of this term, so the votes may be split: the one with the better log, then
   * the greater id, shall try first next time.
   */
  void rival(Message.VoteRequest request) {
    var own = raft.log.last();
    boolean better =
        request.last().equals(own)
            ? request.from() > raft.id()
            : request.last().atLeastAsUpToDateAs(own);
    if (better) {
      timeoutTicks = raft.lateElectionTimeoutTicks();
    }
  }

  @Override
  public RoleName name() {
    return RoleName.CANDIDATE;
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
        if (!reply.preVote()) {
          (reply.granted() ? granted : rejected).add(reply.from());
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
