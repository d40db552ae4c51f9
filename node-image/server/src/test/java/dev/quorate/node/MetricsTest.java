package dev.quorate.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.quorate.api.etcd.PutRequest;
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

  private static void awaitAbove(TestNode node, double floor, String name, String... labels) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(Scrape.of(node).value(name, labels)).isGreaterThan(floor));
  }

  private static String id(TestNode node) {
    return Long.toHexString(node.serving().control().status().raft().id());
  }

  private static void put(TestNode node, String key, String value) {
    var _ =
        node.kv()
            .put(
                PutRequest.newBuilder()
                    .setKey(ByteString.copyFromUtf8(key))
                    .setValue(ByteString.copyFromUtf8(value))
                    .build());
  }
}
