package dev.quorate.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.quorate.api.etcd.CompactionRequest;
import dev.quorate.api.etcd.DeleteRangeRequest;
import dev.quorate.api.etcd.PutRequest;
import dev.quorate.api.etcd.RangeRequest;
import dev.quorate.api.etcd.RequestOp;
import dev.quorate.api.etcd.TxnRequest;
import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What /metrics tells moves with what happens. */
@Timeout(180)
final class MetricsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir private Path directory;

  @Test
  void membersTellWhomTheyReachAndHowLongThatTakes() throws Exception {
    try (var cluster = new TestCluster(directory, 3)) {
      var node = cluster.follower();
      String self = id(node);
      for (var other : cluster.nodes()) {
        assertThat(Scrape.of(node).value("etcd_network_known_peers", self, id(other))).isEqualTo(1);
        if (other != node) {
          awaitAbove(node, 0, "etcd_network_peer_round_trip_time_seconds_count", id(other));
          var scrape = Scrape.of(node);
          assertThat(scrape.value("etcd_network_peer_round_trip_time_seconds_sum", id(other)))
              .isBetween(0.0, 10.0);
          assertThat(scrape.value("etcd_network_active_peers", self, id(other))).isEqualTo(1);
        }
      }
    }
  }

  @Test
  void whatLeavesOneMemberArrivesAtAnother() throws Exception {
    try (var cluster = new TestCluster(directory, 3)) {
      var leader = cluster.leader();
      var follower = cluster.follower();
      double sent = Scrape.of(leader).value("etcd_network_peer_sent_bytes_total", id(follower));
      put(leader, "a", "x".repeat(100_000));
      awaitAbove(leader, sent + 100_000, "etcd_network_peer_sent_bytes_total", id(follower));
      awaitAbove(follower, 100_000, "etcd_network_peer_received_bytes_total", id(leader));
    }
  }

  @Test
  void everyMemberCountsWhatItCannotSendToOneThatIsDown() throws Exception {
    try (var cluster = new TestCluster(directory, 3)) {
      var leader = cluster.leader();
      var down = cluster.follower();
      var other =
          cluster.nodes().stream().filter(n -> n != leader && n != down).findFirst().orElseThrow();
      String lost = id(down);
      for (var node : new TestNode[] {leader, other}) {
        await()
            .atMost(PATIENCE)
            .until(() -> Scrape.of(node).value("etcd_network_active_peers", id(node), lost) == 1);
      }
      down.stop();
      for (var node : new TestNode[] {leader, other}) {
        double failures = Scrape.of(node).value("etcd_network_peer_sent_failures_total", lost);
        awaitAbove(node, failures + 1, "etcd_network_peer_sent_failures_total", lost);
        await()
            .atMost(PATIENCE)
            .untilAsserted(
                () -> {
                  var scrape = Scrape.of(node);
                  String self = id(node);
                  assertThat(scrape.value("etcd_network_active_peers", self, lost)).isZero();
                  assertThat(scrape.value("etcd_network_disconnected_peers_total", self, lost))
                      .isEqualTo(1);
                });
      }
    }
  }

  @Test
  void whatClientsDoIsCounted() throws Exception {
    try (var node = new TestNode("one", directory.resolve("one"))) {
      node.start("--metrics=extensive");
      put(node, "a", "12345");
      var before = Scrape.of(node);
      put(node, "ab", "123");
      assertThat(moved(node, before, "etcd_mvcc_put_total")).isEqualTo(1);
      assertThat(moved(node, before, "etcd_debugging_mvcc_total_put_size_in_bytes")).isEqualTo(5);
      assertThat(moved(node, before, "etcd_network_client_grpc_received_bytes_total"))
          .isEqualTo(request("ab", "123").getSerializedSize());
      assertThat(moved(node, before, "etcd_network_client_grpc_sent_bytes_total")).isPositive();
      assertThat(moved(node, before, "etcd_server_client_requests_total", "unary", "unknown"))
          .isEqualTo(1);
      assertThat(moved(node, before, "etcd_mvcc_txn_total")).isZero();

      var key = ByteString.copyFromUtf8("a");
      var _ = node.kv().range(RangeRequest.newBuilder().setKey(key).build());
      assertThat(moved(node, before, "etcd_mvcc_range_total")).isEqualTo(1);
      var twice =
          TxnRequest.newBuilder()
              .addSuccess(RequestOp.newBuilder().setRequestPut(request("a", "1")))
              .addSuccess(
                  RequestOp.newBuilder().setRequestRange(RangeRequest.newBuilder().setKey(key)));
      var _ = node.kv().txn(twice.build());
      assertThat(moved(node, before, "etcd_mvcc_txn_total")).isEqualTo(1);
      assertThat(moved(node, before, "etcd_mvcc_put_total")).isEqualTo(2);
      assertThat(moved(node, before, "etcd_mvcc_range_total")).isEqualTo(2);
      var _ = node.kv().deleteRange(DeleteRangeRequest.newBuilder().setKey(key).build());
      assertThat(moved(node, before, "etcd_mvcc_delete_total")).isEqualTo(1);
      assertThat(before.value("etcd_debugging_mvcc_compact_revision")).isEqualTo(-1);
      var _ =
          node.kv()
              .compact(CompactionRequest.newBuilder().setRevision(5).setPhysical(true).build());
      assertThat(Scrape.of(node).value("etcd_debugging_mvcc_compact_revision")).isEqualTo(5);
      assertThat(moved(node, before, "etcd_debugging_mvcc_db_compaction_keys_total"))
          .isGreaterThanOrEqualTo(1);
      assertThat(before.value("os_fd_used")).isBetween(1.0, before.value("os_fd_limit"));
      assertThat(before.value("etcd_debugging_auth_revision")).isEqualTo(1);
    }
  }

  @Test
  void clientsCountByTheirVersionUnlessTheyMadeItUp() throws Exception {
    try (var node = new TestNode("one", directory.resolve("one"))) {
      node.start();
      for (String version : new String[] {"3.6", "3.6", "1.2; and more", "x".repeat(5_000)}) {
        var headers = new Metadata();
        headers.put(
            Metadata.Key.of("client-api-version", Metadata.ASCII_STRING_MARSHALLER), version);
        var _ =
            node.kv()
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
                .put(request("a", "1"));
      }
      var scrape = Scrape.of(node);
      assertThat(scrape.value("etcd_server_client_requests_total", "unary", "3.6")).isEqualTo(2);
      assertThat(scrape.value("etcd_server_client_requests_total", "unary", "unknown"))
          .isEqualTo(2);
    }
  }

  private static double moved(TestNode node, Scrape before, String name, String... labels)
      throws Exception {
    return Scrape.of(node).value(name, labels) - before.value(name, labels);
  }

  private static void awaitAbove(TestNode node, double floor, String name, String... labels) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(Scrape.of(node).value(name, labels)).isGreaterThan(floor));
  }

  private static String id(TestNode node) {
    return Long.toHexString(node.serving().control().status().raft().id());
  }

  private static void put(TestNode node, String key, String value) {
    var _ = node.kv().put(request(key, value));
  }

  private static PutRequest request(String key, String value) {
    return PutRequest.newBuilder()
        .setKey(ByteString.copyFromUtf8(key))
        .setValue(ByteString.copyFromUtf8(value))
        .build();
  }
}
