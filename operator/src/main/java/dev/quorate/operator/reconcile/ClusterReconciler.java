package dev.quorate.operator.reconcile;

import dev.quorate.crds.RaftCluster;
import dev.quorate.crds.RaftClusterStatus;
import dev.quorate.operator.act.ActionExecutor;
import dev.quorate.operator.act.ActionFailedException;
import dev.quorate.operator.observe.ClusterObserver;
import dev.quorate.operator.observe.MemberConnections;
import dev.quorate.operator.plan.Action;
import dev.quorate.operator.plan.ClusterPlanner;
import dev.quorate.operator.plan.ObservedCluster;
import dev.quorate.operator.plan.Plan;
import dev.quorate.operator.plan.QuorumGuard;
import dev.quorate.operator.platform.ClusterKey;
import dev.quorate.operator.platform.Platform;
import dev.quorate.operator.platform.PlatformException;
import dev.quorate.operator.status.EventFactory;
import dev.quorate.operator.status.StatusFactory;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One pass over one cluster: observe, plan, publish, guard, act. It keeps nothing between passes;
 * what must be remembered is in the status. Passes over the same cluster must not run at once.
 */
public final class ClusterReconciler {
  private static final Logger log = LoggerFactory.getLogger(ClusterReconciler.class);
  private static final Duration AFTER_FAILURE = Duration.ofSeconds(2);

  private final ClusterObserver observer;
  private final ActionExecutor executor;
  private final InstantSource clock;

  /**
   * @param fencingEpoch grows with every operator that takes over; members refuse an older one
   */
  public ClusterReconciler(
      MemberConnections connections, InstantSource clock, LongSupplier fencingEpoch) {
    this.observer = new ClusterObserver(connections);
    this.executor = new ActionExecutor(connections, fencingEpoch);
    this.clock = clock;
  }

  public ReconcileOutcome reconcile(RaftCluster cluster, Platform platform) {
    var before = Objects.requireNonNullElse(cluster.getStatus(), RaftClusterStatus.EMPTY);
    var observed = observer.observe(cluster, platform);
    var plan =
        prepared(
            cluster,
            platform,
            observed,
            ClusterPlanner.plan(cluster.getSpec(), observed, clock.instant()));
    var status = StatusFactory.from(cluster, observed, plan, clock.instant());
    publish(cluster, platform, before, status);
    var action = plan.action();
    boolean asPlanned = action == null || act(cluster, platform, plan, action);
    return new ReconcileOutcome(status, asPlanned ? plan.lookAgain() : AFTER_FAILURE);
  }

  /** Makes what the members share be there; where that is refused, nothing else is done either. */
  private static Plan prepared(
      RaftCluster cluster, Platform platform, ObservedCluster observed, Plan plan) {
    if (plan.purpose() == Plan.Purpose.INVALID || plan.purpose() == Plan.Purpose.PAUSED) {
      return plan;
    }
    try {
      platform.applyShared(cluster, StatusFactory.shared(cluster.getSpec(), observed));
      return plan;
    } catch (PlatformException e) {
      log.warn("{}: {}", ClusterKey.of(cluster), e.getMessage());
      return plan.blockedBy(String.valueOf(e.getMessage()), observed);
    }
  }

  /** Asks the guard again, on what is the case now, and takes the action if it still agrees. */
  private boolean act(RaftCluster cluster, Platform platform, Plan plan, Action action) {
    var key = ClusterKey.of(cluster);
    var now = observer.observe(cluster, platform);
    var verdict = QuorumGuard.check(now, action);
    if (!verdict.safe()) {
      log.info("{}: {} is not done: {}", key, action, verdict.arithmetic());
      return false;
    }
    log.info("{}: {} ({})", key, action, plan.summary());
    try {
      executor.execute(cluster, platform, now, action);
      return true;
    } catch (ActionFailedException e) {
      log.warn("{}: {} failed and is tried again: {}", key, action, e.getMessage());
      platform.publishEvent(cluster, EventFactory.failed(action, e.getMessage()));
      return false;
    }
  }

  /** Writes the status if it says anything new, before anything of it is done. */
  private static void publish(
      RaftCluster cluster, Platform platform, RaftClusterStatus before, RaftClusterStatus status) {
    if (!status.equals(before)) {
      platform.publishStatus(cluster, status);
      EventFactory.transitions(before, status)
          .forEach(event -> platform.publishEvent(cluster, event));
    }
  }
}
