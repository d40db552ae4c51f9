package dev.quorate.node.replication;

import static dev.quorate.node.replication.MemoryCluster.putAll;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.quorate.api.command.Command;
import dev.quorate.api.etcd.LeaseGrantRequest;
import dev.quorate.api.etcd.PutRequest;
import dev.quorate.node.kv.ApplyResult;
import dev.quorate.node.kv.Lease;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Leases on whole members, while leaders change and members restart. */
@Timeout(180)
final class LeaseClusterTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir private Path directory;

  @Test
  void aLeaseEndsByItselfAndTakesItsKeysAlong() throws Exception {
    try (var cluster = MemoryCluster.of(directory, 3)) {
      var member = cluster.anyFollower();
      grant(member, 7, 1).join();
      putWith(member, "leased", 7).join();
      putAll(member, "free-", 1);
      long began = System.nanoTime();
      await().atMost(PATIENCE).until(() -> lease(member, 7) == null);
      assertThat(System.nanoTime() - began).isGreaterThan(Duration.ofMillis(500).toNanos());
      member.reads().linearizable().join();
      cluster.awaitSameState();
      assertThat(member.machine().reads().hash(0))
          .isEqualTo(cluster.awaitLeader().machine().reads().hash(0));
      assertThat(member.machine().revision()).isEqualTo(4);
    }
  }

  @Test
  void aLeaseLivesAsLongAsItIsRenewedAtAnyMember() throws Exception {
    try (var cluster = MemoryCluster.of(directory, 3)) {
      var member = cluster.anyFollower();
      grant(member, 7, 2).join();
      long until = System.nanoTime() + Duration.ofSeconds(5).toNanos();
      while (System.nanoTime() < until) {
        for (var replica : cluster.replicas()) {
          assertThat(replica.leases().renew(7).join()).isEqualTo(OptionalLong.of(2));
        }
      }
      assertThat(member.leases().remainingSeconds(7).join().orElse(-1)).isBetween(0L, 2L);
      await().atMost(PATIENCE).until(() -> lease(member, 7) == null);
      assertThat(member.leases().renew(7).join()).isEmpty();
      assertThat(member.leases().remainingSeconds(7).join()).isEmpty();
      assertThat(member.leases().renew(8).join()).isEmpty();
    }
  }

  @Test
  void leasesSurviveTheLeaderAndEndUnderTheNext() throws Exception {
    try (var cluster = MemoryCluster.of(directory, 3)) {
      var leader = cluster.awaitLeader();
      grant(leader, 7, 2).join();
      grant(leader, 8, 1000).join();
      putWith(leader, "leased", 7).join();
      var killed = cluster.kill(leader.identity().memberId());
      var next = cluster.awaitLeader();
      assertThat(next.leases().remainingSeconds(8).join().orElse(-1)).isGreaterThan(900);
      await().atMost(PATIENCE).until(() -> lease(next, 7) == null);
      cluster.restart(killed);
      cluster.awaitSameState();
      assertThat(cluster.anyFollower().leases().renew(8).join()).isEqualTo(OptionalLong.of(1000));
    }
  }

  @Test
  void whatIsLeftSurvivesTheLeaderAndARestartOfAll() throws Exception {
    try (var cluster = MemoryCluster.of(directory, 3)) {
      var leader = cluster.awaitLeader();
      grant(leader, 7, 1000).join();
      await().atMost(PATIENCE).until(() -> remaining(leader, 7) > 0 && remaining(leader, 7) < 998);
      var one = cluster.kill(1);
      var two = cluster.kill(2);
      var three = cluster.kill(3);
      cluster.restart(one);
      cluster.restart(two);
      cluster.restart(three);
      var next = cluster.awaitLeader();
      assertThat(next.leases().remainingSeconds(7).join().orElse(-1)).isBetween(900L, 998L);

      // A renewal is in the log before it is answered, so that it survives as well.
      assertThat(cluster.anyFollower().leases().renew(7).join()).isEqualTo(OptionalLong.of(1000));
      cluster.kill(next.identity().memberId());
      var last = cluster.awaitLeader();
      assertThat(last.leases().remainingSeconds(7).join().orElse(-1)).isGreaterThanOrEqualTo(998);
    }
  }

  @Test
  void aLeaderThatIsCutOffNeitherRenewsNorEnds() throws Exception {
    try (var cluster = MemoryCluster.of(directory, 3)) {
      var old = cluster.awaitLeader();
      grant(old, 7, 1).join();
      cluster.network.cutOff(old.identity().memberId());
      var renewal = old.leases().renew(7);
      await().atMost(PATIENCE).until(renewal::isDone);
      assertThat(renewal).isCompletedExceptionally();
      var next =
          await()
              .atMost(PATIENCE)
              .until(
                  () ->
                      cluster.replicas().stream()
                          .filter(one -> !one.equals(old) && one.status().raft().leads())
                          .findFirst()
                          .orElse(null),
                  one -> one != null);
      await().atMost(PATIENCE).until(() -> lease(next, 7) == null);
      assertThat(lease(old, 7)).isNotNull();
      cluster.network.reconnect(old.identity().memberId());
      cluster.awaitSameState();
      await().atMost(PATIENCE).until(() -> lease(old, 7) == null);
    }
  }

  @Test
  void aMemberThatGotTheWholeStateCanLeadTheLeases() throws Exception {
    try (var cluster = MemoryCluster.of(directory, 3)) {
      long away = cluster.anyFollower().identity().memberId();
      var killed = cluster.kill(away);
      var leader = cluster.awaitLeader();
      grant(leader, 7, 1000).join();
      putWith(leader, "leased", 7).join();
      for (int round = 0; round < 10; round++) {
        putAll(cluster.awaitLeader(), "round-" + round + "-", 1000);
      }
      cluster.restart(killed);
      cluster.awaitSameState();
      cluster.awaitLeader().transferLeadership(away).join();
      var installed = cluster.replica(away);
      assertThat(installed.leases().renew(7).join()).isEqualTo(OptionalLong.of(1000));
      assertThat(installed.machine().reads().lease(7, true).keys())
          .containsExactly(ByteString.copyFromUtf8("leased"));
    }
  }

  @Test
  void manyThatEndTogetherDisturbNobody() throws Exception {
    try (var cluster = MemoryCluster.of(directory, 3)) {
      var leader = cluster.awaitLeader();
      long term = leader.status().raft().term();
      int count = 5000;
      for (int first = 1; first <= count; first += 500) {
        var granted = new ArrayList<CompletableFuture<ApplyResult>>();
        for (int id = first; id < first + 500; id++) {
          granted.add(grant(leader, id, 3));
          granted.add(putWith(leader, "leased-" + id, id));
        }
        granted.forEach(CompletableFuture::join);
      }
      int writes = 0;
      while (!leader.machine().reads().leases().leases().isEmpty()) {
        MemoryCluster.put(leader, "other", "value-" + writes++).join();
      }
      assertThat(writes).isGreaterThan(100);
      assertThat(leader.status().raft().term()).isEqualTo(term);
      cluster.awaitSameState();
      for (var replica : cluster.replicas()) {
        assertThat(replica.machine().reads().leases().leases()).isEmpty();
        assertThat(replica.machine().reads().hash(0)).isEqualTo(leader.machine().reads().hash(0));
      }
    }
  }

  @Test
  void revocationsGetThroughWhileClientsFillTheQueue() throws Exception {
    try (var cluster = MemoryCluster.of(directory, 3)) {
      var leader = cluster.awaitLeader();
      grant(leader, 7, 1).join();
      var flood = new ArrayList<CompletableFuture<ApplyResult>>();
      await()
          .atMost(PATIENCE)
          .pollInterval(Duration.ofMillis(1))
          .until(
              () -> {
                flood.removeIf(CompletableFuture::isDone);
                while (flood.size() < MemoryCluster.CONFIG.maxPendingProposals() + 1000) {
                  flood.add(MemoryCluster.put(leader, "flood", "value"));
                }
                return lease(leader, 7) == null;
              });
      flood.forEach(put -> put.handle((_, _) -> null).join());
    }
  }

  private static CompletableFuture<ApplyResult> grant(Replica member, long id, long ttlSeconds) {
    return member
        .proposals()
        .submit(
            Command.newBuilder()
                .setLeaseGrant(LeaseGrantRequest.newBuilder().setID(id).setTTL(ttlSeconds)));
  }

  private static CompletableFuture<ApplyResult> putWith(Replica member, String key, long lease) {
    return member
        .proposals()
        .submit(
            Command.newBuilder()
                .setPut(
                    PutRequest.newBuilder().setKey(ByteString.copyFromUtf8(key)).setLease(lease)));
  }

  private static @Nullable Lease lease(Replica member, long id) {
    return member.machine().reads().lease(id, false).lease();
  }

  private static long remaining(Replica member, long id) {
    var lease = lease(member, id);
    return lease == null ? -1 : lease.remainingTtlSeconds();
  }
}
