package dev.quorate.e2e.jetcd;

import static dev.quorate.e2e.jetcd.Jetcd.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.quorate.e2e.machine.ProcessCluster;
import dev.quorate.simulator.LinearizabilityChecker;
import dev.quorate.simulator.LinearizabilityChecker.Operation;
import dev.quorate.simulator.LinearizabilityChecker.Write;
import io.etcd.jetcd.options.WatchOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What clients of jetcd's saw while leaders were killed, checked as a whole. */
final class HistoryIT {
  private static final int KILLS = 2;
  private static final int CLIENTS = 4;
  private static final int WRITES = 100;

  @TempDir private Path directory;

  private final Queue<Operation> history = new ConcurrentLinkedQueue<>();

  @Test
  void isLinearizableAndToldWithoutGapsWhileLeadersAreKilled() throws Exception {
    try (var cluster = ProcessCluster.start(directory, 3);
        var watching = Jetcd.builder(cluster.nodes()).build();
        var seen = new SeenEvents()) {
      var everything = WatchOption.builder().isPrefix(true).withRevision(1);
      seen.of(watching.getWatchClient().watch(bytes("history/"), everything.build(), seen));
      writeWhileLeadersAreKilled(cluster);

      assertThat(LinearizabilityChecker.violations(List.copyOf(history))).isEmpty();
      var acknowledged = acknowledged();
      await("the watch to tell the last write")
          .atMost(Duration.ofSeconds(60))
          .until(() -> seen.revisions().contains(acknowledged.getLast()));
      assertThat(seen.revisions()).isSorted().doesNotHaveDuplicates().containsAll(acknowledged);
    }
  }

  private void writeWhileLeadersAreKilled(ProcessCluster cluster) throws Exception {
    var clients = new ArrayList<RecordedClient>();
    try {
      for (int i = 0; i < CLIENTS; i++) {
        clients.add(new RecordedClient("client " + i, cluster.nodes(), history));
      }
      for (int i = 0; i < KILLS; i++) {
        awaitWrites();
        var leader = cluster.leader();
        leader.kill();
        awaitWrites();
        cluster.restart(leader);
      }
      awaitWrites();
    } finally {
      clients.forEach(RecordedClient::close);
    }
  }

  private void awaitWrites() {
    int target = acknowledged().size() + WRITES;
    await(target + " acknowledged writes")
        .atMost(Duration.ofSeconds(60))
        .until(() -> acknowledged().size() >= target);
  }

  /** The revisions of all writes that were answered. */
  private List<Long> acknowledged() {
    return history.stream()
        .filter(operation -> operation instanceof Write write && write.revision() != 0)
        .map(operation -> ((Write) operation).revision())
        .sorted()
        .toList();
  }
}
