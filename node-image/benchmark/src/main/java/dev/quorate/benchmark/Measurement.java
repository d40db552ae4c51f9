package dev.quorate.benchmark;

import java.io.IOException;
import java.time.Duration;

/**
 * One contender under one workload.
 *
 * @param cpuMicroseconds what all members together spent per request
 * @param requestsPerFsync requests for each sync of one member's log; 0 if there was none
 */
record Measurement(
    String contender,
    Workload workload,
    LoadResult load,
    double cpuMicroseconds,
    double requestsPerFsync,
    long residentBytes) {

  /** What the members had used up at one moment. */
  private record Used(Duration cpu, double fsyncs) {
    static Used by(MemberCluster cluster) {
      try {
        return new Used(cluster.cpu(), cluster.fsyncs());
      } catch (IOException e) {
        throw new IllegalStateException("a member does not show its metrics: " + e, e);
      } catch (InterruptedException e) {
        throw new IllegalStateException("interrupted", e);
      }
    }
  }

  static Measurement of(Contender contender, MemberCluster cluster, Workload workload)
      throws IOException {
    var before = new Used[1];
    try (var generator = new LoadGenerator(workload, cluster.endpoints())) {
      var load = generator.run(() -> before[0] = Used.by(cluster));
      var after = Used.by(cluster);
      long requests = Math.max(1, load.times().getTotalCount());
      double fsyncs = (after.fsyncs() - before[0].fsyncs()) / cluster.members().size();
      return new Measurement(
          contender.name(),
          workload,
          load,
          after.cpu().minus(before[0].cpu()).toNanos() / 1000.0 / requests,
          fsyncs < 1 ? 0 : requests / fsyncs,
          cluster.residentBytes());
    }
  }
}
