package dev.quorate.operator.benchmark;

import java.util.Map;
import java.util.TreeMap;

/** One reading of what the operator tells Prometheus, by series. */
record OperatorMetrics(Map<String, Double> values) {
  private static final String RECONCILES = "quorate_operator_reconcile_duration_seconds";
  private static final String QUEUE = "quorate_operator_queue_depth";
  private static final String BUCKET = RECONCILES + "_bucket{le=\"";

  static OperatorMetrics parse(String text) {
    var values = new TreeMap<String, Double>();
    text.lines()
        .filter(line -> !line.startsWith("#"))
        .forEach(
            line -> {
              int blank = line.lastIndexOf(' ');
              var series = line.substring(0, blank).replace(",}", "}");
              values.put(series, Double.parseDouble(line.substring(blank + 1)));
            });
    return new OperatorMetrics(values);
  }

  private double value(String series) {
    return values.getOrDefault(series, 0.0);
  }

  boolean leading() {
    return value("quorate_operator_leading") == 1;
  }

  double queueDepth() {
    return value(QUEUE);
  }

  double heapBytes() {
    return value("jvm_memory_bytes_used{area=\"heap\"}");
  }

  double threads() {
    return value("jvm_threads_current");
  }

  double cpuSeconds() {
    return value("process_cpu_seconds_total");
  }

  double failures() {
    return value("quorate_operator_reconcile_failures_total");
  }

  double passes() {
    return value(RECONCILES + "_count");
  }

  /**
   * How long a pass since an earlier reading took, in milliseconds; within a bucket it is taken for
   * granted that times are spread evenly.
   */
  double milliseconds(double quantile, OperatorMetrics earlier) {
    var buckets = new TreeMap<Double, Double>();
    values.forEach(
        (series, count) -> {
          if (series.startsWith(BUCKET)) {
            var limit = series.substring(BUCKET.length(), series.lastIndexOf('"'));
            buckets.put(
                limit.equals("+Inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(limit),
                count - earlier.value(series));
          }
        });
    double wanted = quantile * (passes() - earlier.passes());
    double lower = 0;
    double below = 0;
    for (var bucket : buckets.entrySet()) {
      if (bucket.getValue() >= wanted && bucket.getValue() > 0) {
        double upper = Math.min(bucket.getKey(), 2 * Math.max(lower, 1));
        double share = (wanted - below) / (bucket.getValue() - below);
        return 1000 * (lower + share * (upper - lower));
      }
      lower = bucket.getKey();
      below = bucket.getValue();
    }
    return 0;
  }
}
