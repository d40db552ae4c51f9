package dev.quorate.operator.benchmark;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a number of clusters cost.
 *
 * @param scale null if the clusters were not scaled
 * @param emptyStart from the operator's start to watching, without a cluster
 * @param start the same with all clusters there
 * @param firstLook from there until it had looked at each cluster and had nothing to do
 */
record ScaleResult(
    int clusters,
    Duration emptyStart,
    Phase create,
    Phase idle,
    @Nullable Phase scale,
    double liveHeapBytes,
    long residentBytes,
    double threads,
    Duration start,
    Duration firstLook) {
  private static final double MEBIBYTE = 1 << 20;

  /** Everything, for people. */
  String told() {
    return """
    %d clusters
      create, three members each:  %s
      idle:                        %s
      three to five members each:  %s
      heap after a collection %.0f MiB, at most %.0f MiB, RSS %.0f MiB, threads %.0f
      operator's start to watching %.2f s (without a cluster %.2f s), all looked at %.1f s later
    """
        .formatted(
            clusters,
            told(create),
            told(idle),
            scale == null ? "not done" : told(scale),
            liveHeapBytes / MEBIBYTE,
            Math.max(create.mostHeapBytes(), scale == null ? 0 : scale.mostHeapBytes()) / MEBIBYTE,
            residentBytes / MEBIBYTE,
            threads,
            start.toMillis() / 1e3,
            emptyStart.toMillis() / 1e3,
            firstLook.toMillis() / 1e3);
  }

  private String told(Phase phase) {
    var calls = phase.calls();
    return """
    %.1f s, reconcile p50 %.1f ms, p99 %.1f ms, deepest queue %.0f, %.1f passes, %.0f failed, %.1f s of processor
        per cluster: %.1f reads, %.1f writes; %d watches begun, %d calls for the Lease
        per cluster: %s"""
        .formatted(
            phase.time().toMillis() / 1e3,
            phase.medianMilliseconds(),
            phase.p99Milliseconds(),
            phase.deepestQueue(),
            phase.passes() / clusters,
            phase.failures(),
            phase.cpuSeconds(),
            calls.reads() / (double) clusters,
            calls.writes() / (double) clusters,
            calls.watches(),
            calls.forLease(),
            calls.perCluster(clusters));
  }

  /** A row of the table in the documentation. */
  String row() {
    return "| %d | %.0f | %.0f / %.0f | %.0f | %.1f / %.1f | %s | %.2f / %.2f | %.0f | %.0f | %.1f |"
        .formatted(
            clusters,
            create.time().toMillis() / 1e3,
            create.medianMilliseconds(),
            create.p99Milliseconds(),
            create.deepestQueue(),
            perCluster(create.calls().reads()),
            perCluster(create.calls().writes()),
            scale == null
                ? ""
                : "%.1f / %.1f"
                    .formatted(
                        perCluster(scale.calls().reads()), perCluster(scale.calls().writes())),
            perCluster(idle.calls().reads()),
            perCluster(idle.calls().writes()),
            liveHeapBytes / MEBIBYTE,
            residentBytes / MEBIBYTE,
            start.toMillis() / 1e3);
  }

  static String header() {
    return """
    | clusters | create s | reconcile p50 / p99 ms | deepest queue | create reads / writes | 3 to 5 reads / writes | idle reads / writes | heap MiB | RSS MiB | start s |
    |---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|""";
  }

  private double perCluster(long calls) {
    return calls / (double) clusters;
  }
}
