package dev.quorate.e2e.machine;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Node processes that are one cluster. */
public final class ProcessCluster implements AutoCloseable {
  private final List<ServerProcess> nodes;

  private ProcessCluster(List<ServerProcess> nodes) {
    this.nodes = nodes;
  }

  /** Returns when there is a leader. */
  public static ProcessCluster start(Path directory, int size) throws IOException {
    return start(directory, size, List.of());
  }

  /** The first member is started by another program, which stands before its command. */
  public static ProcessCluster start(Path directory, int size, List<String> firstIsStartedBy)
      throws IOException {
    String program = ServerProcess.node();
    var ports = ReservedPorts.of(2 * size);
    var nodes = new ArrayList<ServerProcess>();
    for (int i = 0; i < size; i++) {
      nodes.add(
          new ServerProcess(program, "n" + i, directory, ports.get(2 * i), ports.get(2 * i + 1)));
    }
    var cluster = new ProcessCluster(nodes);
    nodes.getFirst().startedBy(firstIsStartedBy);
    for (var node : nodes) {
      node.start(cluster.initialCluster());
    }
    // A founder serves clients once it has heard the others, which may be later than they lead.
    nodes.forEach(cluster::awaitCaughtUp);
    return cluster;
  }

  public String initialCluster() {
    return nodes.stream().map(ServerProcess::initialMember).collect(Collectors.joining(","));
  }

  public String endpoints() {
    return nodes.stream().map(ServerProcess::endpoint).collect(Collectors.joining(","));
  }

  public List<ServerProcess> nodes() {
    return nodes;
  }

  public ServerProcess leader() {
    await("a leader")
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(50))
        .until(() -> nodes.stream().anyMatch(ServerProcess::leads));
    return nodes.stream().filter(ServerProcess::leads).findFirst().orElseGet(this::leader);
  }

  public void restart(ServerProcess node) throws IOException {
    node.start(initialCluster());
    awaitCaughtUp(node);
  }

  /** Until the node has applied what the leader had committed when this was asked. */
  public void awaitCaughtUp(ServerProcess node) {
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
