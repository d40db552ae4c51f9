package dev.quorate.node.metrics;

import static dev.quorate.node.metrics.Samples.counter;
import static dev.quorate.node.metrics.Samples.gauge;

import io.prometheus.client.Collector.MetricFamilySamples;
import java.util.List;

/** {@link WatchGauges} as samples under etcd's names. */
final class WatchSamples {
  private WatchSamples() {}

  static List<MetricFamilySamples> of(WatchGauges gauges) {
    return List.of(
        gauge("etcd_debugging_mvcc_watch_stream_total", "Streams of watches.", gauges.streams()),
        gauge("etcd_debugging_mvcc_watcher_total", "Watches.", gauges.watchers()),
        gauge(
            "etcd_debugging_mvcc_slow_watcher_total",
            "Watches that have to catch up.",
            gauges.slowWatchers()),
        gauge(
            "etcd_debugging_mvcc_pending_events_total",
            "Events that wait in memory for their clients.",
            gauges.pendingEvents()),
        counter(
            "etcd_debugging_mvcc_events_total",
            "Events sent by this member.",
            gauges.sentEvents()));
  }
}
