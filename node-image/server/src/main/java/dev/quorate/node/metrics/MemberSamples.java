package dev.quorate.node.metrics;

import static dev.quorate.node.metrics.Samples.gauge;

import io.prometheus.client.Collector;
import io.prometheus.client.Collector.MetricFamilySamples;
import io.prometheus.client.Collector.MetricFamilySamples.Sample;
import java.util.List;

/** {@link MemberGauges} as samples under etcd's names. */
final class MemberSamples {
  private MemberSamples() {}

  static List<MetricFamilySamples> of(MemberGauges gauges) {
    return List.of(
        gauge("etcd_server_has_leader", "Whether a leader is known.", flag(gauges.leaderId() != 0)),
        gauge("etcd_server_is_leader", "Whether this member leads.", flag(gauges.leader())),
        gauge(
            "etcd_server_is_learner", "Whether this member is a learner.", flag(gauges.learner())),
        id(gauges.memberId()),
        gauge(
            "etcd_server_proposals_committed_total",
            "Index of the last committed entry.",
            gauges.committedIndex()),
        gauge(
            "etcd_server_proposals_applied_total",
            "Index of the last applied entry.",
            gauges.appliedIndex()),
        gauge(
            "etcd_server_proposals_pending",
            "Proposals that wait to be applied.",
            gauges.pendingProposals()),
        gauge(
            "etcd_server_quota_backend_bytes",
            "Size of the data above which writes are refused; 0: no limit.",
            gauges.quotaBytes()),
        gauge(
            "etcd_mvcc_db_total_size_in_bytes",
            "Size of the data on disk.",
            gauges.databaseBytes()),
        gauge(
            "etcd_mvcc_db_total_size_in_use_in_bytes",
            "The same: there is no free space inside the data to give back.",
            gauges.databaseBytes()),
        gauge("quorate_raft_term", "The Raft term.", gauges.term()),
        gauge(
            "quorate_election_timeout_seconds",
            "How long the member waits for its leader at the least, as it is now.",
            gauges.electionTimeoutMilliseconds() / 1000.0),
        knownPeers(gauges));
  }

  private static MetricFamilySamples knownPeers(MemberGauges gauges) {
    String name = "etcd_network_known_peers";
    var labels = List.of("Local", "Remote");
    String local = Long.toHexString(gauges.memberId());
    var samples =
        gauges.members().stream()
            .map(id -> new Sample(name, labels, List.of(local, Long.toHexString(id)), 1))
            .toList();
    return new MetricFamilySamples(
        name, Collector.Type.GAUGE, "1 for each member, this one too.", samples);
  }

  private static MetricFamilySamples id(long memberId) {
    var sample =
        new Sample(
            "etcd_server_id",
            List.of("server_id"),
            List.of(Long.toHexString(memberId)),
            (double) flag(memberId != 0));
    return new MetricFamilySamples(
        "etcd_server_id", Collector.Type.GAUGE, "The member's id in hexadecimal.", List.of(sample));
  }

  private static long flag(boolean value) {
    return value ? 1 : 0;
  }
}
