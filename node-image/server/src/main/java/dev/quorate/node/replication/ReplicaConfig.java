package dev.quorate.node.replication;

import java.time.Duration;

/**
 * Timings and limits of a member.
 *
 * @param maxPendingProposals and {@code maxPendingReads}: how many clients may wait at once; one
 *     more is told to try later
 * @param maxApplyLagEntries committed and not applied entries beyond which new proposals are
 *     refused
 * @param catchUpEntries and {@code catchUpBytes}: how much of the applied log is kept for members
 *     that lag, whichever is reached first
 * @param flushBytes how much may be applied before the state is flushed and the log shortened
 * @param snapshotBytesPerSecond how fast a state is sent to a lagging member
 */
public record ReplicaConfig(
    Duration heartbeatInterval,
    Duration electionTimeout,
    int maxPendingProposals,
    int maxPendingReads,
    int maxApplyLagEntries,
    int catchUpEntries,
    long catchUpBytes,
    long flushBytes,
    long snapshotBytesPerSecond) {

  public static ReplicaConfig of(Duration heartbeatInterval, Duration electionTimeout) {
    return new ReplicaConfig(
        heartbeatInterval,
        electionTimeout,
        20_000,
        50_000,
        5_000,
        10_000,
        32L << 20,
        64L << 20,
        100L << 20);
  }

  /** How long a client waits for its answer at the most: etcd's 5 s and two elections. */
  public Duration requestTimeout() {
    return Duration.ofSeconds(5).plus(electionTimeout.multipliedBy(2));
  }
}
