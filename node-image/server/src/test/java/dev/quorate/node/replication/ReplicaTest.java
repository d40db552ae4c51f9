package dev.quorate.node.replication;

import static dev.quorate.node.replication.MemoryCluster.put;
import static dev.quorate.node.replication.MemoryCluster.putAll;
import static dev.quorate.node.replication.MemoryCluster.step;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.quorate.node.kv.ApplyResult;
import dev.quorate.raft.quorum.MembershipChange;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whole members on storages in memory. */
@Timeout(180)
final class ReplicaTest {
  @TempDir private Path directory;

  @Test
  void aSingleMemberLeadsAtOnceAndAnswers() throws Exception {
    try (var cluster = MemoryCluster.of(directory, 1)) {
      var leader = cluster.awaitLeader();
      assertThat(put(leader, "a", "1").join()).isInstanceOf(ApplyResult.Done.class);
      leader.reads().linearizable().join();
      assertThat(cluster.rows(1)).hasSize(1);
    }
  }

  @Test
  void threeMembersElectAndReplicate() throws Exception {
    try (var cluster = MemoryCluster.of(directory, 3)) {
      putAll(cluster.awaitLeader(), "leader-", 100);
      putAll(cluster.anyFollower(), "follower-", 100);
      cluster.awaitSameState();
      assertThat(cluster.rows(1)).hasSize(200);
    }
  }

  @Test
  void whoWasRemovedIsToldWhetherItLedOrNot() throws Exception {
    try (var cluster = MemoryCluster.of(directory, 4)) {
      var leader = cluster.awaitLeader();
      long follower = cluster.anyFollower().identity().memberId();
      leader.changeMembership(step(new MembershipChange.Remove(follower))).join();
      await().atMost(Duration.ofSeconds(60)).until(() -> cluster.removed.contains(follower));
      long led = leader.identity().memberId();
      leader.changeMembership(step(new MembershipChange.Remove(led))).join();
      await().atMost(Duration.ofSeconds(60)).until(() -> cluster.removed.contains(led));
      cluster.stop(follower);
      cluster.stop(led);
      putAll(cluster.awaitLeader(), "after-", 10);
      assertThat(cluster.removed).containsExactly(follower, led);
    }
  }

  @Test
  void everyAcknowledgedWriteSurvivesARestartOfAll() throws Exception {
    try (var cluster = MemoryCluster.of(directory, 3)) {
      putAll(cluster.awaitLeader(), "a-", 500);
      var one = cluster.kill(1);
      var two = cluster.kill(2);
      var three = cluster.kill(3);
      cluster.restart(one);
      cluster.restart(two);
      cluster.restart(three);
      putAll(cluster.awaitLeader(), "b-", 1);
      cluster.awaitSameState();
      assertThat(cluster.rows(1)).hasSize(501);
    }
  }

  @Test
  void writesGoOnWhenTheLeaderDies() throws Exception {
    try (var cluster = MemoryCluster.of(directory, 3)) {
      var leader = cluster.awaitLeader();
      var follower = cluster.anyFollower();
      putAll(leader, "a-", 10);
      var killed = cluster.kill(leader.identity().memberId());
      putAll(follower, "b-", 10);
      follower.reads().linearizable().join();
      assertThat(cluster.rows(follower.identity().memberId())).hasSize(20);
      cluster.restart(killed);
      cluster.awaitSameState();
    }
  }

  @Test
  void aMemberThatWasAwayTooLongGetsTheState() throws Exception {
    try (var cluster = MemoryCluster.of(directory, 3)) {
      long away = cluster.anyFollower().identity().memberId();
      var killed = cluster.kill(away);
      for (int round = 0; round < 10; round++) {
        putAll(cluster.awaitLeader(), "round-" + round + "-", 1000);
      }
      cluster.restart(killed);
      cluster.awaitSameState();
      assertThat(cluster.rows(away)).hasSize(10_000);
      putAll(cluster.replica(away), "after-", 10);
      cluster.awaitSameState();
    }
  }

  @Test
  void stoppingTheLeaderHandsLeadershipOver() throws Exception {
    try (var cluster = MemoryCluster.of(directory, 3)) {
      var leader = cluster.awaitLeader();
      var follower = cluster.anyFollower();
      var term = leader.status().raft().term();
      cluster.stop(leader.identity().memberId());
      assertThat(put(follower, "a", "1").join()).isInstanceOf(ApplyResult.Done.class);
      assertThat(follower.status().raft().term()).isEqualTo(term + 1);
      assertThat(cluster.faults).isEmpty();
    }
  }

  @Test
  void leadershipGoesWhereItIsSent() throws Exception {
    try (var cluster = MemoryCluster.of(directory, 3)) {
      var leader = cluster.awaitLeader();
      long target = cluster.anyFollower().identity().memberId();
      assertThat(leader.transferLeadership(target).join()).isEqualTo(target);
      assertThat(cluster.awaitLeader().identity().memberId()).isEqualTo(target);
    }
  }

  @Test
  void aMemberJoinsAsLearnerAndIsPromotedAndRemoved() throws Exception {
    try (var cluster = MemoryCluster.of(directory, 1)) {
      var first = cluster.awaitLeader();
      putAll(first, "a-", 50);
      first.changeMembership(step(new MembershipChange.AddLearner(2))).join();
      var second = cluster.startEmpty(2);
      cluster.awaitSameState();
      await()
          .atMost(Duration.ofSeconds(60))
          .ignoreExceptions()
          .until(
              () ->
                  first.changeMembership(step(new MembershipChange.PromoteLearner(2))).join() > 0);
      // The status is published a moment after the step is applied.
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> first.status().raft().configuration().voters().equals(Set.of(1L, 2L)));
      putAll(second, "b-", 50);
      cluster.awaitSameState();

      // Asked of the follower, done by the leader.
      long index = second.changeMembership(step(new MembershipChange.AddLearner(3))).join();
      assertThat(second.machine().members().configurationIndex()).isEqualTo(index);
      first.changeMembership(step(new MembershipChange.Remove(2))).join();
      putAll(first, "c-", 50);
      assertThat(first.status().raft().configuration().voters()).containsExactly(1L);
    }
  }

  @Test
  void aStepWaitsWhileTheLeaderHandsOverInVain() throws Exception {
    try (var cluster = MemoryCluster.of(directory, 3)) {
      var leader = cluster.awaitLeader();
      long target = cluster.anyFollower().identity().memberId();
      cluster.stop(target);
      var handOver = leader.transferLeadership(target);
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> leader.status().raft().transferTarget() == target);
      long index = leader.changeMembership(step(new MembershipChange.AddLearner(4))).join();
      assertThat(index).isPositive();
      assertThatThrownBy(handOver::join).isInstanceOf(CompletionException.class);
    }
  }

  @Test
  void aStepThatWentDownWithItsLeaderIsTakenByTheNextOne() throws Exception {
    try (var cluster = MemoryCluster.of(directory, 3)) {
      var old = cluster.awaitLeader();
      var other = cluster.anyFollower();
      cluster.network.cutOff(old.identity().memberId());
      var step = old.changeMembership(step(new MembershipChange.AddLearner(4)));
      putAll(other, "a-", 1);
      assertThat(step).isNotDone();
      cluster.network.reconnect(old.identity().memberId());
      assertThat(step.join()).isPositive();
      cluster.awaitSameState();
      assertThat(old.machine().members().member(4)).isNotNull();
    }
  }

  @Test
  void aStepWithoutALeaderFailsInTimeAndIsSurelyNotDone() throws Exception {
    try (var cluster = MemoryCluster.of(directory, 3)) {
      var leader = cluster.awaitLeader();
      cluster.network.cutOff(leader.identity().memberId());
      await().atMost(Duration.ofSeconds(60)).until(() -> leader.status().raft().leader() == 0);
      var step = leader.changeMembership(step(new MembershipChange.AddLearner(4)));
      assertThatThrownBy(step::join).hasMessageContaining("NO_LEADER");
      cluster.network.reconnect(leader.identity().memberId());
    }
  }

  @Test
  void aSecondLearnerIsRefused() throws Exception {
    try (var cluster = MemoryCluster.of(directory, 1)) {
      var first = cluster.awaitLeader();
      first.changeMembership(step(new MembershipChange.AddLearner(2))).join();
      assertThatThrownBy(
              () -> first.changeMembership(step(new MembershipChange.AddLearner(3))).join())
          .isInstanceOf(CompletionException.class)
          .hasMessageContaining("TOO_MANY_LEARNERS");
    }
  }

  @Test
  void aMemberThatStandsAloneFailsReadsAndWritesInTime() throws Exception {
    try (var cluster = MemoryCluster.of(directory, 3)) {
      var leader = cluster.awaitLeader();
      cluster.network.cutOff(leader.identity().memberId());
      await().atMost(Duration.ofSeconds(60)).until(() -> leader.status().raft().leader() == 0);
      assertThatThrownBy(() -> leader.reads().linearizable().join())
          .hasMessageContaining("NO_LEADER");
      assertThatThrownBy(() -> put(leader, "a", "1").join()).hasMessageContaining("NO_LEADER");
      cluster.network.reconnect(leader.identity().memberId());
    }
  }
}
