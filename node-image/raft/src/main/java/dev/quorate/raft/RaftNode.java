package dev.quorate.raft;

import dev.quorate.raft.check.Bytes;
import dev.quorate.raft.log.EntryId;
import dev.quorate.raft.quorum.MembershipChange;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * The only way into the core: inputs are calls, the one output is {@link #ready}. Used by one
 * thread.
 */
@SuppressWarnings({"DoNotCallSuggester", "unused"})
public final class RaftNode {
  public RaftNode(
      RaftConfig config, RestoredState restored, RandomGenerator random, RaftTrace trace) {
    throw notYet();
  }

  public void tick() {
    throw notYet();
  }

  /** A message from a peer; stale, foreign and impossible ones are ignored. */
  public void step(Message message) {
    throw notYet();
  }

  /** Proposes commands in this order, all or none. */
  public ProposalResult propose(List<Bytes> commands) {
    throw notYet();
  }

  /** Leader only. {@code context} comes back with the entry and means nothing to the core. */
  public ProposalResult proposeMembership(MembershipChange change, Bytes context) {
    throw notYet();
  }

  /** Asks from which index on a read is linearizable; {@code id} is fresh for every attempt. */
  public void requestRead(long id) {
    throw notYet();
  }

  /**
   * Begins to hand leadership to a voter; false if this node does not lead or the target cannot.
   */
  public boolean transferLeadership(long target) {
    throw notYet();
  }

  /** The log is durable up to this entry; ignored if the entry was overwritten meanwhile. */
  public void persisted(EntryId id) {
    throw notYet();
  }

  /**
   * The state machine has applied everything up to this index; membership entries take effect now.
   */
  public void applied(long index) {
    throw notYet();
  }

  /**
   * The state was sent to a follower and is installed there up to {@code snapshot}, or the transfer
   * failed.
   */
  public void snapshotSent(long to, EntryId snapshot, boolean installed) {
    throw notYet();
  }

  /** Forgets entries up to this index, which must be applied: who needs them gets a snapshot. */
  public void removeLogUpTo(long index) {
    throw notYet();
  }

  public boolean hasReady() {
    throw notYet();
  }

  public Ready ready() {
    throw notYet();
  }

  public RaftStatus status() {
    throw notYet();
  }

  private static RuntimeException notYet() {
    return new IllegalStateException("the core is being built");
  }
}
