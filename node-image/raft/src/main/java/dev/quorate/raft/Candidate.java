package dev.quorate.raft;

import dev.quorate.raft.RaftStatus.RoleName;
import dev.quorate.raft.check.Bytes;
import java.util.List;

/**
 * Asks for the votes of its term (thesis, section 3.4). Its requests leave only when its own vote
 * is durable, so a vote that arrives proves that as well.
 */
final class Candidate implements Role {
  private final Raft raft;
  private final boolean leadershipTransfer;
  private final Campaign campaign;

  /** There is a lesser candidate in this term. */
  private boolean comesFirst;

  Candidate(Raft raft, boolean leadershipTransfer) {
    this.raft = raft;
    this.leadershipTransfer = leadershipTransfer;
    this.campaign = new Campaign(raft, raft.timing.campaignTicks());
  }

  void begin() {
    for (long voter : raft.otherVoters()) {
      raft.outbox.sendAfterAppend(
          new Message.VoteRequest(
              raft.id(), voter, raft.term(), false, leadershipTransfer, raft.log.last()));
    }
    count(raft.id(), true);
  }

  private void count(long voter, boolean grants) {
    switch (campaign.count(voter, grants)) {
      case WON -> raft.becomeLeader();
      case LOST -> {
        if (!comesFirst) {
          raft.becomeFollower(raft.term(), 0);
        }
      }
      case OPEN -> {}
    }
  }

  /**
   * Another candidate of this term, so the votes may be split: the better one tries again soon, the
   * other one late.
   */
  void rival(Message.VoteRequest request) {
    if (raft.comesBefore(request)) {
      comesFirst = true;
      campaign.comeFirst();
    } else {
      campaign.giveWay();
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
    if (campaign.tick()) {
      raft.campaignAgain(0, true);
    }
  }

  @Override
  public void step(Message message) {
    if (!(message instanceof Message.VoteReply reply)) {
      campaign.step(message);
    } else if (!reply.preVote()) {
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
