package dev.quorate.node.metrics;

/**
 * What replication, transport and storage tell as it happens; called from their threads, must not
 * block. Durations are in nanoseconds of {@link System#nanoTime}.
 */
public interface ReplicationMetrics {
  /** Counts nothing: for tests and simulations. */
  ReplicationMetrics NONE = new ReplicationMetrics() {};

  /** One batch was made durable in the log. */
  default void logSynced(long durationNanoseconds, long writtenBytes) {}

  /** The log's disk began to stand still while a majority of the members went on. */
  default void diskStalled() {}

  /** One batch of applied entries became visible in the state. */
  default void stateCommitted(long durationNanoseconds, int entries) {}

  /** A leader was seen that is not the one before; not called when a leader is lost. */
  default void leaderChanged() {}

  /** A proposal was refused or its outcome became unknown. */
  default void proposalFailed() {}

  /** A read index did not come in time, or the leader changed under it. */
  default void readIndexFailed() {}

  /** An answer to a read index came when nobody waited for it any more, or did not come in time. */
  default void readIndexSlow() {}

  /** This member leads and has made a learner a voter. */
  default void learnerPromoted() {}

  /** This member leads and has refused or failed to make a learner a voter. */
  default void learnerNotPromoted(String reason) {}

  /** A grant was applied. */
  default void leaseGranted(long ttlSeconds) {}

  /** A revocation was applied, whoever asked for it. */
  default void leaseRevoked() {}

  /** This member leads and has renewed a lease. */
  default void leaseRenewed() {}

  /** This member leads, and a lease that it saw expire is revoked. */
  default void leaseExpired() {}

  /** This member leads, and came to send its heartbeats more than an interval too late. */
  default void heartbeatLate() {}
}
