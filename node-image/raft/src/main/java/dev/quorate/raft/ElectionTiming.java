package dev.quorate.raft;

import java.util.random.RandomGenerator;

/**
 * How long a node waits before it asks for votes, and for those. All times are drawn, so that nodes
 * that begin together seldom collide.
 *
 * <p>What adapts is how long a follower waits for a leader that it hears, and nothing else. A wait
 * that is too short so costs a round of pre-votes, which those refuse who hear the leader, and then
 * counts as a silence that makes the next one longer. Elections themselves, and all that comes
 * after them, have the configured timeout and more, so no measurement can keep a leader from being
 * found. The same holds for the leader: how long it goes on without a majority, waits for a
 * transfer or for its disk, since its followers may go back to the configured timeout at any time.
 */
final class ElectionTiming {
  /** Up to 4 to 8 election timeouts: once votes get through again, nobody shall wait for long. */
  private static final int MAX_DOUBLINGS = 2;

  private static final int SILENCES = 3;

  private final RaftConfig config;
  private final RandomGenerator random;

  /** How long the leader was silent; what a false alarm was about counts too. */
  private final RecentHigh silences;

  /** How many terms began since somebody led. */
  private int leaderlessTerms;

  ElectionTiming(RaftConfig config, RandomGenerator random) {
    this.config = config;
    this.random = random;
    this.silences = new RecentHigh(config.measuringTicks());
  }

  void tick() {
    silences.tick();
  }

  /** The leader was not heard for so long. */
  void silent(int ticks) {
    silences.took(ticks);
  }

  /**
   * The election timeout that a follower uses which its leader gave this advice, 0 for none. The
   * leader knows what it can measure; what the follower itself has lately seen of lost or late
   * heartbeats, of pauses here or there, must fit in several times.
   */
  int leastTicks(int advisedTicks) {
    int silentTicks = silences.ticks();
    if (!config.adapts() || advisedTicks <= 0 || silentTicks == RecentHigh.UNKNOWN) {
      return config.electionTimeoutTicks();
    }
    return config.withinBounds(Math.max(advisedTicks, (long) SILENCES * silentTicks));
  }

  /** A time that was drawn for the configured election timeout, for another one. */
  int scaled(int ticks, int leastTicks) {
    return (int) Math.ceilDiv((long) ticks * leastTicks, config.electionTimeoutTicks());
  }

  /** How long a follower waits for its leader, or for one. */
  int followerTicks() {
    return drawnTicks() << patience();
  }

  private int drawnTicks() {
    return config.electionTimeoutTicks() + random.nextInt(config.electionTimeoutTicks());
  }

  /**
   * Votes come when disks have synced. Where that takes longer than an election timeout, who gave
   * up, or asked for votes itself, after the same time again and again would never see a leader. So
   * these times double with every term that found none, but for the first.
   */
  private int patience() {
    return Math.clamp(leaderlessTerms - 1, 0, MAX_DOUBLINGS);
  }

  /** Between one tick and a heartbeat's time. */
  int heartbeatTicks() {
    return 1 + random.nextInt(config.heartbeatTicks());
  }

  /**
   * How long a round of pre-votes lasts: who was asked may not have known yet that the leader is
   * gone. Asking disturbs nobody, so it begins with the time of a heartbeat or two, and doubles up
   * to an election timeout.
   */
  int preVoteTicks(int round) {
    int least = config.heartbeatTicks() << Math.min(round, 16);
    return Math.min(drawnTicks(), least + random.nextInt(least));
  }

  /** How long an election lasts. */
  int campaignTicks() {
    return drawnTicks() << patience();
  }

  /** From the later half of the range: for who gives way to another candidate. */
  int lateCampaignTicks() {
    int half = config.electionTimeoutTicks() / 2;
    int ticks =
        config.electionTimeoutTicks()
            + half
            + random.nextInt(Math.max(1, config.electionTimeoutTicks() - half));
    return ticks << patience();
  }

  /** For the better of two candidates: soon, but later the slower votes seem to be. */
  int earlyCampaignTicks() {
    return preVoteTicks(1 + patience());
  }

  /** A term begins, and nobody leads it yet. */
  void termBegins() {
    leaderlessTerms++;
  }

  /** Somebody leads. */
  void leaderFound() {
    leaderlessTerms = 0;
  }
}
