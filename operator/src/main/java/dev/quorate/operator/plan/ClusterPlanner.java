package dev.quorate.operator.plan;

import dev.quorate.crds.RaftClusterSpec;
import dev.quorate.operator.plan.Plan.Purpose;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The whole policy: rules that are tried in order, and the first that answers wins (DESIGN 4.1).
 * Five places differ from the order told there, all on purpose. Members that ended or do not start
 * are started again before anything else, because that can only bring votes back. Without a
 * leader's own view nothing that was begun is continued either. Leadership leaves a machine that is
 * about to be emptied even in the middle of a step, because a drain does not wait for that; nor
 * does a disk that fills. And volumes that have room grow, and members are replaced for their
 * volumes, after everything else, because where that cannot be done it must not hold up the rest.
 */
public final class ClusterPlanner {
  private static final List<Rule> RULES =
      List.of(
          new HoldRule(),
          new HibernateRule(),
          new RenewRule(),
          new BootstrapRule(),
          new ReviveRule(),
          new SettleRule(),
          new FallBackRule(),
          new MajorityRule(),
          new MoveLeadershipRule(),
          new AutogrowRule(),
          new FinishStepRule(),
          new ReplaceMemberRule(),
          new JudgeCanaryRule(),
          new RestartMemberRule(),
          new PromoteRule(),
          new TidyRule(),
          new RollRule(),
          new AwaitAnswerRule(),
          new ScaleRule(),
          new StorageRule());

  private ClusterPlanner() {}

  public static Plan plan(RaftClusterSpec given, ObservedCluster seen, Instant now) {
    var spec = Autogrow.inForce(given, seen);
    var observed = Autogrow.compared(spec, seen);
    var situation = new Situation(spec, observed, now);
    var plan = remembering(observed, decide(situation));
    var action = plan.action();
    var failure = observed.failure();
    return action != null && failure != null && failure.isOf(action)
        ? plan.withFailure(failure)
        : plan;
  }

  private static Plan decide(Situation situation) {
    Plan failing = null;
    for (var rule : RULES) {
      var plan = rule.apply(situation);
      if (plan != null && rule instanceof AutogrowRule && isFailing(situation, plan)) {
        failing = plan;
      } else if (plan != null) {
        return failing == null || goesOn(situation, plan, failing) ? plan : failing;
      }
    }
    return failing == null ? steady(situation) : failing;
  }

  /** It does something else, or has something else to remember. */
  private static boolean goesOn(Situation situation, Plan plan, Plan failing) {
    return (plan.action() != null && !plan.action().equals(failing.action()))
        || !Objects.equals(plan.step(), situation.observed().step())
        || !plan.verdicts().equals(situation.observed().verdicts());
  }

  /** It is tried again as long as there is nothing else to do, so that it stays known. */
  private static boolean isFailing(Situation situation, Plan plan) {
    var failure = situation.observed().failure();
    return failure != null && plan.action() != null && failure.isOf(plan.action());
  }

  /** Keeps of verdicts what the spec asks for; what all members run well has proved itself. */
  private static Plan remembering(ObservedCluster observed, Plan plan) {
    var wanted = observed.wantedTemplate();
    if (wanted == null) {
      return plan;
    }
    var members = observed.configured();
    boolean all =
        plan.purpose() == Purpose.STEADY
            && !members.isEmpty()
            && members.stream().allMatch(member -> member.healthy() && member.madeFrom(wanted));
    var verdicts = plan.verdicts().about(wanted);
    return plan.withVerdicts(all ? verdicts.proving(wanted) : verdicts);
  }

  /** What keeps members from being as the spec says, until somebody changes it; else null. */
  private static @Nullable String obstacle(Situation situation) {
    var observed = situation.observed();
    var rejected = observed.verdicts().rejected();
    var wanted = observed.wantedTemplate();
    if (rejected != null && rejected.template().equals(wanted)) {
      return UpdateMessages.rolledBack(rejected);
    }
    var refused = UpdateMessages.refused(situation.spec(), observed);
    return Stream.of(
            refused,
            VolumeRoom.refusal(situation.spec(), observed),
            SpaceMessages.alarm(situation.spec(), observed),
            SpaceMessages.full(situation.spec(), observed))
        .filter(Objects::nonNull)
        .findFirst()
        .orElse(null);
  }

  private static Plan steady(Situation situation) {
    var observed = situation.observed();
    if (observed.servingVoters() < observed.voters().size()) {
      return Plan.idle(
              Purpose.STEADY,
              "Members are unhealthy, and may come back by themselves",
              observed,
              null)
          .waiting(
              Objects.requireNonNullElse(
                  Replacements.outlook(situation), "unhealthy members to come back"));
    }
    var growing = SpaceMessages.growing(situation.spec(), observed);
    if (growing != null) {
      return Plan.idle(Purpose.SCALE, "The volume of %s grows".formatted(growing), observed, null)
          .waiting("Kubernetes to make it larger")
          .lookingAgain(Plan.WATCHFUL);
    }
    var obstacle = obstacle(situation);
    if (obstacle != null) {
      return Plan.idle(Purpose.BLOCKED, "Blocked: " + obstacle, observed, null)
          .lookingAgain(Plan.CALM);
    }
    var leaving =
        observed.all().stream()
            .filter(ClusterMember::leaving)
            .map(member -> member.name() + ": " + member.platform().detail())
            .collect(Collectors.joining("; "));
    var summary = "Nothing to do: the cluster is as wanted";
    return Plan.idle(
            Purpose.STEADY,
            leaving.isEmpty() ? summary : summary + " (" + leaving + ")",
            observed,
            null)
        .lookingAgain(Plan.CALM);
  }
}
