package dev.quorate.node.metrics;

import io.prometheus.client.Collector;
import io.prometheus.client.Collector.MetricFamilySamples;
import java.util.List;

/** Metrics of one value each, without labels. */
final class Samples {
  private Samples() {}

  static MetricFamilySamples counter(String name, String help, long value) {
    return family(name, Collector.Type.COUNTER, help, (double) value);
  }

  static MetricFamilySamples gauge(String name, String help, long value) {
    return gauge(name, help, (double) value);
  }

  static MetricFamilySamples gauge(String name, String help, double value) {
    return family(name, Collector.Type.GAUGE, help, value);
  }

  private static MetricFamilySamples family(
      String name, Collector.Type type, String help, double value) {
    var sample = new MetricFamilySamples.Sample(name, List.of(), List.of(), value);
    return new MetricFamilySamples(name, type, help, List.of(sample));
  }
}
