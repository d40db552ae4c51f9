package dev.quorate.operator.status;

import dev.quorate.crds.FailureStatus;
import dev.quorate.crds.MemberStatus;
import dev.quorate.crds.PlanStatus;
import dev.quorate.crds.PlannedActionStatus;
import dev.quorate.crds.RaftCluster;
import dev.quorate.crds.RaftClusterSpec;
import dev.quorate.crds.RaftClusterStatus;
import dev.quorate.crds.RejectionStatus;
import dev.quorate.crds.RepairStatus;
import dev.quorate.crds.StepStatus;
import dev.quorate.crds.UpdatesStatus;
import dev.quorate.operator.plan.Autogrow;
import dev.quorate.operator.plan.ClusterMember;
import dev.quorate.operator.plan.Failure;
import dev.quorate.operator.plan.MemberNaming;
import dev.quorate.operator.plan.NodeReport;
import dev.quorate.operator.plan.ObservedCluster;
import dev.quorate.operator.plan.Plan;
import dev.quorate.operator.plan.PlannedAction;
import dev.quorate.operator.plan.Step;
import dev.quorate.operator.plan.StepOutline;
import dev.quorate.operator.plan.Verdicts;
import dev.quorate.operator.platform.SharedSettings;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Makes the status from one observation and the plan that follows from it. Of the status before
 * only times are kept: what is not seen now is unknown, whatever it was.
 */
public final class StatusFactory {
  private StatusFactory() {}

  public static RaftClusterStatus from(
      RaftCluster cluster, ObservedCluster seen, Plan decided, Access access, Instant now) {
    var plan = decided.told(now);
    var spec = Autogrow.inForce(cluster.getSpec(), seen);
    var observed = Autogrow.compared(spec, seen);
    var before = Objects.requireNonNullElse(cluster.getStatus(), RaftClusterStatus.EMPTY);
    boolean live = observed.live() != null;
    boolean asleep = plan.purpose() == Plan.Purpose.HIBERNATE && observed.asleep();
    int voters = observed.voters().size();
    int serving = observed.servingVoters();
    var leader = observed.leader();
    var members =
        observed.all().stream()
            .filter(MemberStatusFactory::listed)
            .map(member -> MemberStatusFactory.from(member, observed, before, now))
            .toList();
    var generation = cluster.getMetadata().getGeneration();
    return new RaftClusterStatus(
        generation,
        plan.clusterId() == null ? null : "%016x".formatted(plan.clusterId()),
        live || plan.purpose() == Plan.Purpose.BOOTSTRAP ? Integer.valueOf(voters) : null,
        live || asleep ? Integer.valueOf(serving) : null,
        (live || asleep ? String.valueOf(serving) : "?") + "/" + spec.replicas(),
        observed.podSelector(),
        version(observed),
        leader == null ? null : leader.name(),
        summary(observed, plan, spec),
        size(members),
        nextOrdinal(observed, plan.step()),
        members,
        step(plan.step()),
        failure(plan.failure()),
        repairs(observed, plan, now),
        updates(plan.verdicts()),
        new PlanStatus(
            plan.summary(),
            orNull(plan.quorum()),
            orNull(plan.waitingFor()),
            steps(StepOutline.of(spec, observed, plan))),
        new ConditionFactory(spec, observed, plan, access.certificates(), before, generation, now)
            .all(),
        access.endpoints());
  }

  /**
   * What the platform's shared things follow from (operator lessons: a budget over voters). While
   * members are not to run, no budget may miss them.
   */
  public static SharedSettings shared(RaftClusterSpec spec, ObservedCluster observed, Plan plan) {
    var voters =
        observed.voters().stream()
            .map(ClusterMember::name)
            .collect(Collectors.toCollection(TreeSet::new));
    boolean hibernated = plan.purpose() == Plan.Purpose.HIBERNATE;
    int majority = Math.max(voters.size(), spec.replicas()) / 2 + 1;
    return new SharedSettings(voters, hibernated ? 0 : majority);
  }

  /** Number after the one of the member that this plan makes; never less than it was. */
  private static int nextOrdinal(ObservedCluster observed, @Nullable Step step) {
    int stepped = step == null ? -1 : MemberNaming.ordinalIn(observed.name(), step.member());
    return Math.max(observed.nextOrdinal(), stepped + 1);
  }

  private static @Nullable String version(ObservedCluster observed) {
    var versions =
        observed.all().stream()
            .flatMap(
                member ->
                    member.node() instanceof NodeReport.Reachable answer
                        ? Stream.of(answer.version())
                        : Stream.of())
            .distinct()
            .toList();
    return versions.size() == 1 ? orNull(versions.getFirst()) : null;
  }

  private static String summary(ObservedCluster observed, Plan plan, RaftClusterSpec spec) {
    return switch (plan.purpose()) {
      case INVALID -> "Invalid";
      case PAUSED -> "Paused";
      case HIBERNATE -> observed.asleep() ? "Hibernated" : "Hibernating";
      case BLOCKED -> "Blocked";
      case BOOTSTRAP, START -> "Starting";
      case ELECTION -> "Degraded";
      case REPAIR -> "Repairing";
      case SCALE -> "Scaling";
      case UPDATE -> "Updating";
      case QUORUM_LOST -> "QuorumLost";
      case UNKNOWN -> "Unknown";
      case STEADY -> observed.servingVoters() == spec.replicas() ? "Healthy" : "Degraded";
    };
  }

  private static @Nullable String size(List<MemberStatus> members) {
    return members.stream()
        .map(MemberStatus::databaseBytes)
        .filter(Objects::nonNull)
        .max(Comparator.naturalOrder())
        .map(RoundedBytes::text)
        .orElse(null);
  }

  private static @Nullable StepStatus step(@Nullable Step step) {
    return step == null
        ? null
        : new StepStatus(
            step.operation().word(),
            step.action(),
            step.member(),
            step.reason(),
            MemberStatusFactory.time(step.startedAt()),
            step.change() == null ? null : step.change().to(),
            step.change() == null ? null : step.change().from(),
            step.replaces());
  }

  private static List<PlannedActionStatus> steps(List<PlannedAction> actions) {
    return actions.stream()
        .map(
            action ->
                new PlannedActionStatus(
                    action.action(),
                    action.member(),
                    MemberStatusFactory.capitalized(action.state().name())))
        .toList();
  }

  private static @Nullable UpdatesStatus updates(Verdicts verdicts) {
    var rejected = verdicts.rejected();
    return verdicts.equals(Verdicts.NONE)
        ? null
        : new UpdatesStatus(
            verdicts.proven(),
            verdicts.before(),
            rejected == null
                ? null
                : new RejectionStatus(
                    rejected.template(),
                    rejected.member(),
                    rejected.reason(),
                    MemberStatusFactory.time(rejected.at())));
  }

  private static @Nullable FailureStatus failure(@Nullable Failure failure) {
    return failure == null
        ? null
        : new FailureStatus(
            failure.action(),
            failure.member(),
            failure.message(),
            MemberStatusFactory.time(failure.since()));
  }

  private static List<RepairStatus> repairs(ObservedCluster observed, Plan plan, Instant now) {
    return observed.repairs().after(plan, now).stream()
        .map(
            repair ->
                new RepairStatus(
                    repair.action(), repair.member(), MemberStatusFactory.time(repair.at())))
        .toList();
  }

  private static @Nullable String orNull(String text) {
    return text.isEmpty() ? null : text;
  }
}
