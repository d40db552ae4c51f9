package dev.quorate.raft.timing;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A leader is found also where votes take longer than an election timeout. With the same timeouts
 * again and again, none of these runs had one after two minutes.
 */
class SlowVotesTest {
  private static final int SEEDS = 10;

  @ParameterizedTest
  @CsvSource({"3, 1_500_000, 30", "3, 3_000_000, 120", "5, 3_000_000, 120"})
  void waitsLongerWithEveryTermWithoutALeader(int voters, int syncMicros, int mostSeconds) {
    for (int seed = 0; seed < SEEDS; seed++) {
      var cluster = new TimedCluster(seed, voters, 300, 1_000);
      cluster.living().forEach(member -> member.syncMicros(syncMicros));
      cluster.awaitWorkingLeader(mostSeconds * 1_000_000L);
    }
  }
}
