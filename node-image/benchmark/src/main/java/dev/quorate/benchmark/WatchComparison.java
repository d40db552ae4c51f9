package dev.quorate.benchmark;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Measures watches: how fast events come to 1, 100 and 10,000 watches of one key, and what a
 * thousand clients cost that watch everything and read nothing.
 */
final class WatchComparison {
  private static final int[] WATCHERS = {1, 100, 10_000};
  private static final int STALLED = 1000;

  private final List<FanOut> fanOuts = new ArrayList<>();
  private final List<Stalled> stalls = new ArrayList<>();

  /** One contender with so many watches. */
  record FanOut(
      String contender,
      int watchers,
      double eventsPerSecond,
      double p50Milliseconds,
      double p99Milliseconds,
      double cpuMicroseconds,
      long residentBytes) {}

  /** One contender under puts, without and with clients that do not read. */
  record Stalled(
      String contender,
      double putsPerSecondBefore,
      double putsPerSecond,
      long residentBytesBefore,
      long residentBytes) {}

  /** All of it for one contender, on members that have warmed up. */
  void measure(String contender, MemberCluster cluster, Workload load)
      throws IOException, InterruptedException {
    for (int watchers : WATCHERS) {
      var one = fanOut(contender, cluster, watchers, load);
      fanOuts.add(one);
      System.err.printf(
          "%s, %d watches: %.0f events/s, p50 %.2f ms, p99 %.2f ms%n",
          contender, watchers, one.eventsPerSecond, one.p50Milliseconds, one.p99Milliseconds);
    }
    var stall = stall(contender, cluster, load);
    stalls.add(stall);
    System.err.printf(
        "%s, %d stalled: %.0f puts/s, before that %.0f, RSS %d MiB, before that %d%n",
        contender,
        STALLED,
        stall.putsPerSecond,
        stall.putsPerSecondBefore,
        stall.residentBytes >> 20,
        stall.residentBytesBefore >> 20);
  }

  private static FanOut fanOut(String contender, MemberCluster cluster, int watchers, Workload load)
      throws IOException, InterruptedException {
    var cpuBefore = new Duration[] {Duration.ZERO};
    try (var fanOut = new WatchFanOut(watchers, load.valueBytes(), cluster.endpoints())) {
      var result = fanOut.run(load.warmUp(), load.duration(), () -> cpuBefore[0] = cluster.cpu());
      var cpu = cluster.cpu().minus(cpuBefore[0]);
      return new FanOut(
          contender,
          watchers,
          result.events() / result.seconds(),
          result.times().getValueAtPercentile(50) / 1000.0,
          result.times().getValueAtPercentile(99) / 1000.0,
          cpu.toNanos() / 1000.0 / result.events(),
          cluster.residentBytes());
    }
  }

  private static Stalled stall(String contender, MemberCluster cluster, Workload load)
      throws IOException, InterruptedException {
    double before = putsPerSecond(cluster, load);
    long residentBefore = cluster.residentBytes();
    try (var _ = StalledWatches.begin(cluster, STALLED)) {
      double with = putsPerSecond(cluster, load);
      return new Stalled(contender, before, with, residentBefore, cluster.residentBytes());
    }
  }

  private static double putsPerSecond(MemberCluster cluster, Workload load) {
    try (var generator = new LoadGenerator(load, cluster.endpoints())) {
      return generator.run(() -> {}).requestsPerSecond();
    }
  }

  /** Two tables in Markdown, with medians of all runs. */
  String tables() {
    var text = new StringBuilder();
    text.append("| watches of one key | | events/s | p50 ms | p99 ms | CPU µs/event | RSS MiB |\n");
    text.append("|---:|---|---:|---:|---:|---:|---:|\n");
    for (int watchers : WATCHERS) {
      for (var name : fanOuts.stream().map(FanOut::contender).distinct().toList()) {
        var runs = runs(fanOuts, one -> one.watchers == watchers && one.contender.equals(name));
        text.append(row(runs));
      }
    }
    text.append("\n| %d clients that do not read ".formatted(STALLED));
    text.append("| | puts/s without | puts/s | RSS MiB without | RSS MiB |\n");
    text.append("|---|---|---:|---:|---:|---:|\n");
    for (var name : stalls.stream().map(Stalled::contender).distinct().toList()) {
      text.append(stalledRow(runs(stalls, one -> one.contender.equals(name))));
    }
    return text.toString();
  }

  private static <T> List<T> runs(List<T> all, Predicate<T> which) {
    return all.stream().filter(which).toList();
  }

  private static String row(List<FanOut> runs) {
    return "| %d | %s | %.0f | %.2f | %.2f | %.1f | %.0f |%n"
        .formatted(
            runs.getFirst().watchers,
            runs.getFirst().contender,
            ResultTable.median(runs, FanOut::eventsPerSecond),
            ResultTable.median(runs, FanOut::p50Milliseconds),
            ResultTable.median(runs, FanOut::p99Milliseconds),
            ResultTable.median(runs, FanOut::cpuMicroseconds),
            ResultTable.median(runs, one -> mebibytes(one.residentBytes)));
  }

  private static String stalledRow(List<Stalled> runs) {
    return "| | %s | %.0f | %.0f | %.0f | %.0f |%n"
        .formatted(
            runs.getFirst().contender,
            ResultTable.median(runs, Stalled::putsPerSecondBefore),
            ResultTable.median(runs, Stalled::putsPerSecond),
            ResultTable.median(runs, one -> mebibytes(one.residentBytesBefore)),
            ResultTable.median(runs, one -> mebibytes(one.residentBytes)));
  }

  private static double mebibytes(long bytes) {
    return bytes / (double) (1 << 20);
  }
}
