package dev.quorate.raft;

/**
 * How one node's core behaves. A tick is as long as the host makes it. The election timeout is
 * drawn from [electionTimeoutTicks, 2 * electionTimeoutTicks).
 *
 * @param minElectionTimeoutTicks if less than {@code electionTimeoutTicks}, the election timeout
 *     adapts to what is measured, between these two; see {@link RoundTrips} and {@link
 *     ElectionTiming}
 * @param maxAppendBytes how many bytes of entries one AppendEntries carries at the most (one entry
 *     always fits)
 * @param maxInFlightMessages and {@code maxInFlightBytes}: how much may be on the way to one
 *     follower unanswered
 * @param maxUnappliedBytes beyond this much that is proposed and not applied the leader refuses
 *     proposals, and beyond this much that is committed and not applied a follower takes no entries
 */
public record RaftConfig(
    long id,
    int heartbeatTicks,
    int electionTimeoutTicks,
    int minElectionTimeoutTicks,
    int maxAppendBytes,
    int maxInFlightMessages,
    long maxInFlightBytes,
    long maxUnappliedBytes) {
  private static final int MEASURED_TIMEOUTS = 10;

  public static RaftConfig of(
      long id, int heartbeatTicks, int electionTimeoutTicks, long maxUnappliedBytes) {
    return new RaftConfig(
        id,
        heartbeatTicks,
        electionTimeoutTicks,
        electionTimeoutTicks,
        1 << 20,
        256,
        16L << 20,
        maxUnappliedBytes);
  }

  /** The same with an election timeout that adapts. */
  public RaftConfig adaptive(int leastElectionTimeoutTicks) {
    return new RaftConfig(
        id,
        heartbeatTicks,
        electionTimeoutTicks,
        leastElectionTimeoutTicks,
        maxAppendBytes,
        maxInFlightMessages,
        maxInFlightBytes,
        maxUnappliedBytes);
  }

  boolean adapts() {
    return minElectionTimeoutTicks < electionTimeoutTicks;
  }

  int withinBounds(long ticks) {
    return Math.clamp(ticks, minElectionTimeoutTicks, electionTimeoutTicks);
  }

  /** For so long something must have been measured before it counts. */
  int measuringTicks() {
    return MEASURED_TIMEOUTS * electionTimeoutTicks;
  }
}
