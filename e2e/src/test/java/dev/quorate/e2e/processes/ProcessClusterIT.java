package dev.quorate.e2e.processes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.quorate.e2e.client.ClientSummary;
import dev.quorate.e2e.client.RunningClient;
import dev.quorate.e2e.machine.ProcessCluster;
import dev.quorate.e2e.machine.ServerProcess;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three node processes under signals and damage, with a client that checks every promise. */
final class ProcessClusterIT {
  private static final int KILLS = 3;

  private static final int RESTARTS = 3;

  /** Several election timeouts. */
  private static final Duration PAUSE = Duration.ofSeconds(5);

  @TempDir private Path directory;

  @Test
  void keepsEveryAcknowledgedWriteWhileLeadersAreKilled() throws Exception {
    try (var cluster = ProcessCluster.start(directory, 3);
        var client = RunningClient.start(List.of(), cluster.endpoints())) {
      client.awaitWrites(50);
      for (int i = 0; i < KILLS; i++) {
        var leader = cluster.leader();
        leader.kill();
        client.awaitWrites(50);
        cluster.restart(leader);
      }
      assertKept(client.finish());
    }
  }

  @Test
  void aPausedLeaderIsReplacedAndServesNothingOldAfterwards() throws Exception {
    try (var cluster = ProcessCluster.start(directory, 3);
        var client = RunningClient.start(List.of(), cluster.endpoints())) {
      client.awaitWrites(50);
      var paused = cluster.leader();
      paused.pause();
      client.awaitWrites(50);
      paused.resume();
      client.awaitWrites(50);
      cluster.awaitCaughtUp(paused);
      assertKept(client.finish());
    }
  }

  /** Neither while it stands still nor when it is back; the client asks the other two. */
  @Test
  void aPausedFollowerDisturbsNobody() throws Exception {
    try (var cluster = ProcessCluster.start(directory, 3)) {
      var leader = cluster.leader();
      long term = leader.status().orElseThrow().getRaftTerm();
      var paused =
          cluster.nodes().stream().filter(node -> node != leader).findFirst().orElseThrow();
      var others =
          cluster.nodes().stream()
              .filter(node -> node != paused)
              .map(ServerProcess::endpoint)
              .collect(Collectors.joining(","));
      try (var client = RunningClient.start(List.of(), others)) {
        client.awaitWrites(50);
        paused.pause();
        long pausedNanos = System.nanoTime();
        while (System.nanoTime() - pausedNanos < PAUSE.toNanos()) {
          assertThat(timeOfWrites(client)).isLessThan(PAUSE);
        }
        paused.resume();
        assertThat(timeOfWrites(client)).isLessThan(PAUSE);
        cluster.awaitCaughtUp(paused);
        client.awaitWrites(100);
        assertKept(client.finish());
      }
      assertThat(leader.leads()).isTrue();
      assertThat(leader.status().orElseThrow().getRaftTerm()).isEqualTo(term);
      assertThat(paused.status().orElseThrow().getRaftTerm()).isEqualTo(term);
    }
  }

  @Test
  void sigtermInTurnEndsWithZeroAndCostsAnOrdinaryClientNoRequest() throws Exception {
    try (var cluster = ProcessCluster.start(directory, 3);
        var client = RunningClient.start(List.of(), cluster.endpoints())) {
      client.awaitWrites(50);
      for (int i = 0; i < RESTARTS; i++) {
        var leader = cluster.leader();
        assertThat(leader.terminate()).isZero();
        client.awaitWrites(50);
        cluster.restart(leader);
      }
      ClientSummary summary = client.summary();
      assertKept(summary.lines());
      assertThat(summary.failed()).isZero();
    }
  }

  @Test
  void allMembersKilledAtOnceComeBackWithEverything() throws Exception {
    try (var cluster = ProcessCluster.start(directory, 3);
        var client = RunningClient.start(List.of(), cluster.endpoints())) {
      client.awaitWrites(100);
      for (var node : cluster.nodes()) {
        node.kill();
      }
      for (var node : cluster.nodes()) {
        node.start(cluster.initialCluster());
      }
      client.awaitWrites(50);
      assertKept(client.finish());
    }
  }

  /** Not even when the disk has mended itself. */
  @Test
  void aDamagedLogIsNamedAndNeverServed() throws Exception {
    try (var cluster = ProcessCluster.start(directory, 3);
        var client = RunningClient.start(List.of(), cluster.endpoints())) {
      client.awaitWrites(100);
      var damaged = cluster.nodes().getFirst();
      damaged.kill();
      var segment = flipABitEarlyInTheLog(damaged);
      String damage = segment.getFileName() + ", offset ";
      damaged.start(cluster.initialCluster());
      await("the node to say what is damaged")
          .atMost(Duration.ofSeconds(30))
          .until(() -> damaged.logText().contains(damage));
      client.awaitWrites(50);
      assertThat(damaged.terminate()).isZero();
      assertThat(flipABitEarlyInTheLog(damaged)).isEqualTo(segment);
      int before = damaged.logText().length();
      damaged.start(cluster.initialCluster());
      await("the node to say it again")
          .atMost(Duration.ofSeconds(30))
          .until(() -> damaged.logText().indexOf(damage, before) > 0);
      assertThat(damaged.status()).isEmpty();
      client.awaitWrites(20);
      assertThat(damaged.leads()).isFalse();
      assertKept(client.finish());
    }
  }

  private static Path flipABitEarlyInTheLog(ServerProcess node) throws IOException {
    Path segment;
    try (var files = Files.list(node.dataDirectory().resolve("log"))) {
      segment =
          files.filter(file -> file.toString().endsWith(".wal")).sorted().findFirst().orElseThrow();
    }
    try (var file = new RandomAccessFile(segment.toFile(), "rw")) {
      long position = 1024;
      file.seek(position);
      int old = file.read();
      file.seek(position);
      file.write(old ^ 1);
    }
    return segment;
  }

  private static Duration timeOfWrites(RunningClient client) {
    long beganNanos = System.nanoTime();
    client.awaitWrites(20);
    return Duration.ofNanos(System.nanoTime() - beganNanos);
  }

  private static void assertKept(List<String> summary) {
    assertThat(summary).noneMatch(line -> line.startsWith("violation"));
    assertThat(summary).anyMatch(line -> line.startsWith("summary acknowledged="));
    summary.forEach(System.out::println);
  }
}
