package dev.quorate.benchmark;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** Prints measurements as Markdown: for each workload the median of all runs of a contender. */
final class ResultTable {
  private static final String HEADER =
      """
      | workload | | requests/s | p50 ms | p99 ms | p99.9 ms | CPU µs/request | requests/fsync | RSS MiB | failed |
      |---|---|---:|---:|---:|---:|---:|---:|---:|---:|
      """;

  private ResultTable() {}

  static String of(List<Measurement> measurements) {
    var text = new StringBuilder(HEADER);
    for (var workload : measurements.stream().map(Measurement::workload).distinct().toList()) {
      for (var name : measurements.stream().map(Measurement::contender).distinct().toList()) {
        var runs = new ArrayList<Measurement>();
        for (var measurement : measurements) {
          if (measurement.workload().equals(workload) && measurement.contender().equals(name)) {
            runs.add(measurement);
          }
        }
        if (!runs.isEmpty()) {
          text.append(row(runs));
        }
      }
    }
    return text.toString();
  }

  private static String row(List<Measurement> runs) {
    var first = runs.getFirst();
    return "| %s | %s | %.0f | %.2f | %.2f | %.2f | %.1f | %.1f | %.0f | %.0f |%n"
        .formatted(
            first.workload().title(),
            first.contender(),
            median(runs, m -> m.load().requestsPerSecond()),
            median(runs, m -> m.load().milliseconds(50)),
            median(runs, m -> m.load().milliseconds(99)),
            median(runs, m -> m.load().milliseconds(99.9)),
            median(runs, Measurement::cpuMicroseconds),
            median(runs, Measurement::requestsPerFsync),
            median(runs, m -> m.residentBytes() / (double) (1 << 20)),
            runs.stream().mapToDouble(m -> m.load().failures()).sum());
  }

  static <T> double median(List<T> runs, ToDoubleFunction<T> value) {
    double[] sorted = runs.stream().mapToDouble(value).sorted().toArray();
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
