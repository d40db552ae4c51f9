package dev.quorate.raft;

/**
 * How long one follower takes to answer the leader, and what election timeout that allows it. A
 * time is rounded up to whole ticks, since nothing finer is known here.
 *
 * <p>A heartbeat tells the follower the timeout, and carries the leader's tick, which comes back
 * with the answer: so answers that are late, lost or repeated are not taken for others. Without an
 * answer that does this, as from an older version, there is no advice.
 */
final class RoundTrips {
  /** etcd's rule for the election timeout, since a round trip varies by as much as it takes. */
  private static final int HEARTBEATS = 10;

  /**
   * An answer to entries contains a sync of the follower's disk. An election takes two of them one
   * after the other, the candidate's and a voter's, and nobody should ask for votes too before it
   * is over; but no sync delays a heartbeat, so this factor is smaller.
   */
  private static final int APPENDS = 4;

  private final RaftConfig config;
  private final RecentHigh heartbeats;
  private final RecentHigh appends;
  private long tick = 1;

  /** The last entry of the append that is measured, 0 for none. */
  private long measuredIndex;

  private long measuredTick;

  RoundTrips(RaftConfig config) {
    this.config = config;
    this.heartbeats = new RecentHigh(config.measuringTicks());
    this.appends = new RecentHigh(config.measuringTicks());
  }

  void tick() {
    tick++;
    heartbeats.tick();
    appends.tick();
  }

  /** To be sent with a heartbeat; never 0, which stands for none. */
  long sentTick() {
    return tick;
  }

  void heartbeatAnswered(long sentTick) {
    if (sentTick > 0 && sentTick <= tick) {
      heartbeats.took(roundedUp(sentTick));
    }
  }

  /** Entries up to this index are on their way; one append is measured at a time. */
  void appendSent(long lastIndex) {
    if (measuredIndex == 0) {
      measuredIndex = lastIndex;
      measuredTick = tick;
    }
  }

  void matched(long index) {
    if (measuredIndex != 0 && index >= measuredIndex) {
      appends.took(roundedUp(measuredTick));
      measuredIndex = 0;
    }
  }

  /** What is on the way will not be answered. */
  void appendsLost() {
    measuredIndex = 0;
  }

  private int roundedUp(long sinceTick) {
    return (int) Math.min(tick - sinceTick + 1, config.electionTimeoutTicks());
  }

  /** The election timeout that this follower may use, 0 if nothing can be said. */
  int electionTimeoutTicks() {
    if (!config.adapts() || heartbeats.ticks() == RecentHigh.UNKNOWN) {
      return 0;
    }
    int ticks = Math.max(HEARTBEATS * heartbeats.ticks(), APPENDS * appends.ticks());
    return config.withinBounds(ticks);
  }
}
