package dev.quorate.raft.timing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Election timeouts that adapt: what they gain, and that they cost nobody a leader. */
class AdaptiveRecoveryTest {
  private static final int LEAST_TICKS = TimedCluster.ELECTION_TICKS / 2;
  private static final int SEEDS = 100;
  private static final int FEW_SEEDS = 10;
  private static final long PATIENCE_MICROS = 60_000_000;

  /** What is measured counts after ten election timeouts. */
  private static final long MEASURING_MICROS =
      11L * TimedCluster.TICK_MICROS * TimedCluster.ELECTION_TICKS;

  /**
   * The leader's machine loses power: no connection breaks, so its followers wait for the timeout.
   * Milliseconds without a leader, of 100 seeds; docs/timeouts.md has the figures.
   */
  @ParameterizedTest
  @CsvSource({
    "3,   300,  1_000, 1_150, 650,   950",
    "5,   300,  1_000, 1_050, 600,   950",
    "3, 5_000, 10_000, 1_200, 700, 1_000"
  })
  void aLeaderWithoutPowerIsReplacedInHalfOfTheTime(
      int voters,
      int delayMicros,
      int syncMicros,
      long configuredMedian,
      long adaptiveMedian,
      long adaptiveLongest) {
    long[] configured = outages(voters, delayMicros, syncMicros, TimedCluster.ELECTION_TICKS);
    long[] adaptive = outages(voters, delayMicros, syncMicros, LEAST_TICKS);
    assertThat(configured[SEEDS / 2]).isGreaterThan(configuredMedian);
    assertThat(adaptive[SEEDS / 2]).isLessThan(adaptiveMedian);
    assertThat(adaptive[SEEDS - 1]).isLessThan(adaptiveLongest);
  }

  private static long[] outages(int voters, int delayMicros, int syncMicros, int leastTicks) {
    return LongStream.range(0, SEEDS)
        .map(
            seed -> {
              var cluster = new TimedCluster(seed, voters, delayMicros, syncMicros, leastTicks);
              var leader = settledLeader(cluster);
              cluster.runFor(cluster.random().nextLong(200_000));
              leader.kill();
              long killedMicros = cluster.nowMicros();
              cluster.awaitWorkingLeader(PATIENCE_MICROS);
              return (cluster.nowMicros() - killedMicros) / 1000;
            })
        .sorted()
        .toArray();
  }

  /** Messages take longer and longer, up to half a heartbeat interval a way. */
  @Test
  void aNetworkThatBecomesSlowRaisesTheTimeoutsBeforeAnyElection() {
    for (int seed = 0; seed < FEW_SEEDS; seed++) {
      var cluster = new TimedCluster(seed, 3, 300, 1_000, LEAST_TICKS);
      var leader = settledLeader(cluster);
      assertTimeouts(cluster, leader, LEAST_TICKS);
      for (int delayMicros = 1_000; delayMicros <= 50_000; delayMicros += 1_000) {
        cluster.delayMicros(delayMicros);
        cluster.runFor(400_000);
      }
      assertTimeouts(cluster, leader, TimedCluster.ELECTION_TICKS);
      cluster.delayMicros(300);
      cluster.runFor(2 * MEASURING_MICROS);
      assertTimeouts(cluster, leader, LEAST_TICKS);
      assertThat(cluster.term()).as("the term, seed %d", seed).isEqualTo(1);
    }
  }

  /** All at once: what was measured is worth nothing any more. */
  @Test
  void noShortTimeoutKeepsALeaderFromBeingFound() {
    for (int seed = 0; seed < FEW_SEEDS; seed++) {
      var cluster = new TimedCluster(seed, 3, 300, 1_000, LEAST_TICKS);
      var leader = settledLeader(cluster);
      assertTimeouts(cluster, leader, LEAST_TICKS);
      cluster.delayMicros(300_000);
      cluster.living().forEach(member -> member.syncMicros(700_000));
      leader.kill();
      cluster.awaitWorkingLeader(PATIENCE_MICROS / 2);
      long term = cluster.term();
      cluster.runFor(PATIENCE_MICROS);
      assertThat(cluster.term()).as("the term, seed %d", seed).isEqualTo(term);
    }
  }

  /** A leader whose disk stands still steps aside as it does without the mode. */
  @Test
  void aStalledDiskIsNoticedAsSoon() {
    for (int seed = 0; seed < FEW_SEEDS; seed++) {
      var cluster = new TimedCluster(seed, 3, 300, 1_000, LEAST_TICKS);
      var leader = settledLeader(cluster);
      leader.syncMicros(60_000_000);
      cluster.runFor(600_000);
      assertThat(cluster.awaitWorkingLeader(PATIENCE_MICROS))
          .as("seed %d", seed)
          .isNotEqualTo(leader);
    }
  }

  private static TimedCluster.Member settledLeader(TimedCluster cluster) {
    cluster.awaitWorkingLeader(PATIENCE_MICROS);
    cluster.write(20_000);
    cluster.runFor(MEASURING_MICROS);
    return cluster.awaitWorkingLeader(PATIENCE_MICROS);
  }

  private static void assertTimeouts(TimedCluster cluster, TimedCluster.Member leader, int ticks) {
    for (var member : cluster.living()) {
      if (!member.equals(leader)) {
        assertThat(member.node().status().electionTimeoutTicks()).isEqualTo(ticks);
      }
    }
  }
}
