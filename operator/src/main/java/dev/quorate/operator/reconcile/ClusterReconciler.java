package dev.quorate.operator.reconcile;

import dev.quorate.crds.RaftCluster;
import dev.quorate.crds.RaftClusterStatus;
import dev.quorate.operator.act.ActionExecutor;
import dev.quorate.operator.act.ActionFailedException;
import dev.quorate.operator.observe.ClusterObserver;
import dev.quorate.operator.observe.MemberConnections;
import dev.quorate.operator.plan.Action;
import dev.quorate.operator.plan.ClusterPlanner;
import dev.quorate.operator.plan.Failure;
import dev.quorate.operator.plan.ObservedCluster;
import dev.quorate.operator.plan.Plan;
import dev.quorate.operator.plan.QuorumGuard;
import dev.quorate.operator.platform.ClusterKey;
import dev.quorate.operator.platform.Platform;
import dev.quorate.operator.platform.PlatformException;
import dev.quorate.operator.status.EventFactory;
import dev.quorate.operator.status.StatusFactory;
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
    var observed = observer.observe(cluster, platform);
    var pass = new Pass(cluster, platform, observed);
    var wanted = ClusterPlanner.plan(cluster.getSpec(), observed, clock.instant());
    var plan = prepare(pass, wanted);
    var status = publish(pass, statusOf(cluster), plan);
    var action = plan.action();
    if (action == null) {
      return new ReconcileOutcome(status, plan.lookAgain());
    }
    return act(pass, status, plan, action);
  }

  /** One look at one cluster. */
  private record Pass(RaftCluster cluster, Platform platform, ObservedCluster observed) {}

  private static RaftClusterStatus statusOf(RaftCluster cluster) {
    return Objects.requireNonNullElse(cluster.getStatus(), RaftClusterStatus.EMPTY);
  }

  /**
   * Makes what the members share, and the orders to run them, be as the spec says; where that is
   * refused, nothing else is done either.
   */
  private static Plan prepare(Pass pass, Plan plan) {
    if (plan.purpose() == Plan.Purpose.INVALID || plan.purpose() == Plan.Purpose.PAUSED) {
      return plan;
    }
    var cluster = pass.cluster();
    try {
      pass.platform()
          .applyShared(cluster, StatusFactory.shared(cluster.getSpec(), pass.observed()));
      pass.platform().applyMembers(cluster);
      return plan;
    } catch (PlatformException e) {
      log.warn("{}: {}", ClusterKey.of(cluster), e.getMessage());
      return plan.blockedBy(String.valueOf(e.getMessage()), pass.observed());
    }
  }

  /** Writes the status if it says anything new, before anything of it is done. */
  private RaftClusterStatus publish(Pass pass, RaftClusterStatus before, Plan plan) {
    var cluster = pass.cluster();
    var status = StatusFactory.from(cluster, pass.observed(), plan, clock.instant());
    if (!status.equals(before)) {
      pass.platform().publishStatus(cluster, status);
      EventFactory.transitions(before, status)
          .forEach(event -> pass.platform().publishEvent(cluster, event));
    }
    return status;
  }

  /** Asks the guard again, on what is the case now, and takes the action if it still agrees. */
  private ReconcileOutcome act(Pass pass, RaftClusterStatus published, Plan plan, Action action) {
    var key = ClusterKey.of(pass.cluster());
    var now = observer.observe(pass.cluster(), pass.platform());
    var verdict = QuorumGuard.check(now, action);
    if (!verdict.safe()) {
      log.info("{}: {} is not done: {}", key, action.told(), verdict.arithmetic());
      return new ReconcileOutcome(published, Plan.WATCHFUL);
    }
    log.info("{}: {} ({})", key, action.told(), plan.summary());
    try {
      executor.execute(pass.cluster(), pass.platform(), now, action);
      return new ReconcileOutcome(published, plan.lookAgain());
    } catch (ActionFailedException e) {
      log.warn("{}: {} failed and is tried again: {}", key, action.told(), e.getMessage());
      pass.platform().publishEvent(pass.cluster(), EventFactory.failed(action, e.getMessage()));
      return failed(pass, published, plan, Failure.of(action, e.getMessage(), clock.instant()));
    }
  }

  /** Says in the status why; the next pass tries the same again, later the longer it fails. */
  private ReconcileOutcome failed(
      Pass pass, RaftClusterStatus published, Plan plan, Failure failure) {
    var known = plan.failure();
    var lasting = known == null ? failure : known.saying(failure.message());
    var status = publish(pass, published, plan.withFailure(lasting));
    return new ReconcileOutcome(status, lasting.pause(clock.instant()));
  }
}
