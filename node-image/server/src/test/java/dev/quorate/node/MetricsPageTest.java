package dev.quorate.node;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.quorate.api.etcd.RangeRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The lists of metrics in the page about differences are what nodes tell, and all of etcd's. */
@Timeout(180)
final class MetricsPageTest {
  private static final Path PAGE = Path.of("..", "..", "docs", "differences-from-etcd.md");
  private static final Pattern NAME =
      Pattern.compile("`((?:etcd|grpc_server|os|process|quorate)_[a-z_]+)`");

  /** What the alert rules that etcd publishes ask for. */
  private static final String[] ALERTS = {
    "etcd_server_has_leader",
    "etcd_server_leader_changes_seen_total",
    "etcd_network_peer_sent_failures_total",
    "etcd_network_peer_round_trip_time_seconds",
    "etcd_server_proposals_failed_total",
    "etcd_disk_wal_fsync_duration_seconds",
    "etcd_disk_backend_commit_duration_seconds",
    "etcd_mvcc_db_total_size_in_bytes",
    "etcd_mvcc_db_total_size_in_use_in_bytes",
    "etcd_server_quota_backend_bytes",
    "grpc_server_handled_total",
    "grpc_server_handling_seconds"
  };

  /** Told of as soon as there is something, in etcd too. */
  private static final Set<String> OCCASIONAL =
      Set.of(
          "etcd_network_snapshot_send_success",
          "etcd_network_snapshot_send_failures",
          "etcd_network_snapshot_receive_success",
          "etcd_network_snapshot_receive_failures",
          "etcd_server_learner_promote_failures",
          "quorate_node_fault");

  private static final Set<String> OF_PEERS =
      Set.of(
          "etcd_network_active_peers",
          "etcd_network_disconnected_peers_total",
          "etcd_network_peer_sent_bytes_total",
          "etcd_network_peer_sent_failures_total",
          "etcd_network_peer_received_bytes_total",
          "etcd_network_peer_received_failures_total",
          "etcd_network_peer_round_trip_time_seconds");

  @TempDir private Path directory;

  @Test
  void aSingleNodeTellsWhatThePageSays() throws Exception {
    try (var node = new TestNode("one", directory.resolve("one"))) {
      node.start("--metrics=extensive");
      var silent = new TreeSet<>(OCCASIONAL);
      silent.addAll(OF_PEERS);
      compare(afterCall(node), silent);
    }
  }

  @Test
  void aMemberOfThreeTellsWhatThePageSaysAndAlertsAskFor() throws Exception {
    try (var cluster = new TestCluster(directory, 3, "--metrics=extensive")) {
      var scrape = afterCall(cluster.follower());
      compare(scrape, OCCASIONAL);
      assertThat(scrape.types()).containsKeys(ALERTS);
    }
  }

  private static Scrape afterCall(TestNode node) throws Exception {
    var key = ByteString.copyFromUtf8("a");
    var _ = node.kv().range(RangeRequest.newBuilder().setKey(key).build());
    return Scrape.of(node);
  }

  /**
   * @param silent what may have nothing to tell
   */
  private static void compare(Scrape scrape, Set<String> silent) throws IOException {
    var told = scrape.types();
    told.keySet().removeIf(name -> name.startsWith("jvm_"));
    var there = names("### There", "### Quorate's own");
    var own = names("### Quorate's own", "### Not there");
    assertThat(own).allMatch(name -> name.startsWith("quorate_"));
    var page = new TreeSet<>(there);
    page.addAll(own);
    assertThat(page).as("is on the page").containsAll(told.keySet());
    page.removeAll(told.keySet());
    assertThat(silent).as("is not told").containsAll(page);

    var etcd = etcdMetrics();
    var listed = new TreeSet<>(there);
    var absent = names("### Not there", "\\z");
    assertThat(absent).doesNotContainAnyElementsOf(there);
    listed.addAll(absent);
    assertThat(listed).as("each of etcd's names").isEqualTo(etcd.keySet());
    etcd.keySet().retainAll(told.keySet());
    told.keySet().retainAll(there);
    assertThat(told).as("types").isEqualTo(etcd);
  }

  /** The names in the first column between two headings. */
  private static SortedSet<String> names(String heading, String end) throws IOException {
    var part =
        Pattern.compile("(?s)\\Q" + heading + "\\E\n(.*?)(?:" + end + ")")
            .matcher(Files.readString(PAGE));
    assertThat(part.find()).as(heading).isTrue();
    return part.group(1)
        .lines()
        .filter(line -> line.startsWith("| "))
        .map(line -> line.split("\\|", 3)[1])
        .flatMap(cell -> NAME.matcher(cell).results())
        .map(MatchResult::group)
        .map(name -> name.substring(1, name.length() - 1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** What etcd 3.7 tells, with types; without those of Go itself. */
  private static SortedMap<String, String> etcdMetrics() throws IOException {
    try (var file = MetricsPageTest.class.getResourceAsStream("etcd-metrics.txt")) {
      var text = new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8);
      return text.lines()
          .map(line -> line.split(" ", 2))
          .collect(
              Collectors.toMap(line -> line[0], line -> line[1], (one, _) -> one, TreeMap::new));
    }
  }
}
