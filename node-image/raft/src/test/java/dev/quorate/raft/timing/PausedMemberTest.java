package dev.quorate.raft.timing;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Members whose processes stand still for seconds, or now and then, while clients write. */
class PausedMemberTest {
  private static final int SEEDS = 30;

  /** Before timeouts adapt there is much to measure. */
  private static final int ADAPTIVE_SEEDS = 6;

  private static final int LEAST_TICKS = TimedCluster.ELECTION_TICKS / 2;
  private static final long PATIENCE_MICROS = 60_000_000;
  private static final long PAUSE_MICROS = 5_000_000;

  @ParameterizedTest
  @ValueSource(ints = {TimedCluster.ELECTION_TICKS, LEAST_TICKS})
  void aFollowerThatWasPausedDisturbsNobody(int leastTicks) {
    for (int seed = 0; seed < seeds(leastTicks); seed++) {
      var cluster = new TimedCluster(seed, 3, 300, 1_000, leastTicks);
      var leader = busyLeader(cluster, leastTicks);
      var follower = follower(cluster, leader);
      follower.pause();
      cluster.runFor(PAUSE_MICROS);
      resumeWithoutConnection(cluster, follower, leader);
      cluster.runFor(PAUSE_MICROS);
      assertUndisturbed(cluster, leader, seed);
      assertThat(leader.node().status().committedIndex())
          .isLessThan(follower.node().status().committedIndex() + 500);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {TimedCluster.ELECTION_TICKS, LEAST_TICKS})
  void anOverloadedFollowerDisturbsNobody(int leastTicks) {
    for (int seed = 0; seed < seeds(leastTicks); seed++) {
      var cluster = new TimedCluster(seed, 3, 300, 1_000, leastTicks);
      var leader = busyLeader(cluster, leastTicks);
      var follower = follower(cluster, leader);
      for (int i = 0; i < 30; i++) {
        follower.pause();
        cluster.runFor(cluster.random().nextLong(900_000));
        if (cluster.random().nextBoolean()) {
          follower.resume();
        } else {
          resumeWithoutConnection(cluster, follower, leader);
        }
        cluster.runFor(cluster.random().nextLong(50_000));
      }
      assertUndisturbed(cluster, leader, seed);
    }
  }

  /** What it is asked before it has read that there is another leader is not answered from old. */
  @ParameterizedTest
  @ValueSource(ints = {TimedCluster.ELECTION_TICKS, LEAST_TICKS})
  void aLeaderThatWasPausedFollowsAtOnceAndReadsNothingOld(int leastTicks) {
    for (int seed = 0; seed < seeds(leastTicks); seed++) {
      var cluster = new TimedCluster(seed, 3, 300, 1_000, leastTicks);
      var paused = busyLeader(cluster, leastTicks);
      paused.pause();
      cluster.runFor(PAUSE_MICROS);
      var leader = cluster.awaitWorkingLeader(PATIENCE_MICROS);
      assertThat(leader).isNotEqualTo(paused);
      long committedIndex = leader.node().status().committedIndex();
      long term = cluster.term();
      int before = paused.granted().size();
      paused.resumeWith(raft -> raft.requestRead(1));
      cluster.runFor(20_000);
      assertThat(paused.node().status().leads()).as("leads on, seed %d", seed).isFalse();
      cluster.runFor(PAUSE_MICROS);
      assertThat(paused.granted().subList(before, paused.granted().size()))
          .as("reads, seed %d", seed)
          .allMatch(index -> index >= committedIndex);
      assertThat(cluster.term()).as("the term, seed %d", seed).isEqualTo(term);
      assertThat(paused.node().status().leader()).isEqualTo(leader.id());
    }
  }

  private static int seeds(int leastTicks) {
    return leastTicks == LEAST_TICKS ? ADAPTIVE_SEEDS : SEEDS;
  }

  /** The leader has given it up; until there is a connection again it hears only the other one. */
  private static void resumeWithoutConnection(
      TimedCluster cluster, TimedCluster.Member follower, TimedCluster.Member leader) {
    cluster.cut(leader, follower);
    follower.resumeCutOff();
    follower.input(raft -> raft.peerLost(leader.id()));
    cluster.runFor(300_000);
    cluster.heal();
  }

  /** Its followers wait no longer than that for it. */
  private static TimedCluster.Member busyLeader(TimedCluster cluster, int leastTicks) {
    cluster.awaitWorkingLeader(PATIENCE_MICROS);
    cluster.write(5_000);
    while (cluster
            .member(1 + cluster.awaitWorkingLeader(PATIENCE_MICROS).id() % 3)
            .node()
            .status()
            .electionTimeoutTicks()
        > leastTicks) {
      cluster.runFor(500_000);
    }
    cluster.runFor(500_000);
    return cluster.awaitWorkingLeader(PATIENCE_MICROS);
  }

  private static TimedCluster.Member follower(TimedCluster cluster, TimedCluster.Member leader) {
    return cluster.living().stream()
        .filter(member -> !member.equals(leader))
        .findFirst()
        .orElseThrow();
  }

  private static void assertUndisturbed(
      TimedCluster cluster, TimedCluster.Member leader, int seed) {
    assertThat(cluster.leader()).as("the leader, seed %d", seed).isEqualTo(leader);
    assertThat(cluster.term()).as("the term, seed %d", seed).isEqualTo(1);
  }
}
