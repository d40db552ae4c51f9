package dev.quorate.node.kv;

/** What an applied command has done to a lease. */
public sealed interface LeaseChange {
  record Granted(Lease lease) implements LeaseChange {}

  record Revoked(long id) implements LeaseChange {}

  /** The same, and the index of its entry. */
  record Applied(long index, LeaseChange change) {}

  /** How much the next leader begins with; 0 means the whole TTL. */
  record Checkpointed(long id, long remainingTtlSeconds) implements LeaseChange {}
}
