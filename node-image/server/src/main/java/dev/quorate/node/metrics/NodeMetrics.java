package dev.quorate.node.metrics;

import io.prometheus.client.Collector;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Counter;
import io.prometheus.client.Gauge;
import io.prometheus.client.Histogram;
import io.prometheus.client.exporter.common.TextFormat;
import io.prometheus.client.hotspot.DefaultExports;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.function.Supplier;

/** The collectors of one node. Several nodes in one process (tests) each have their own. */
public final class NodeMetrics implements ReplicationMetrics {
  private static final double NANOSECONDS_PER_SECOND = 1e9;
  private static final long SLOW_NANOSECONDS = 100_000_000;

  /** Gauges to the library, and counters to those who ask. */
  private static final List<String> COUNTERS_WITHOUT_TOTAL =
      List.of(
          "etcd_server_health_success",
          "etcd_server_health_failures",
          "etcd_server_learner_promote_successes",
          "etcd_server_learner_promote_failures",
          "etcd_network_snapshot_send_success",
          "etcd_network_snapshot_send_failures",
          "etcd_network_snapshot_receive_success",
          "etcd_network_snapshot_receive_failures");

  private static final double[] DISK_BUCKETS = Buckets.doubling(0.001, 14);
  private static final double[] TTL_BUCKETS = Buckets.doubling(1, 24);

  private final CollectorRegistry registry = new CollectorRegistry();
  private final Histogram.Child logSync =
      histogram(
              "etcd_disk_wal_fsync_duration_seconds",
              "How long making the log durable took.",
              DISK_BUCKETS)
          .register(registry)
          .labels();

  /** A gauge in etcd too. */
  private final Gauge logBytes =
      Gauge.build("etcd_disk_wal_write_bytes_total", "Bytes written to the log.")
          .register(registry);

  private final Counter diskStalls =
      counter(
              "quorate_disk_stalls_total",
              "How often the log's disk stood still while a majority went on.")
          .register(registry);
  private final Histogram.Child stateCommit =
      histogram(
              "etcd_disk_backend_commit_duration_seconds",
              "How long committing a batch of applied entries took.",
              DISK_BUCKETS)
          .register(registry)
          .labels();
  private final Counter leaderChanges =
      counter("etcd_server_leader_changes_seen_total", "Leader changes seen.").register(registry);
  private final Counter failedProposals =
      counter("etcd_server_proposals_failed_total", "Proposals that failed.").register(registry);
  private final Counter failedReadIndexes =
      counter("etcd_server_read_indexes_failed_total", "Read indexes that failed.")
          .register(registry);
  private final Counter slowReadIndexes =
      counter("etcd_server_slow_read_indexes_total", "Read indexes that came late or not in time.")
          .register(registry);
  private final Counter slowApplies =
      counter("etcd_server_slow_apply_total", "Batches that took over 100 ms to apply.")
          .register(registry);
  private final Counter heartbeatFailures =
      counter(
              "etcd_server_heartbeat_send_failures_total",
              "How often heartbeats were more than an interval too late.")
          .register(registry);
  private final PeerCounters peers = new PeerCounters(registry);

  private final Counter leasesGranted =
      counter("etcd_debugging_lease_granted_total", "Leases granted.").register(registry);
  private final Counter leasesRevoked =
      counter("etcd_debugging_lease_revoked_total", "Leases revoked.").register(registry);
  private final Counter leasesRenewed =
      counter("etcd_debugging_lease_renewed_total", "Leases renewed by this leader.")
          .register(registry);
  private final Counter leasesExpired =
      counter("etcd_debugging_server_lease_expired_total", "Leases that ended by themselves.")
          .register(registry);
  private final Histogram.Child leaseTtls =
      histogram(
              "etcd_debugging_lease_ttl_total", "TTLs of granted leases, in seconds.", TTL_BUCKETS)
          .register(registry)
          .labels();

  // Counters, but etcd's names for them lack the _total that this library gives to every counter;
  // see COUNTERS_WITHOUT_TOTAL.
  private final Gauge healthSuccesses =
      Gauge.build("etcd_server_health_success", "Health checks that succeeded.").register(registry);
  private final Gauge healthFailures =
      Gauge.build("etcd_server_health_failures", "Health checks that failed.").register(registry);

  private final Gauge learnersPromoted =
      Gauge.build("etcd_server_learner_promote_successes", "Learners that this leader promoted.")
          .register(registry);
  private final Gauge learnersNotPromoted =
      Gauge.build("etcd_server_learner_promote_failures", "Promotions refused by this leader.")
          .labelNames("Reason")
          .register(registry);

  /** Registers what counts in this process: JVM, versions and the member itself. */
  public NodeMetrics(
      String productVersion,
      String etcdVersion,
      String clusterVersion,
      Supplier<NodeCondition> condition,
      Supplier<MemberGauges> gauges,
      Supplier<StoreGauges> storeGauges,
      Supplier<WatchGauges> watchGauges) {
    DefaultExports.register(registry);
    one("quorate_build_info", "The version of this program.", "version", productVersion);
    one("etcd_server_version", "Which etcd API is spoken.", "server_version", etcdVersion);
    one(
        "etcd_cluster_version",
        "Which version the cluster runs.",
        "cluster_version",
        clusterVersion);
    new GaugeCollector(() -> ConditionSamples.of(condition.get())).register(registry);
    new GaugeCollector(() -> MemberSamples.of(gauges.get())).register(registry);
    new GaugeCollector(() -> StoreSamples.of(storeGauges.get())).register(registry);
    new GaugeCollector(OpenFiles::samples).register(registry);
    new GaugeCollector(() -> WatchSamples.of(watchGauges.get())).register(registry);
  }

  /** Where more collectors register, such as those of the RPC server. */
  public CollectorRegistry registry() {
    return registry;
  }

  /** What is counted of the other members. */
  public PeerMetrics peers() {
    return peers;
  }

  /** What /metrics answers, in Prometheus' text format. */
  public String text() {
    var writer = new StringWriter();
    try {
      TextFormat.write004(
          writer, registry.filteredMetricFamilySamples(name -> !name.endsWith("_created")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    String text = writer.toString();
    for (String name : COUNTERS_WITHOUT_TOTAL) {
      String type = "# TYPE " + name;
      text = text.replace(type + " gauge\n", type + " counter\n");
    }
    return text;
  }

  public void healthChecked(boolean healthy) {
    (healthy ? healthSuccesses : healthFailures).inc();
  }

  @Override
  public void logSynced(long durationNanoseconds, long writtenBytes) {
    logSync.observe(durationNanoseconds / NANOSECONDS_PER_SECOND);
    logBytes.inc((double) writtenBytes);
  }

  @Override
  public void diskStalled() {
    diskStalls.inc();
  }

  @Override
  public void stateCommitted(long durationNanoseconds, int entries) {
    stateCommit.observe(durationNanoseconds / NANOSECONDS_PER_SECOND);
    if (durationNanoseconds > SLOW_NANOSECONDS) {
      slowApplies.inc();
    }
  }

  @Override
  public void leaderChanged() {
    leaderChanges.inc();
  }

  @Override
  public void proposalFailed() {
    failedProposals.inc();
  }

  @Override
  public void readIndexFailed() {
    failedReadIndexes.inc();
  }

  @Override
  public void readIndexSlow() {
    slowReadIndexes.inc();
  }

  @Override
  public void learnerPromoted() {
    learnersPromoted.inc();
  }

  @Override
  public void learnerNotPromoted(String reason) {
    learnersNotPromoted.labels(reason).inc();
  }

  @Override
  public void leaseGranted(long ttlSeconds) {
    leasesGranted.inc();
    leaseTtls.observe((double) ttlSeconds);
  }

  @Override
  public void leaseRevoked() {
    leasesRevoked.inc();
  }

  @Override
  public void leaseRenewed() {
    leasesRenewed.inc();
  }

  @Override
  public void leaseExpired() {
    leasesExpired.inc();
  }

  @Override
  public void heartbeatLate() {
    heartbeatFailures.inc();
  }

  private void one(String name, String help, String label, String value) {
    Gauge.build(name, help).labelNames(label).register(registry).labels(value).set(1);
  }

  private static Counter.Builder counter(String name, String help) {
    return Counter.build(name, help);
  }

  private static Histogram.Builder histogram(String name, String help, double[] buckets) {
    return Histogram.build(name, help).buckets(buckets);
  }

  /** Asks for the gauges once per scrape, so that the figures of one scrape belong together. */
  private static final class GaugeCollector extends Collector {
    private final Supplier<List<MetricFamilySamples>> samples;

    GaugeCollector(Supplier<List<MetricFamilySamples>> samples) {
      this.samples = samples;
    }

    @Override
    public List<MetricFamilySamples> collect() {
      return samples.get();
    }
  }
}
