package dev.quorate.benchmark;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * What many keys cost: the memory of a member, the time until one is back after a stop, and what
 * puts of new values take compared with an empty store.
 */
final class LargeStore {
  private static final Duration STOP = Duration.ofMinutes(1);

  private final List<Result> results = new ArrayList<>();

  /** One contender with so many keys. */
  record Result(
      String contender,
      int keys,
      double filledPerSecond,
      LoadResult empty,
      LoadResult full,
      long residentBytes,
      long restartedResidentBytes,
      Duration restart,
      long diskBytes) {}

  /** All of it for one contender, on members that have warmed up. */
  void measure(String contender, MemberCluster cluster, Workload workload)
      throws IOException, InterruptedException {
    var empty = load(cluster, workload);
    long beganNanos = System.nanoTime();
    StoreFilling.fill(workload, cluster.endpoints());
    double fillSeconds = (System.nanoTime() - beganNanos) / 1e9;
    var full = load(cluster, workload);
    long resident = cluster.residentBytes();
    var leader = cluster.leader();
    var follower = cluster.members().stream().filter(m -> m != leader).findFirst().orElseThrow();
    var restart = cluster.restart(follower, STOP);
    var result =
        new Result(
            contender,
            workload.keys(),
            workload.keys() / fillSeconds,
            empty,
            full,
            resident,
            follower.residentBytes(),
            restart,
            cluster.diskBytes());
    results.add(result);
    System.err.print(row(List.of(result)));
  }

  private static LoadResult load(MemberCluster cluster, Workload workload) {
    try (var generator = new LoadGenerator(workload, cluster.endpoints())) {
      return generator.run(() -> {});
    }
  }

  /** A table in Markdown, with medians of all runs. */
  String table() {
    var text = new StringBuilder();
    text.append("| keys | | filled/s | puts/s before | p99 ms | longest ms | puts/s | p99 ms ");
    text.append("| longest ms | RSS MiB | RSS MiB restarted | restart ms | disk MiB |\n");
    text.append("|---:|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|\n");
    for (var name : results.stream().map(Result::contender).distinct().toList()) {
      text.append(row(results.stream().filter(one -> one.contender.equals(name)).toList()));
    }
    return text.toString();
  }

  private static String row(List<Result> runs) {
    var first = runs.getFirst();
    var cells = new StringBuilder("| %d | %s |".formatted(first.keys, first.contender));
    List<ToDoubleFunction<Result>> columns =
        List.of(
            Result::filledPerSecond,
            one -> one.empty.requestsPerSecond(),
            one -> one.empty.milliseconds(99),
            one -> one.empty.milliseconds(100),
            one -> one.full.requestsPerSecond(),
            one -> one.full.milliseconds(99),
            one -> one.full.milliseconds(100),
            one -> mebibytes(one.residentBytes),
            one -> mebibytes(one.restartedResidentBytes),
            one -> one.restart.toMillis(),
            one -> mebibytes(one.diskBytes));
    for (var column : columns) {
      cells.append(" %.0f |".formatted(ResultTable.median(runs, column)));
    }
    return cells.append('\n').toString();
  }

  private static double mebibytes(long bytes) {
    return bytes / (double) (1 << 20);
  }
}
