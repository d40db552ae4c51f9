package dev.quorate.raft;

import dev.quorate.raft.RaftStatus.RoleName;
import dev.quorate.raft.check.Bytes;
import java.util.List;

/**
 * Asks whether it could win before it raises its term, so that a node that was cut off does not
 * disturb the others when it comes back (thesis, section 9.6).
 */
final class PreCandidate implements Role {
  private final Raft raft;
  private final Campaign campaign;

  PreCandidate(Raft raft) {
    this.raft = raft;
    this.campaign = new Campaign(raft);
  }

  void begin() {
    long term = raft.term() + 1;
    for (long voter : raft.otherVoters()) {
      raft.outbox.sendNow(
          new Message.VoteRequest(raft.id(), voter, term, true, false, raft.log.last()));
    }
    count(raft.id(), true);
  }

  private void count(long voter, boolean grants) {
    switch (campaign.count(voter, grants)) {
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
    campaign.tick();
  }

  @Override
  public void step(Message message) {
    if (!(message instanceof Message.VoteReply reply)) {
      campaign.step(message);
    } else if (reply.preVote() && (!reply.granted() || reply.term() == raft.term() + 1)) {
      count(reply.from(), reply.granted());
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
