package dev.quorate.operator.plan;

import dev.quorate.crds.RaftClusterSpec;
import dev.quorate.operator.plan.Plan.Purpose;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The whole policy: rules that are tried in order, and the first that answers wins (DESIGN 4.1).
 * Four places differ from the order told there, all on purpose. Members that ended or do not start
 * are started again before anything else, because that can only bring votes back. Without a
 * leader's own view nothing that was begun is continued either. Leadership leaves a machine that is
 * about to be emptied even in the middle of a step, because a drain does not wait for that. And
 * volumes grow, and members are replaced for their volumes, after everything else, because where
 * that cannot be done it must not hold up the rest.
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

  public static Plan plan(RaftClusterSpec spec, ObservedCluster observed, Instant now) {
    var situation = new Situation(spec, observed, now);
    var plan = remembering(observed, decide(situation));
    var action = plan.action();
    var failure = observed.failure();
    return action != null && failure != null && failure.isOf(action)
        ? plan.withFailure(failure)
        : plan;
  }

  private static Plan decide(Situation situation) {
    for (var rule : RULES) {
      var plan = rule.apply(situation);
      if (plan != null) {
        return plan;
      }
    }
    return steady(situation);
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
    return refused == null ? VolumeRoom.refusal(situation.spec(), observed) : refused;
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
