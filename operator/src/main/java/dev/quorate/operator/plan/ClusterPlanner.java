package dev.quorate.operator.plan;

import dev.quorate.crds.RaftClusterSpec;
import dev.quorate.operator.plan.Plan.Purpose;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The whole policy: rules that are tried in order, and the first that answers wins (DESIGN 4.1).
 * Three places differ from the order told there, all on purpose. Members that ended or do not start
 * are started again before anything else, because that can only bring votes back. Without a
 * leader's own view nothing that was begun is continued either. And volumes grow after everything
 * else, because where a volume cannot grow that must not hold up the rest.
 */
public final class ClusterPlanner {
  private static final List<Rule> RULES =
      List.of(
          new HoldRule(),
          new RenewRule(),
          new BootstrapRule(),
          new ReviveRule(),
          new MajorityRule(),
          new FinishStepRule(),
          new ReplaceMemberRule(),
          new RestartMemberRule(),
          new PromoteRule(),
          new TidyRule(),
          new AwaitAnswerRule(),
          new ScaleRule(),
          new StorageRule());

  private ClusterPlanner() {}

  public static Plan plan(RaftClusterSpec spec, ObservedCluster observed, Instant now) {
    var plan = decide(new Situation(spec, observed, now));
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

  private static Plan steady(Situation situation) {
    var observed = situation.observed();
    if (observed.servingVoters() < observed.voters().size()) {
      return Plan.idle(
              Purpose.STEADY,
              "Members are unhealthy, and may come back by themselves",
              observed,
              null)
          .waiting("unhealthy members to come back");
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
