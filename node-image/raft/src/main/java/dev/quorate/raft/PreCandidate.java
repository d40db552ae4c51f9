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
  private final int round;
  private final boolean mayYield;
  private final Campaign campaign;

  /** A better one asks as well: if both went on, their votes would be split. */
  private boolean yields;

  PreCandidate(Raft raft, int round, boolean mayYield) {
    this.raft = raft;
    this.round = round;
    this.mayYield = mayYield;
    this.campaign = new Campaign(raft, raft.timing.preVoteTicks(round));
  }

  void begin() {
    raft.otherVoters().forEach(this::ask);
    count(raft.id(), true);
  }

  private void ask(long voter) {
    raft.outbox.sendNow(
        new Message.VoteRequest(raft.id(), voter, raft.term() + 1, true, false, raft.log.last()));
  }

  /**
   * Another one asks for the same term. Messages of a connection stay in order, so of two that ask
   * at the same time the lesser one knows of the other before it has its answer, and waits for this
   * round; not for the next as well, since the better one may be unable to reach a majority. The
   * better one asks again if it has no answer: the other one may have still heard the leader when
   * it was asked, and does so no more.
   */
  void rival(Message.VoteRequest request) {
    if (request.term() != raft.term() + 1 || !raft.configuration().isVoter(request.from())) {
      return;
    }
    if (!raft.comesBefore(request)) {
      yields = mayYield;
    } else if (campaign.awaits(request.from())) {
      ask(request.from());
    }
  }

  private void count(long voter, boolean grants) {
    switch (campaign.count(voter, grants)) {
      case WON -> {
        if (!yields) {
          raft.becomeCandidate(false);
        }
      }
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
    if (campaign.tick()) {
      raft.campaignAgain(round + 1, !yields);
    }
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
