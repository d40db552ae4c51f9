package dev.quorate.node.metrics;

import static dev.quorate.node.metrics.Samples.counter;
import static dev.quorate.node.metrics.Samples.gauge;

import io.prometheus.client.Collector.MetricFamilySamples;
import java.util.List;

/** {@link StoreGauges} as samples under etcd's names. */
final class StoreSamples {
  private StoreSamples() {}

  static List<MetricFamilySamples> of(StoreGauges gauges) {
    return List.of(
        counter("etcd_mvcc_range_total", "Ranges read on this member.", gauges.ranges()),
        counter("etcd_mvcc_put_total", "Puts applied by this member.", gauges.puts()),
        counter("etcd_mvcc_delete_total", "Deletes applied by this member.", gauges.deletes()),
        counter(
            "etcd_mvcc_txn_total", "Transactions of several operations.", gauges.transactions()),
        gauge(
            "etcd_debugging_mvcc_total_put_size_in_bytes",
            "Keys and values of all puts applied by this member.",
            gauges.putBytes()),
        counter(
            "etcd_debugging_mvcc_db_compaction_keys_total",
            "Versions of keys that compactions have deleted.",
            gauges.compactedKeys()),
        gauge("etcd_debugging_mvcc_current_revision", "The store's revision.", gauges.revision()),
        gauge(
            "etcd_debugging_mvcc_compact_revision",
            "The revision of the last compaction; -1: none yet.",
            gauges.compactRevision()),
        gauge(
            "etcd_debugging_auth_revision",
            "The revision of users and roles.",
            gauges.authRevision()));
  }
}
