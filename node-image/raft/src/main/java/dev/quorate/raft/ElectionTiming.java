package dev.quorate.raft;

import java.util.random.RandomGenerator;

/**
 * How long a node waits before it asks for votes, and for those. All times are drawn, so that nodes
 * that begin together seldom collide.
 */
final class ElectionTiming {
  /** Up to 4 to 8 election timeouts: once votes get through again, nobody shall wait for long. */
  private static final int MAX_DOUBLINGS = 2;

  private final RaftConfig config;
  private final RandomGenerator random;

  /** How many terms began since somebody led. */
  private int leaderlessTerms;

  ElectionTiming(RaftConfig config, RandomGenerator random) {
    this.config = config;
    this.random = random;
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
