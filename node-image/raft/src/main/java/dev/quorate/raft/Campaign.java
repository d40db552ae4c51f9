package dev.quorate.raft;

import dev.quorate.raft.quorum.Majority.VoteResult;
import java.util.TreeSet;

/**
 * What {@link PreCandidate} and {@link Candidate} have in common: the votes so far, the time that
 * is left, and the answers to all that is not a vote.
 */
final class Campaign {
  private final Raft raft;
  private final TreeSet<Long> granted = new TreeSet<>();
  private final TreeSet<Long> rejected = new TreeSet<>();
  private int timeoutTicks;
  private int elapsedTicks;

  Campaign(Raft raft, int timeoutTicks) {
    this.raft = raft;
    this.timeoutTicks = timeoutTicks;
  }

  /** Takes a vote and tells how the election stands with it. */
  VoteResult count(long voter, boolean grants) {
    (grants ? granted : rejected).add(voter);
    return raft.majority().voteResult(granted, rejected);
  }

  /** Whether this voter's answer is still open. */
  boolean awaits(long voter) {
    return !granted.contains(voter) && !rejected.contains(voter);
  }

  /** Nobody else shall try before, but if the other one wins after all, that must be heard. */
  void comeFirst() {
    timeoutTicks = Math.min(timeoutTicks, elapsedTicks + raft.timing.earlyCampaignTicks());
  }

  /** Somebody else shall try first next time. */
  void giveWay() {
    timeoutTicks = raft.timing.lateCampaignTicks();
  }

  /** Whether the time for this campaign is over. */
  boolean tick() {
    return ++elapsedTicks >= timeoutTicks;
  }

  /** Any message but a vote: whoever leads this term has won it. */
  void step(Message message) {
    switch (message) {
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
          Message.VoteReply _,
          Message.TimeoutNow _,
          Message.ForwardProposals _,
          Message.ReadReply _ -> {}
    }
  }
}
