package dev.quorate.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Makes an AOT cache of the node (JEP 483, 514, 515): its classes as they are after loading and
 * linking, and which methods are hot and how they branch. A node that starts with it is ready in
 * half of the time and needs far less of it until everything hot is compiled.
 */
@Command(
    name = "train",
    description = {
      "Starts three members, records one of them under load, as a follower and as the leader,",
      "and writes what its JVM learned to a file for -XX:AOTCache."
    },
    mixinStandardHelpOptions = true)
final class TrainCommand implements Callable<Integer> {
  /** The JVM writes the cache when it ends; a busy machine takes most of a minute. */
  private static final Duration END = Duration.ofMinutes(5);

  private static final int WATCHES = 100;
  private static final int CONNECTIONS = 10;
  private static final int KEY_BYTES = 16;
  private static final int VALUE_BYTES = 256;
  private static final int KEYS = 10_000;

  @Option(
      names = "--quorate",
      required = true,
      paramLabel = "PATH",
      description = "the quorate-node program")
  private Path program = Path.of("quorate-node");

  @Option(
      names = "--output",
      required = true,
      paramLabel = "FILE",
      description = "the AOT cache to write")
  private Path output = Path.of("quorate-node.aot");

  @Option(
      names = "--directory",
      paramLabel = "DIR",
      defaultValue = "benchmark-data",
      description = "where the members' data lie (default: ${DEFAULT-VALUE})")
  private Path directory = Path.of("benchmark-data");

  @Option(
      names = "--seconds",
      defaultValue = "8",
      description = "how long each of the four loads takes (default: ${DEFAULT-VALUE})")
  private int seconds;

  @Override
  public Integer call() throws IOException, InterruptedException {
    var file = output.toAbsolutePath();
    Files.deleteIfExists(file);
    var recording = Map.of("JDK_JAVA_OPTIONS", "-XX:AOTCacheOutput=" + file);
    var contender = new Contender("training", program);
    try (var cluster = new MemberCluster(contender, directory, List.of(), recording)) {
      cluster.awaitReady();
      var recorded = cluster.members().getFirst();
      // As the leader or not; the others have the lead at some time in between.
      load(cluster, 0.3, false);
      for (var successor : List.of(cluster.members().getLast(), recorded)) {
        if (!successor.leads()) {
          successor.takeOver(cluster.leader());
        }
        load(cluster, successor == recorded ? 0 : 0.3, false);
      }
      load(cluster, 1, true);
      watch(cluster);
      boolean ended = recorded.stop(END);
      if (!ended || !Files.exists(file)) {
        throw new IOException("the JVM wrote no AOT cache:%n%s".formatted(recorded.output()));
      }
    }
    System.out.println(file);
    return 0;
  }

  private void load(MemberCluster cluster, double reads, boolean serializable) throws IOException {
    var duration = Duration.ofSeconds(seconds);
    var workload =
        new Workload(
            100,
            CONNECTIONS,
            KEY_BYTES,
            VALUE_BYTES,
            KEYS,
            RequestMix.reads(reads, serializable),
            0,
            Duration.ZERO,
            duration);
    try (var generator = new LoadGenerator(workload, cluster.endpoints())) {
      var result = generator.run(() -> {});
      System.err.printf("%s: %.0f requests/s%n", workload.title(), result.requestsPerSecond());
    }
  }

  private void watch(MemberCluster cluster) throws IOException, InterruptedException {
    try (var fanOut = new WatchFanOut(WATCHES, VALUE_BYTES, cluster.endpoints())) {
      var _ = fanOut.run(Duration.ZERO, Duration.ofSeconds(seconds), () -> {});
    }
  }
}
