package dev.quorate.e2e.processes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.quorate.e2e.client.RunningClient;
import dev.quorate.e2e.machine.ProcessCluster;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** All members come back from a power cut with the flags they always had, one without its disk. */
final class WipedMemberIT {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir private Path directory;

  @Test
  void hasNoVoteAndSaysWhatToDo() throws Exception {
    try (var cluster = ProcessCluster.start(directory, 3);
        var client = RunningClient.start(List.of(), cluster.endpoints())) {
      client.awaitWrites(50);
      var leader = cluster.leader();
      var followers = cluster.nodes().stream().filter(node -> node != leader).toList();
      var wiped = followers.getFirst();
      var other = followers.getLast();
      for (var node : cluster.nodes()) {
        node.kill();
      }
      wiped.wipe();

      // Nobody knows better: alone and beside one that may lack what was acknowledged.
      wiped.start(cluster.initialCluster());
      await().atMost(PATIENCE).until(() -> wiped.logText().contains("not started yet"));
      assertThat(wiped.logText())
          .contains("could not say whether member", "remove it and add a new one");
      other.start(cluster.initialCluster());
      await().atMost(PATIENCE).until(() -> other.status().isPresent());
      assertThat(wiped.status()).as("it serves nobody").isEmpty();
      assertThat(wiped.dataDirectory().resolve("identity")).doesNotExist();

      leader.start(cluster.initialCluster());
      assertThat(wiped.awaitEnd()).isEqualTo(1);
      assertThat(wiped.logText())
          .contains("has already been bootstrapped", "remove this member and add a new one");
      assertThat(wiped.dataDirectory().resolve("identity")).doesNotExist();
      client.awaitWrites(50);
      assertThat(client.finish())
          .noneMatch(line -> line.startsWith("violation"))
          .anyMatch(line -> line.startsWith("summary acknowledged="));
    }
  }
}
