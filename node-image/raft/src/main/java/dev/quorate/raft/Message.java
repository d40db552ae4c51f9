package dev.quorate.raft;

import dev.quorate.raft.check.Bytes;
import dev.quorate.raft.log.Entry;
import dev.quorate.raft.log.EntryId;
import dev.quorate.raft.log.Snapshot;
import java.util.List;

/**
 * What nodes say to each other: data only, and the same whether it comes from a socket, a script or
 * a simulation.
 */
public sealed interface Message {
  long from();

  long to();

  /** The sender's term; for a pre-vote the term that it would campaign in. */
  long term();

  /** Entries that follow {@code previous} (thesis, section 3.5); without entries it probes. */
  record AppendEntries(
      long from, long to, long term, EntryId previous, List<Entry> entries, long committedIndex)
      implements Message {}

  /**
   * Durable up to {@code index}, or rejected: {@code index} is then the refused {@code previous}
   * and {@code hint} the last entry of ours that can match, by which the leader skips a whole term
   * at a time.
   */
  record AppendReply(long from, long to, long term, boolean rejected, long index, EntryId hint)
      implements Message {}

  /**
   * The leader lives; {@code round} confirms reads, 0 when none waits.
   *
   * @param electionTimeoutTicks the advice which election timeout to use, 0 for none
   * @param sentTick comes back with the answer, for the leader to measure; 0 for nothing
   */
  record Heartbeat(
      long from,
      long to,
      long term,
      long committedIndex,
      long round,
      int electionTimeoutTicks,
      long sentTick)
      implements Message {
    public Heartbeat(long from, long to, long term, long committedIndex, long round) {
      this(from, to, term, committedIndex, round, 0, 0);
    }
  }

  record HeartbeatReply(long from, long to, long term, long round, long sentTick)
      implements Message {
    public HeartbeatReply(long from, long to, long term, long round) {
      this(from, to, term, round, 0);
    }
  }

  /**
   * {@code leadershipTransfer}: the old leader asked for it, so a lease does not stand against it.
   */
  record VoteRequest(
      long from, long to, long term, boolean preVote, boolean leadershipTransfer, EntryId last)
      implements Message {}

  record VoteReply(long from, long to, long term, boolean preVote, boolean granted)
      implements Message {}

  /**
   * The follower is behind the leader's log. The state comes beside the message: the host hands
   * this over once all of it has been received and checked.
   */
  record InstallSnapshot(long from, long to, long term, Snapshot snapshot) implements Message {}

  /** Campaign now (thesis, section 3.10). */
  record TimeoutNow(long from, long to, long term) implements Message {}

  /**
   * Proposals made to a follower, on their way to the leader; may get lost, is never repeated by
   * the core and must not be by the transport: the leader would take it for new ones. All other
   * messages may come twice and in any order.
   */
  record ForwardProposals(long from, long to, long term, List<Bytes> proposals)
      implements Message {}

  record ForwardRead(long from, long to, long term, long id) implements Message {}

  /** The answer to a forwarded read: refused when the receiver cannot serve reads now. */
  record ReadReply(long from, long to, long term, long id, boolean granted, long index)
      implements Message {}
}
