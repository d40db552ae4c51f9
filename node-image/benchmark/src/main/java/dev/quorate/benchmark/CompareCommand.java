package dev.quorate.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Drives three etcd members and three Quorate nodes in turn, on the same disk, with one client. */
@Command(
    name = "compare",
    description = {
      "Starts three members of etcd and three of Quorate in turn on this machine,",
      "drives both with the same client and prints what it saw as a table.",
      "Ends what it started and leaves no files."
    },
    mixinStandardHelpOptions = true)
final class CompareCommand implements Callable<Integer> {
  private static final List<String> LARGE_STORE_FLAGS =
      List.of("--quota-backend-bytes", Long.toString(64L << 30));

  @Mixin private WorkloadOptions options = new WorkloadOptions();

  @Option(
      names = "--etcd",
      paramLabel = "PATH",
      description =
          "the etcd program (default: the newest that e2e/kubernetes/tools has built, else the PATH's)")
  private @Nullable Path etcd;

  @Option(
      names = "--quorate",
      paramLabel = "PATH",
      description = "the quorate-node program",
      required = true)
  private Path quorate = Path.of("quorate-node");

  @Option(
      names = "--directory",
      paramLabel = "DIR",
      description = "where the members' data lie; choose a real disk (default: ${DEFAULT-VALUE})",
      defaultValue = "benchmark-data")
  private Path directory = Path.of("benchmark-data");

  @Option(
      names = "--only",
      split = ",",
      description =
          "workloads: puts-100, puts-1, puts-1000, reads-100, serializable-100, mixed-100,"
              + " ranges-100, compare-and-sets-100 (default: all)")
  private List<String> only = List.of();

  @Option(
      names = "--contenders",
      split = ",",
      defaultValue = "etcd,quorate",
      description = "who runs (default: ${DEFAULT-VALUE})")
  private List<String> contenders = List.of();

  @Option(
      names = "--repeat",
      defaultValue = "3",
      description = "runs of each contender; the table shows medians (default: ${DEFAULT-VALUE})")
  private int repeat;

  @Option(
      names = "--first-warm-up",
      defaultValue = "60",
      description =
          "seconds of load on fresh members before anything is measured (default: ${DEFAULT-VALUE})")
  private int firstWarmUpSeconds;

  @Option(
      names = "--leader-kill",
      description = "measure how long writes fail after SIGKILL of the leader instead")
  private boolean leaderKill;

  @Option(
      names = "--watch",
      description = "measure watches instead: 1, 100 and 10,000 of one key, and stalled clients")
  private boolean watch;

  @Option(
      names = "--large",
      description = "measure memory, restart and puts with all of --keys in the store instead")
  private boolean large;

  @Override
  public Integer call() throws IOException, InterruptedException {
    var running = new ArrayList<Contender>();
    for (var name : contenders) {
      running.add(contender(name));
    }
    for (var contender : running) {
      System.err.printf("%s: %s%n", contender.name(), contender.program());
    }
    System.out.print(
        leaderKill
            ? killLeaders(running)
            : watch ? watch(running) : large ? fill(running) : measure(running));
    return 0;
  }

  private String measure(List<Contender> running) throws IOException, InterruptedException {
    var workloads = workloads();
    var measurements = new ArrayList<Measurement>();
    for (int run = 1; run <= repeat; run++) {
      for (var contender : running) {
        try (var cluster = new MemberCluster(contender, directory, List.of())) {
          cluster.awaitReady();
          warmUp(cluster, workloads.getFirst());
          StoreFilling.fill(workloads.getFirst(), cluster.endpoints());
          for (var workload : workloads) {
            var measurement = Measurement.of(contender, cluster, workload);
            measurements.add(measurement);
            report(run, measurement);
          }
        }
      }
    }
    return ResultTable.of(measurements);
  }

  /** The same for everybody, although only one of them compiles while it runs. */
  private void warmUp(MemberCluster cluster, Workload workload) {
    var shorter =
        new Workload(
            100,
            10,
            workload.keyBytes(),
            workload.valueBytes(),
            workload.keys(),
            RequestMix.reads(0.2, false),
            0,
            Duration.ofSeconds(firstWarmUpSeconds),
            Duration.ofSeconds(1));
    try (var generator = new LoadGenerator(shorter, cluster.endpoints())) {
      generator.run(() -> {});
    }
  }

  private static void report(int run, Measurement measurement) {
    var load = measurement.load();
    System.err.printf(
        "run %d, %s, %s: %.0f/s, p50 %.2f ms, p99 %.2f ms, CPU %.1f us, %.1f per fsync, %d failed%s%n",
        run,
        measurement.contender(),
        measurement.workload().title(),
        load.requestsPerSecond(),
        load.milliseconds(50),
        load.milliseconds(99),
        measurement.cpuMicroseconds(),
        measurement.requestsPerFsync(),
        load.failures(),
        load.failures() == 0 ? "" : " (" + load.lastFailure() + ")");
  }

  private String killLeaders(List<Contender> running) throws IOException, InterruptedException {
    var times = new TreeMap<String, List<Duration>>();
    for (int run = 1; run <= repeat; run++) {
      for (var contender : running) {
        try (var cluster = new MemberCluster(contender, directory, List.of())) {
          cluster.awaitReady();
          warmUp(cluster, options.workload(100, RequestMix.PUTS));
          var time = new LeaderKill(cluster).measure();
          System.err.printf("run %d, %s: %d ms%n", run, contender.name(), time.toMillis());
          times.computeIfAbsent(contender.name(), _ -> new ArrayList<>()).add(time);
        }
      }
    }
    var table = new StringBuilder("| | kills | shortest ms | median ms | longest ms |\n");
    table.append("|---|---:|---:|---:|---:|\n");
    times.forEach((name, all) -> table.append(LeaderKill.row(name, all)));
    return table.toString();
  }

  private String watch(List<Contender> running) throws IOException, InterruptedException {
    var comparison = new WatchComparison();
    for (int run = 1; run <= repeat; run++) {
      for (var contender : running) {
        try (var cluster = new MemberCluster(contender, directory, List.of())) {
          cluster.awaitReady();
          var load = options.workload(100, RequestMix.PUTS);
          warmUp(cluster, load);
          comparison.measure(contender.name(), cluster, load);
        }
      }
    }
    return comparison.tables();
  }

  private String fill(List<Contender> running) throws IOException, InterruptedException {
    var store = new LargeStore();
    for (int run = 1; run <= repeat; run++) {
      for (var contender : running) {
        try (var cluster = new MemberCluster(contender, directory, LARGE_STORE_FLAGS)) {
          cluster.awaitReady();
          var load = options.workload(100, RequestMix.PUTS);
          warmUp(cluster, options.workload(100, RequestMix.PUTS));
          store.measure(contender.name(), cluster, load);
        }
      }
    }
    return store.table();
  }

  private List<Workload> workloads() {
    var all = new LinkedHashMap<String, Workload>();
    all.put("puts-100", options.workload(100, RequestMix.PUTS));
    all.put("puts-1", options.workload(1, RequestMix.PUTS));
    all.put("puts-1000", options.workload(1000, RequestMix.PUTS));
    all.put("reads-100", options.workload(100, RequestMix.reads(1, false)));
    all.put("serializable-100", options.workload(100, RequestMix.reads(1, true)));
    all.put("mixed-100", options.workload(100, RequestMix.reads(0.8, false)));
    all.put("ranges-100", options.workload(100, RequestMix.RANGES));
    all.put("compare-and-sets-100", options.workload(100, RequestMix.COMPARE_AND_SETS));
    for (var name : only) {
      if (!all.containsKey(name)) {
        throw new IllegalArgumentException(
            "--only: \"%s\" is none of %s".formatted(name, String.join(", ", all.keySet())));
      }
    }
    return all.entrySet().stream()
        .filter(entry -> only.isEmpty() || only.contains(entry.getKey()))
        .map(Map.Entry::getValue)
        .toList();
  }

  private Contender contender(String name) throws IOException {
    return switch (name) {
      case "etcd" -> new Contender("etcd", etcdProgram());
      case "quorate" -> new Contender("quorate", existing("--quorate", quorate));
      default ->
          throw new IllegalArgumentException(
              "--contenders: \"%s\" is neither etcd nor quorate".formatted(name));
    };
  }

  private Path etcdProgram() throws IOException {
    if (etcd != null) {
      return existing("--etcd", etcd);
    }
    var found = newestBuilt().or(CompareCommand::inPath);
    return found.orElseThrow(
        () ->
            new IOException(
                "there is no etcd: install one (apt-get install etcd-server), run e2e/kubernetes/tools, or say where it is with --etcd"));
  }

  private static Optional<Path> newestBuilt() throws IOException {
    var environment = System.getenv();
    String home = environment.getOrDefault("HOME", "");
    String caches = environment.getOrDefault("XDG_CACHE_HOME", home + "/.cache");
    var tools = Path.of(environment.getOrDefault("QUORATE_CACHE", caches + "/quorate"), "tools");
    if (!Files.isDirectory(tools)) {
      return Optional.empty();
    }
    try (Stream<Path> files = Files.list(tools)) {
      return files
          .filter(path -> path.getFileName().toString().startsWith("etcd-"))
          .map(path -> path.resolve("etcd"))
          .filter(Files::isExecutable)
          .max(Path::compareTo);
    }
  }

  private static Optional<Path> inPath() {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
        .map(folder -> Path.of(folder, "etcd"))
        .filter(Files::isExecutable)
        .findFirst();
  }

  private static Path existing(String option, Path program) throws IOException {
    if (!Files.isExecutable(program)) {
      throw new IOException(option + ": " + program + " is not a program");
    }
    return program.toAbsolutePath();
  }
}
