package dev.quorate.node.kv;

/**
 * A lease as the log knows it: without a deadline, for the log has no clock.
 *
 * @param grantedTtlSeconds how long it lives after a renewal
 * @param remainingTtlSeconds how long it lives when a leader begins, because the one before has
 *     said so; 0 means the whole TTL
 */
public record Lease(long id, long grantedTtlSeconds, long remainingTtlSeconds) {
  /** How long it lives at the least when a leader begins. */
  public long startTtlSeconds() {
    return remainingTtlSeconds > 0 ? remainingTtlSeconds : grantedTtlSeconds;
  }

  Lease withRemaining(long seconds) {
    return new Lease(id, grantedTtlSeconds, seconds);
  }
}
