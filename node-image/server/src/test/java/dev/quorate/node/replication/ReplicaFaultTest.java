package dev.quorate.node.replication;

import static dev.quorate.node.replication.MemoryCluster.put;
import static dev.quorate.node.replication.MemoryCluster.putAll;
import static dev.quorate.node.replication.MemoryCluster.step;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.quorate.node.execution.Threads;
import dev.quorate.node.kv.ApplyResult;
import dev.quorate.node.kv.ChangeListener;
import dev.quorate.node.metrics.ReplicationMetrics;
import dev.quorate.node.storage.StateHome;
import dev.quorate.node.storage.StateStorage;
import dev.quorate.node.storage.memory.MemoryLogStorage;
import dev.quorate.raft.quorum.MembershipChange;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whole members whose disks fail, stand still or overflow. */
@Timeout(180)
final class ReplicaFaultTest {
  @TempDir private Path directory;

  @Test
  void aFailedSyncEndsTheMemberAndTheOthersGoOn() throws Exception {
    try (var cluster = MemoryCluster.of(directory, 3)) {
      var leader = cluster.awaitLeader();
      var survivor = cluster.anyFollower();
      cluster.disk(leader).fail();
      var lost = put(leader, "a", "1");
      await()
          .atMost(Duration.ofSeconds(60))
          .untilAsserted(() -> assertThat(cluster.faults).hasSize(1));
      var fault = Objects.requireNonNull(cluster.faults.peek());
      assertThat(fault.kind()).isEqualTo(ReplicaFault.Kind.DISK_FAILED);
      assertThat(fault.message()).contains("Input/output error");
      assertThatThrownBy(lost::join).hasMessageContaining("TIMEOUT");
      assertThatThrownBy(() -> put(leader, "b", "1").join()).hasMessageContaining("STOPPED");
      assertThatThrownBy(() -> leader.reads().linearizable().join())
          .hasMessageContaining("STOPPED");
      assertThat(leader.loopsTurn()).isFalse();
      assertThat(put(survivor, "c", "1").join()).isInstanceOf(ApplyResult.Done.class);
    }
  }

  @Test
  void aVoterThatForgotItsLogEndsAndTheOthersGoOn() throws Exception {
    try (var cluster = MemoryCluster.of(directory, 3)) {
      var leader = cluster.awaitLeader();
      long wiped = cluster.anyFollower().identity().memberId();
      putAll(leader, "a-", 10);
      cluster.awaitSameState();
      cluster.kill(wiped);
      cluster.startEmpty(wiped);
      awaitLostData(cluster);
      assertThatThrownBy(() -> put(cluster.replica(wiped), "b", "1").join())
          .hasMessageContaining("STOPPED");
      putAll(leader, "c-", 10);
    }
  }

  @Test
  void aLearnerThatForgotItsLogIsNotPromoted() throws Exception {
    try (var cluster = MemoryCluster.of(directory, 1)) {
      var leader = cluster.awaitLeader();
      leader.changeMembership(step(new MembershipChange.AddLearner(2))).join();
      cluster.startEmpty(2);
      putAll(leader, "a-", 10);
      cluster.awaitSameState();
      cluster.kill(2);
      cluster.startEmpty(2);
      awaitLostData(cluster);
      // What the leader has heard of it before counts for a moment.
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> !leader.status().raft().followers().getFirst().recentlyActive());
      assertThatThrownBy(
              () -> leader.changeMembership(step(new MembershipChange.PromoteLearner(2))).join())
          .hasMessageContaining("LEARNER_NOT_READY");
      putAll(leader, "b-", 10);
    }
  }

  private static void awaitLostData(MemoryCluster cluster) {
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() -> assertThat(cluster.faults).hasSize(1));
    var fault = Objects.requireNonNull(cluster.faults.peek());
    assertThat(fault.kind()).isEqualTo(ReplicaFault.Kind.DATA_LOST);
    assertThat(fault.message())
        .matches(
            "the data is lost \\(member [12345] has reported its log as durable up to index \\d+, but it ends at index 0\\): replace this member");
  }

  @Test
  void whoCannotStartLetsGoOfItsLog() {
    var log = new FaultyLog(new MemoryLogStorage());
    var parts =
        new ReplicaParts(
            new NodeIdentity(MemoryCluster.CLUSTER, 1),
            MemoryCluster.CONFIG,
            log,
            new FullDisk(),
            new MemoryNetwork().transport(),
            ReplicationMetrics.NONE,
            ChangeListener.NONE,
            _ -> {},
            new Threads("test"));
    try (var nobody = new MemoryCluster(directory)) {
      assertThatThrownBy(() -> Replica.start(parts, nobody.listener(1)))
          .hasMessage("No space left on device");
    }
    assertThat(log.isClosed()).isTrue();
  }

  /** Where no state can be opened. */
  private static final class FullDisk implements StateHome {
    @Override
    public StateStorage open() throws IOException {
      throw new IOException("No space left on device");
    }

    @Override
    public Path emptyIncoming() {
      throw new UnsupportedOperationException();
    }

    @Override
    public Path newOutgoing() {
      throw new UnsupportedOperationException();
    }

    @Override
    public void adoptIncoming() {}
  }

  @Test
  void aFollowerWhoseDiskStandsStillHoldsNobodyUp() throws Exception {
    try (var cluster = MemoryCluster.of(directory, 3)) {
      var leader = cluster.awaitLeader();
      var slow = cluster.disk(cluster.anyFollower());
      slow.standStill();
      putAll(leader, "a-", 5_000);
      slow.goOn();
      cluster.awaitSameState();
    }
  }

  @Test
  void aLeaderWhoseDiskStandsStillGoesOnLeadingWhereNobodyCommitsWithoutIt() throws Exception {
    try (var cluster = MemoryCluster.of(directory, 2)) {
      var leader = cluster.awaitLeader();
      long term = leader.status().raft().term();
      cluster.disk(leader).standStill();
      var waiting = put(leader, "a", "1");
      await()
          .during(MemoryCluster.CONFIG.electionTimeout().multipliedBy(4))
          .atMost(Duration.ofSeconds(60))
          .until(() -> leader.status().raft().leads());
      assertThat(waiting).isNotDone();
      cluster.disk(leader).goOn();
      assertThat(waiting.join()).isInstanceOf(ApplyResult.Done.class);
      assertThat(leader.status().raft().term()).isEqualTo(term);
    }
  }

  @Test
  void moreThanCanWaitIsRefusedAtOnce() throws Exception {
    try (var cluster = MemoryCluster.of(directory, 1)) {
      var leader = cluster.awaitLeader();
      cluster.disk(leader).standStill();
      var all = new ArrayList<CompletableFuture<ApplyResult>>();
      for (int i = 0; i < MemoryCluster.CONFIG.maxPendingProposals(); i++) {
        all.add(put(leader, "a-" + i, "1"));
      }
      assertThatThrownBy(() -> put(leader, "b", "1").join())
          .isInstanceOf(CompletionException.class)
          .hasMessageContaining("TOO_MANY_REQUESTS");
      cluster.disk(leader).goOn();
      all.forEach(CompletableFuture::join);
    }
  }

  @Test
  void readsSeeWhatWasAcknowledgedBeforeTheLeaderChanged() throws Exception {
    try (var cluster = MemoryCluster.of(directory, 3)) {
      for (int round = 0; round < 5; round++) {
        var leader = cluster.awaitLeader();
        putAll(leader, "round-" + round + "-", 20);
        var target = cluster.anyFollower();
        long id = target.identity().memberId();
        var handOver = leader.transferLeadership(id);
        target.reads().linearizable().join();
        assertThat(cluster.rows(id)).hasSize(20 * (round + 1));
        handOver.join();
      }
    }
  }

  @Test
  void nobodyIsFailedByAPlannedHandOver() throws Exception {
    // A member that is sent the whole state no longer knows what became of what it had proposed.
    var config = MemoryCluster.config(10_000);
    try (var cluster = MemoryCluster.of(directory, 3, config)) {
      var all = new ArrayList<CompletableFuture<ApplyResult>>();
      for (int round = 0; round < 10; round++) {
        var leader = cluster.awaitLeader();
        var follower = cluster.anyFollower();
        var handOver = leader.transferLeadership(0);
        for (int i = 0; i < 100; i++) {
          all.add(put(leader, "l-" + round + "-" + i, "1"));
          all.add(put(follower, "f-" + round + "-" + i, "1"));
        }
        handOver.join();
      }
      all.forEach(CompletableFuture::join);
      cluster.awaitSameState();
      assertThat(cluster.rows(1)).hasSize(2_000);
    }
  }
}
