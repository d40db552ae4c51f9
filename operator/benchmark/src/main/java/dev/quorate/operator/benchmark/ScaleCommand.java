package dev.quorate.operator.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code operator/benchmark/scale}: what the operator costs with many clusters. */
@Command(
    name = "scale",
    sortOptions = false,
    mixinStandardHelpOptions = true,
    description = {
      "Lets the operator make, leave alone and scale many RaftClusters, and prints what that cost:",
      "time, reconcile p50 and p99, queue depth, API calls per cluster, heap, start to watching.",
      "The operator, etcd and kube-apiserver are real; pods and what runs in them are simulated.",
      "Ends what it started and leaves no files."
    })
public final class ScaleCommand implements Callable<Integer> {
  @Option(
      names = "--clusters",
      split = ",",
      paramLabel = "N,...",
      defaultValue = "10,100,1000",
      description = "How many clusters, in a run of its own each. Default: ${DEFAULT-VALUE}")
  private List<Integer> clusters = List.of();

  @Option(
      names = "--idle-seconds",
      paramLabel = "S",
      defaultValue = "60",
      description = "How long the clusters are left alone. Default: ${DEFAULT-VALUE}")
  private int idleSeconds;

  @Option(
      names = "--heap",
      paramLabel = "SIZE",
      defaultValue = "512m",
      description = "What the operator's JVM may use, as after -Xmx. Default: ${DEFAULT-VALUE}")
  private String heap = "";

  @Option(
      names = "--plain-text",
      description = "Clusters without certificates. Default: the operator makes them.")
  private boolean plainText;

  @Option(
      names = "--no-scaling",
      description = "Leaves out the growth from three to five members, which takes as long again.")
  private boolean notScaled;

  @Option(
      names = "--patience-seconds",
      paramLabel = "S",
      defaultValue = "900",
      description = "How long making or scaling all may take. Default: ${DEFAULT-VALUE}")
  private int patienceSeconds;

  @Option(
      names = "--programs",
      required = true,
      paramLabel = "DIR",
      description = "Where etcd and kube-apiserver are: e2e/kubernetes/tools builds them.")
  private Path programs = Path.of("");

  @Option(
      names = "--operator",
      required = true,
      paramLabel = "DIR",
      description = "Where the operator was built, for example operator/target/dist.")
  private Path operator = Path.of("");

  @Option(names = "--keep", paramLabel = "DIR", description = "Keeps logs and the audit log there.")
  private Path keep = Path.of("");

  static void main(String[] arguments) {
    var commandLine = new CommandLine(new ScaleCommand());
    commandLine.setExecutionExceptionHandler(
        (failure, line, _) -> {
          line.getErr().println("scale: " + failure.getMessage());
          return 1;
        });
    System.exit(commandLine.execute(arguments));
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    var results = new ArrayList<ScaleResult>();
    for (int count : clusters) {
      var result = run(count);
      System.out.println(result.told());
      results.add(result);
    }
    System.out.println(ScaleResult.header());
    results.forEach(result -> System.out.println(result.row()));
    return 0;
  }

  private ScaleResult run(int count) throws IOException, InterruptedException {
    boolean kept = !keep.toString().isEmpty();
    var folder =
        kept
            ? Files.createDirectories(keep.resolve(Integer.toString(count))).toAbsolutePath()
            : Files.createTempDirectory("quorate-scale-");
    try {
      return ScaleRun.of(
          count,
          new ScaleRun.Settings(
              programs.toAbsolutePath(),
              operator.toAbsolutePath(),
              folder,
              !plainText,
              heap,
              !notScaled,
              Duration.ofSeconds(idleSeconds),
              Duration.ofSeconds(patienceSeconds)));
    } finally {
      if (!kept) {
        delete(folder);
      }
    }
  }

  static void delete(Path folder) throws IOException {
    try (var files = Files.walk(folder)) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
