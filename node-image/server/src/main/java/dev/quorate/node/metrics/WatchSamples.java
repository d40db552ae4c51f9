package dev.quorate.node.metrics;

import io.prometheus.client.Collector;
import io.prometheus.client.Collector.MetricFamilySamples;
import java.util.List;

/** {@link WatchGauges} as samples under etcd's names. */
final class WatchSamples {
  private WatchSamples() {}

  static List<MetricFamilySamples> of(WatchGauges gauges) {
    return List.of(
        gauge("watch_stream_total", "Streams of watches.", gauges.streams()),
        gauge("watcher_total", "Watches.", gauges.watchers()),
        gauge("slow_watcher_total", "Watches that have to catch up.", gauges.slowWatchers()),
        gauge(
            "pending_events_total",
            "Events that wait in memory for their clients.",
            gauges.pendingEvents()),
        family(
            "events_total",
            Collector.Type.COUNTER,
            "Events sent by this member.",
            gauges.sentEvents()));
  }

  private static MetricFamilySamples gauge(String name, String help, long value) {
    return family(name, Collector.Type.GAUGE, help, value);
  }

  private static MetricFamilySamples family(
      String name, Collector.Type type, String help, long value) {
    var full = "etcd_debugging_mvcc_" + name;
    var sample = new MetricFamilySamples.Sample(full, List.of(), List.of(), (double) value);
    return new MetricFamilySamples(full, type, help, List.of(sample));
  }
}
