package dev.quorate.operator.platform.kubernetes;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.api.monitoring.Metrics;
import io.javaoperatorsdk.operator.api.reconciler.RetryInfo;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Counter;
import io.prometheus.client.Gauge;
import io.prometheus.client.Histogram;
import java.util.Collection;
import java.util.Map;

/** What the operator counts about its own work; no series per cluster, so their number is fixed. */
final class ReconcileMetrics implements Metrics {
  private final Histogram duration;
  private final Counter failures;
  private final Counter retries;
  private final Counter writes;
  private final Gauge queueDepth;
  private final Gauge leading;
  private final Gauge seesMachines;

  ReconcileMetrics(CollectorRegistry registry) {
    duration =
        Histogram.build("quorate_operator_reconcile_duration_seconds", "Time of one reconcile")
            .buckets(.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30)
            .register(registry);
    failures =
        Counter.build("quorate_operator_reconcile_failures_total", "Reconciles that threw")
            .register(registry);
    retries =
        Counter.build("quorate_operator_reconcile_retries_total", "Reconciles after a failed one")
            .register(registry);
    writes =
        Counter.build("quorate_operator_writes_total", "Objects written to the API server")
            .labelNames("kind")
            .register(registry);
    queueDepth =
        Gauge.build(
                "quorate_operator_queue_depth", "Clusters that wait for a thread to look at them")
            .register(registry);
    leading =
        Gauge.build("quorate_operator_leading", "1 when this operator holds the Lease")
            .register(registry);
    seesMachines =
        Gauge.build(
                "quorate_operator_sees_machines",
                "1 when this operator leads and may read nodes; 0 when it must do without")
            .register(registry);
  }

  /** Tells from now on how long this queue is. */
  void queue(Collection<?> waiting) {
    queueDepth.setChild(
        new Gauge.Child() {
          @Override
          public double get() {
            return waiting.size();
          }
        });
  }

  void leading(boolean holdsTheLease) {
    leading.set(holdsTheLease ? 1 : 0);
  }

  void seesMachines(boolean granted) {
    seesMachines.set(granted ? 1 : 0);
  }

  void wrote(String kind) {
    writes.labels(kind).inc();
  }

  @Override
  public void reconcileCustomResource(
      HasMetadata resource, RetryInfo retryInfo, Map<String, Object> metadata) {
    if (retryInfo != null && retryInfo.getAttemptCount() > 0) {
      retries.inc();
    }
  }

  @Override
  public void failedReconciliation(
      HasMetadata resource, Exception exception, Map<String, Object> metadata) {
    failures.inc();
  }

  @Override
  public <T> T timeControllerExecution(ControllerExecution<T> execution) throws Exception {
    try (var _ = duration.startTimer()) {
      return execution.execute();
    }
  }
}
