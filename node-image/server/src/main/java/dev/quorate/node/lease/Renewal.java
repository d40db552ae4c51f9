package dev.quorate.node.lease;

/** What becomes of a wish to renew a lease. */
public sealed interface Renewal {
  record Renewed(long ttlSeconds) implements Renewal {}

  /** There is no such lease. */
  record Unknown() implements Renewal {}

  /** Its time is over: it is as good as revoked, and is not brought back. */
  record Ended() implements Renewal {}

  /**
   * The log may say that little is left of it. Until that is taken back in the log, a renewal would
   * not survive this leader.
   */
  record Checkpointed() implements Renewal {}
}
