package dev.quorate.raft;

import dev.quorate.raft.check.Bytes;
import dev.quorate.raft.check.Invariants;
import dev.quorate.raft.log.EntryId;
import dev.quorate.raft.quorum.MembershipChange;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The only way into the core: inputs are calls, the one output is {@link #ready}. Used by one
 * thread.
 */
public final class RaftNode {
  private static final Ready NOTHING =
      new Ready(null, null, List.of(), List.of(), List.of(), List.of(), List.of(), List.of());

  private final Raft raft;

  /** What the disk was told last. */
  private HardState written;

  public RaftNode(
      RaftConfig config, RestoredState restored, RandomGenerator random, RaftTrace trace) {
    raft = new Raft(config, restored, random, trace);
    written = restored.hardState();
  }

  public void tick() {
    raft.tick();
  }

  /** A message from a peer; stale, foreign and impossible ones are ignored. */
  public void step(Message message) {
    raft.step(message);
  }

  /** Proposes commands in this order, all or none. */
  public ProposalResult propose(List<Bytes> commands) {
    return raft.role().propose(commands);
  }

  /** Leader only. {@code context} comes back with the entry and means nothing to the core. */
  public ProposalResult proposeMembership(MembershipChange change, Bytes context) {
    return raft.role() instanceof Leader leader
        ? leader.proposeMembership(change, context)
        : ProposalResult.NOT_LEADER;
  }

  /** Asks from which index on a read is linearizable; {@code id} is fresh for every attempt. */
  public void requestRead(long id) {
    raft.role().requestRead(id);
  }

  /**
   * Begins to hand leadership to a voter; false if this node does not lead or the target cannot.
   */
  public boolean transferLeadership(long target) {
    return raft.role() instanceof Leader leader && leader.transferTo(target);
  }

  /**
   * The log is durable up to this entry: the last one of a batch (of several, if they were synced
   * together), or the snapshot's id if the batch had no entries. Reports come in the order of the
   * batches; one for what was overwritten meanwhile counts for nothing.
   */
  public void persisted(EntryId id) {
    raft.persisted(id);
  }

  /**
   * The state machine has applied everything up to this index; membership entries take effect now.
   */
  public void applied(long index) {
    raft.applied(index);
  }

  /**
   * An established connection to this peer broke, as it does when the peer's process ends. A mere
   * hint: a false one costs a few messages, none costs an election timeout if it was the leader.
   */
  public void peerLost(long peer) {
    raft.role().peerLost(peer);
  }

  /**
   * The state was sent to a follower and is installed there up to {@code snapshot}, or the transfer
   * failed.
   */
  public void snapshotSent(long to, EntryId snapshot, boolean installed) {
    if (raft.role() instanceof Leader leader) {
      leader.snapshotSent(to, snapshot, installed);
    }
  }

  /** Forgets entries up to this index, which must be applied: who needs them gets a snapshot. */
  public void removeLogUpTo(long index) {
    raft.log.removeUpTo(index);
  }

  public boolean hasReady() {
    return !raft.outbox.isEmpty()
        || raft.role().wantsFlush()
        || raft.log.hasUnstable()
        || raft.log.hasCommitted()
        || raft.snapshotToInstall() != null
        || termOrVoteChanged();
  }

  /** Everything since the last time; cheap when there is nothing. */
  public Ready ready() {
    if (!hasReady()) {
      return NOTHING;
    }
    raft.role().flush();
    var snapshot = raft.snapshotToInstall();
    if (snapshot != null) {
      raft.snapshotHandedOut();
    }
    var entries = raft.log.takeUnstable();
    boolean membership = raft.log.handsOutMembership();
    return new Ready(
        takeHardState(snapshot != null || !entries.isEmpty() || membership),
        snapshot,
        entries,
        raft.outbox.takeNow(),
        raft.outbox.takeAfterAppend(),
        raft.log.takeCommitted(),
        raft.outbox.takeReads(),
        raft.outbox.takeSnapshotsWanted());
  }

  private boolean termOrVoteChanged() {
    return raft.term() != written.term() || raft.vote() != written.vote();
  }

  /**
   * The committed index alone is not worth a write; it goes along with others. It is if the
   * membership changes: a member that was removed may be gone for good when this node restarts and,
   * not knowing of it, asks for its vote.
   */
  private @Nullable HardState takeHardState(boolean alongWithOthers) {
    boolean committed = alongWithOthers && raft.log.committedIndex() != written.committed();
    if (!committed && !termOrVoteChanged()) {
      return null;
    }
    Invariants.check(
        raft.term() > written.term() || written.vote() == 0 || raft.vote() == written.vote(),
        "a vote is never changed within a term");
    written = new HardState(raft.term(), raft.vote(), raft.log.committedIndex());
    return written;
  }

  public RaftStatus status() {
    var role = raft.role();
    return new RaftStatus(
        raft.id(),
        role.name(),
        raft.term(),
        role.leader(),
        raft.log.committedIndex(),
        raft.log.appliedIndex(),
        raft.log.last(),
        raft.configuration(),
        raft.log.membershipPending(),
        role instanceof Leader leader ? leader.transferTarget() : 0,
        role instanceof Follower follower
            ? follower.electionTimeoutTicks()
            : raft.config.electionTimeoutTicks(),
        raft.disk.stalls(),
        role instanceof Leader leader ? leader.followers() : List.of());
  }
}
