package dev.quorate.e2e.processes;

import static org.awaitility.Awaitility.await;

import dev.quorate.e2e.machine.ReservedPorts;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Node processes that are one cluster. */
final class ProcessCluster implements AutoCloseable {
  private final List<NodeProcess> nodes;

  private ProcessCluster(List<NodeProcess> nodes) {
    this.nodes = nodes;
  }

  static ProcessCluster start(Path directory, int size) throws IOException {
    var ports = ReservedPorts.of(2 * size);
    var nodes = new ArrayList<NodeProcess>();
    for (int i = 0; i < size; i++) {
      nodes.add(new NodeProcess("n" + i, directory, ports.get(2 * i), ports.get(2 * i + 1)));
    }
    var cluster = new ProcessCluster(nodes);
    for (var node : nodes) {
      node.start(cluster.initialCluster());
    }
    cluster.leader();
    return cluster;
  }

  String initialCluster() {
    return nodes.stream().map(NodeProcess::initialMember).collect(Collectors.joining(","));
  }

  String endpoints() {
    return nodes.stream().map(NodeProcess::endpoint).collect(Collectors.joining(","));
  }

  List<NodeProcess> nodes() {
    return nodes;
  }

  NodeProcess leader() {
    await("a leader")
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(50))
        .until(() -> nodes.stream().anyMatch(NodeProcess::leads));
    return nodes.stream().filter(NodeProcess::leads).findFirst().orElseGet(this::leader);
  }

  void restart(NodeProcess node) throws IOException {
    node.start(initialCluster());
    awaitCaughtUp(node);
  }

  /** Until the node has applied what the leader had committed when this was asked. */
  void awaitCaughtUp(NodeProcess node) {
    long target = leader().status().map(status -> status.getRaftIndex()).orElse(0L);
    await("a node that has caught up to " + target)
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(100))
        .until(
            () ->
                node.status().filter(status -> status.getRaftAppliedIndex() >= target).isPresent());
  }

  @Override
  public void close() {
    for (var node : nodes) {
      node.close();
    }
  }
}
