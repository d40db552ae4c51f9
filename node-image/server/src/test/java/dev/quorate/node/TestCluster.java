package dev.quorate.node;

import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Some whole nodes that are one cluster. */
final class TestCluster implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final List<TestNode> nodes;
  private final List<String> flags;

  /** Starts them all, with these flags beside the usual ones, and waits for their leader. */
  TestCluster(Path directory, int size, String... flags) throws Exception {
    nodes =
        IntStream.range(0, size)
            .mapToObj(i -> new TestNode("n" + i, directory.resolve("n" + i)))
            .toList();
    String cluster =
        nodes.stream()
            .map(node -> node.directory().getFileName() + "=" + node.peerUrl())
            .collect(Collectors.joining(","));
    this.flags =
        Stream.concat(Stream.of("--initial-cluster=" + cluster), Stream.of(flags)).toList();
    for (var node : nodes) {
      start(node);
    }
    leader();
  }

  void start(TestNode node, String... more) throws Exception {
    node.start(Stream.concat(flags.stream(), Stream.of(more)).toArray(String[]::new));
  }

  List<TestNode> nodes() {
    return nodes;
  }

  TestNode leader() {
    return await()
        .atMost(PATIENCE)
        .until(
            () ->
                nodes.stream()
                    .filter(node -> node.serving().control().status().raft().leads())
                    .findFirst()
                    .orElse(null),
            Objects::nonNull);
  }

  TestNode follower() {
    var leader = leader();
    return nodes.stream().filter(node -> node != leader).findFirst().orElseThrow();
  }

  static long term(TestNode node) {
    return node.serving().control().status().raft().term();
  }

  @Override
  public void close() {
    nodes.forEach(TestNode::close);
  }
}
