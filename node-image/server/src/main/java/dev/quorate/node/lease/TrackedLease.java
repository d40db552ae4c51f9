package dev.quorate.node.lease;

import java.util.Comparator;

/** One lease with what its leader remembers of it; see {@link LeaseDeadlines}. */
final class TrackedLease {
  static final Comparator<TrackedLease> BY_DUE =
      Comparator.<TrackedLease>comparingLong(lease -> lease.dueMilliseconds)
          .thenComparingLong(lease -> lease.id);
  static final Comparator<TrackedLease> BY_CHECKPOINT =
      Comparator.<TrackedLease>comparingLong(lease -> lease.checkpointMilliseconds)
          .thenComparingLong(lease -> lease.id);

  final long id;
  final long ttlSeconds;
  long deadlineMilliseconds;

  /** When to propose its revocation: the deadline, or later after an attempt that failed. */
  long dueMilliseconds;

  /** When to tell the log how much is left. */
  long checkpointMilliseconds;

  /** Its revocation was proposed. */
  boolean ending;

  /** The log says that less than the whole TTL is left. */
  boolean checkpointed;

  /**
   * The number of the last proposal that makes the log say so, as long as its outcome is not known;
   * else 0.
   */
  long checkpointProposal;

  TrackedLease(long id, long ttlSeconds) {
    this.id = id;
    this.ttlSeconds = ttlSeconds;
  }
}
