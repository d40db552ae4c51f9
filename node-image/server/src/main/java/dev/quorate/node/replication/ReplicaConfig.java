package dev.quorate.node.replication;

import dev.quorate.raft.RaftConfig;
import java.time.Duration;

/**
 * Timings and limits of a member.
 *
 * @param minElectionTimeout if less than {@code electionTimeout}, the core's election timeout
 *     adapts between these two; all that is told clients or waits for a leader counts in the latter
 * @param maxPendingProposals and {@code maxPendingReads}: how many clients may wait at once; one
 *     more is told to try later
 * @param maxPendingBytes how much their commands may take together
 * @param maxUnappliedBytes how much may be proposed, or committed, and not applied
 * @param maxApplyLagEntries committed and not applied entries beyond which new proposals are
 *     refused
 * @param catchUpEntries and {@code catchUpBytes}: how much of the applied log is kept for members
 *     that lag, whichever is reached first
 * @param flushBytes how much may be applied before the state is flushed and the log shortened
 * @param maxLearners most learners that are taken into the cluster at a time
 * @param leaseCheckpointInterval a lease that was not renewed for so long has what is left of it
 *     written to the log
 * @param maxAppendBytes how large the entries of one message get (one entry always fits)
 * @param maxInFlightMessages how many may be on the way to one follower unanswered
 */
public record ReplicaConfig(
    Duration heartbeatInterval,
    Duration electionTimeout,
    Duration minElectionTimeout,
    int maxPendingProposals,
    int maxPendingReads,
    long maxPendingBytes,
    long maxUnappliedBytes,
    int maxApplyLagEntries,
    int catchUpEntries,
    long catchUpBytes,
    long flushBytes,
    int maxLearners,
    Duration leaseCheckpointInterval,
    int maxAppendBytes,
    int maxInFlightMessages) {
  private static final int HEARTBEAT_TICKS = 4;
  private static final long MAX_IN_FLIGHT_BYTES = 16L << 20;

  public static ReplicaConfig of(
      Duration heartbeatInterval,
      Duration electionTimeout,
      Duration minElectionTimeout,
      int maxLearners) {
    var memory = MemoryBudget.of(Runtime.getRuntime().maxMemory());
    return new ReplicaConfig(
        heartbeatInterval,
        electionTimeout,
        minElectionTimeout,
        20_000,
        50_000,
        memory.pendingBytes(),
        memory.unappliedBytes(),
        5_000,
        10_000,
        memory.catchUpBytes(),
        memory.unflushedBytes(),
        maxLearners,
        Duration.ofMinutes(5),
        1 << 20,
        256);
  }

  /** How long a client waits for its answer at the most: etcd's 5 s and two elections. */
  public Duration requestTimeout() {
    return Duration.ofSeconds(5).plus(electionTimeout.multipliedBy(2));
  }

  /**
   * How long clients are kept waiting for a leader: an election that is not won at once fits in.
   */
  public Duration leaderPatience() {
    return electionTimeout.multipliedBy(4);
  }

  /** One and a half election timeouts in whole seconds, as etcd's: no lease is shorter. */
  long minLeaseTtlSeconds() {
    return Math.ceilDiv(electionTimeout.multipliedBy(3).dividedBy(2).toMillis(), 1000);
  }

  /**
   * What a new leader gives every lease on top: an election timeout, as etcd, for renewals that the
   * leader before may have granted in its last moment, and as much more as it may have come sooner.
   */
  Duration leaseExtension() {
    return electionTimeout.multipliedBy(2).minus(minElectionTimeout);
  }

  /** The core's clock: finer than the heartbeat, so that election timeouts seldom collide. */
  Duration tick() {
    return heartbeatInterval.dividedBy(HEARTBEAT_TICKS);
  }

  RaftConfig raft(long id) {
    return new RaftConfig(
        id,
        HEARTBEAT_TICKS,
        ticks(electionTimeout),
        ticks(minElectionTimeout),
        maxAppendBytes,
        maxInFlightMessages,
        MAX_IN_FLIGHT_BYTES,
        maxUnappliedBytes);
  }

  private int ticks(Duration time) {
    return Math.toIntExact(Math.ceilDiv(time.toNanos(), tick().toNanos()));
  }
}
