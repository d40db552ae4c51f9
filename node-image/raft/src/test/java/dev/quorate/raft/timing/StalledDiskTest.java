package dev.quorate.raft.timing;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whether a leader hands over for its disk's sake, and only if that helps. */
class StalledDiskTest {
  private static final int SEEDS = 10;
  private static final long PATIENCE_MICROS = 60_000_000;

  @ParameterizedTest
  @ValueSource(ints = {3, 5})
  void anotherOneLeadsWithinHalfAnElectionTimeoutAndALittle(int voters) {
    for (int seed = 0; seed < SEEDS; seed++) {
      var cluster = new TimedCluster(seed, voters, 300, 1_000);
      var leader = cluster.awaitWorkingLeader(PATIENCE_MICROS);
      cluster.write(2_000);
      cluster.runFor(100_000);
      leader.syncMicros(60_000_000);
      cluster.runFor(600_000);
      assertThat(cluster.awaitWorkingLeader(PATIENCE_MICROS))
          .as("seed %d", seed)
          .isNotEqualTo(leader);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {100_000, 400_000, 900_000})
  void disksThatAreAllSlowChangeNothing(int syncMicros) {
    for (int seed = 0; seed < SEEDS; seed++) {
      var cluster = new TimedCluster(seed, 3, 300, 1_000);
      cluster.awaitWorkingLeader(PATIENCE_MICROS);
      cluster.living().forEach(member -> member.syncMicros(syncMicros));
      cluster.write(5_000);
      cluster.runFor(30_000_000);
      assertThat(cluster.term()).as("the term, seed %d", seed).isEqualTo(1);
    }
  }

  /** One stall a second at every disk in turn, and nobody is better for long. */
  @Test
  void stallsThatPassChangeLittle() {
    for (int seed = 0; seed < SEEDS; seed++) {
      var cluster = new TimedCluster(seed, 3, 300, 1_000);
      cluster.awaitWorkingLeader(PATIENCE_MICROS);
      cluster.write(5_000);
      for (int round = 0; round < 30; round++) {
        var stalled = cluster.member(1 + cluster.random().nextLong(3));
        stalled.syncMicros(400_000);
        cluster.runFor(200_000);
        stalled.syncMicros(1_000);
        cluster.runFor(800_000);
      }
      assertThat(cluster.term()).as("the term, seed %d", seed).isEqualTo(1);
    }
  }
}
