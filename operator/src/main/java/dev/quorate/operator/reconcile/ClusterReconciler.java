package dev.quorate.operator.reconcile;

import dev.quorate.crds.RaftCluster;
import dev.quorate.crds.RaftClusterStatus;
import dev.quorate.operator.act.ActionExecutor;
import dev.quorate.operator.act.ActionFailedException;
import dev.quorate.operator.certificate.CertificateReport;
import dev.quorate.operator.certificate.CertificateTimes;
import dev.quorate.operator.observe.ClusterObserver;
import dev.quorate.operator.observe.MemberConnections;
import dev.quorate.operator.plan.Action;
import dev.quorate.operator.plan.ClusterPlanner;
import dev.quorate.operator.plan.Failure;
import dev.quorate.operator.plan.ObservedCluster;
import dev.quorate.operator.plan.Plan;
import dev.quorate.operator.plan.QuorumGuard;
import dev.quorate.operator.plan.Replacements;
import dev.quorate.operator.platform.ClusterKey;
import dev.quorate.operator.platform.Platform;
import dev.quorate.operator.platform.PlatformException;
import dev.quorate.operator.secret.CertificateKeeper;
import dev.quorate.operator.status.Access;
import dev.quorate.operator.status.EventFactory;
import dev.quorate.operator.status.StatusFactory;
import dev.quorate.operator.x509.CertificateMaker;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
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
  private final MemberConnections connections;
  private final CertificateKeeper certificates;
  private final InstantSource clock;

  /**
   * @param fencingEpoch grows with every operator that takes over; members refuse an older one
   */
  public ClusterReconciler(
      MemberConnections connections,
      CertificateTimes times,
      InstantSource clock,
      LongSupplier fencingEpoch) {
    this(connections, times, clock, fencingEpoch, Instant.EPOCH);
  }

  /**
   * @param watchingSince since when this operator looks after clusters without a break
   */
  ClusterReconciler(
      MemberConnections connections,
      CertificateTimes times,
      InstantSource clock,
      LongSupplier fencingEpoch,
      Instant watchingSince) {
    this.connections = connections;
    this.certificates = new CertificateKeeper(new CertificateMaker(new SecureRandom()), times);
    this.observer = new ClusterObserver(connections, watchingSince);
    this.executor = new ActionExecutor(connections, fencingEpoch);
    this.clock = clock;
  }

  public ReconcileOutcome reconcile(RaftCluster cluster, Platform platform) {
    prepareToTalk(cluster, platform);
    var observed = observer.observe(cluster, platform);
    var wanted = ClusterPlanner.plan(cluster.getSpec(), observed, clock.instant());
    var report = keepCertificates(cluster, platform, observed, wanted);
    var pass =
        new Pass(cluster, platform, observed, new Access(platform.endpoints(cluster), report));
    var plan = prepare(pass, wanted);
    var status = publish(pass, statusOf(cluster), plan);
    var action = plan.action();
    if (action == null) {
      return new ReconcileOutcome(status, sooner(plan.lookAgain(), report.lookAgain()));
    }
    return act(pass, status, plan, action);
  }

  private static Duration sooner(Duration one, Duration other) {
    return one.compareTo(other) <= 0 ? one : other;
  }

  /** One look at one cluster. */
  private record Pass(
      RaftCluster cluster, Platform platform, ObservedCluster observed, Access access) {}

  /** Where the Secrets cannot be read now, or are not there, members are talked to as before. */
  private void prepareToTalk(RaftCluster cluster, Platform platform) {
    var key = ClusterKey.of(cluster);
    try {
      var access = certificates.access(cluster, platform.secrets(cluster));
      if (access != null || !cluster.getSpec().tls().on()) {
        connections.use(key, access);
      }
    } catch (PlatformException e) {
      log.warn("{}: {}", key, e.getMessage());
    }
  }

  private CertificateReport keepCertificates(
      RaftCluster cluster, Platform platform, ObservedCluster observed, Plan wanted) {
    try {
      return certificates.keep(
          cluster, platform.secrets(cluster), observed, !wanted.holdsStill(), clock.instant());
    } catch (PlatformException e) {
      log.warn("{}: {}", ClusterKey.of(cluster), e.getMessage());
      return CertificateReport.unknown(String.valueOf(e.getMessage()));
    }
  }

  private static RaftClusterStatus statusOf(RaftCluster cluster) {
    return Objects.requireNonNullElse(cluster.getStatus(), RaftClusterStatus.EMPTY);
  }

  /**
   * Makes what the members share, and the orders to run them, be as the spec says; where that is
   * refused, nothing else is done either.
   */
  private static Plan prepare(Pass pass, Plan plan) {
    if (plan.holdsStill()) {
      return plan;
    }
    var certificates = pass.access().certificates();
    if (certificates.isObstacle() && plan.purpose() != Plan.Purpose.HIBERNATE) {
      return needsNoSecret(plan.action())
          ? plan
          : plan.blockedBy(certificates.message(), pass.observed());
    }
    var cluster = pass.cluster();
    try {
      pass.platform()
          .applyShared(cluster, StatusFactory.shared(cluster.getSpec(), pass.observed(), plan));
      pass.platform().applyMembers(cluster);
      return plan;
    } catch (PlatformException e) {
      log.warn("{}: {}", ClusterKey.of(cluster), e.getMessage());
      return plan.blockedBy(String.valueOf(e.getMessage()), pass.observed());
    }
  }

  /** What helps members that run, and makes no new one run. */
  private static boolean needsNoSecret(@Nullable Action action) {
    return action instanceof Action.TransferLeadership || action instanceof Action.GrowVolume;
  }

  /** Writes the status if it says anything new, before anything of it is done. */
  private RaftClusterStatus publish(Pass pass, RaftClusterStatus before, Plan plan) {
    var cluster = pass.cluster();
    var status = StatusFactory.from(cluster, pass.observed(), plan, pass.access(), clock.instant());
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
    var cluster = asked(pass, action);
    if (cluster == null) {
      log.info("{}: {} is not done: the cluster is gone", key, action.told());
      return new ReconcileOutcome(published, Plan.WATCHFUL);
    }
    var now = observer.observe(cluster, pass.platform());
    var verdict = QuorumGuard.check(now, action);
    if (!verdict.safe()) {
      log.info("{}: {} is not done: {}", key, action.told(), verdict.arithmetic());
      return new ReconcileOutcome(published, Plan.WATCHFUL);
    }
    if (action instanceof Action.RemoveMember remove
        && remove.lost()
        && !Replacements.isDue(pass.cluster().getSpec(), now, clock.instant(), remove.member())) {
      log.info("{}: {} is not done: nothing hinders it any more", key, action.told());
      return new ReconcileOutcome(published, Plan.WATCHFUL);
    }
    if (action instanceof Action.RemoveMember remove && !remove.lost() && isEdited(pass)) {
      log.info("{}: {} is not done: the spec was edited meanwhile", key, action.told());
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

  /**
   * Before a member is stopped for no other reason than its user's wish, that is read once more.
   */
  private static @Nullable RaftCluster asked(Pass pass, Action action) {
    return action instanceof Action.StopMember
        ? pass.platform().current(pass.cluster())
        : pass.cluster();
  }

  /** The last look before a member goes that is not lost: until then it can be called back. */
  private static boolean isEdited(Pass pass) {
    var now = pass.platform().current(pass.cluster());
    return now == null
        || !Objects.equals(
            now.getMetadata().getGeneration(), pass.cluster().getMetadata().getGeneration());
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
