package dev.quorate.operator.plan;

import dev.quorate.crds.RaftClusterSpec;
import java.time.Instant;
import java.util.List;

/**
 * The whole policy: rules that are tried in order, and the first that answers wins (DESIGN 4.1).
 * Two places differ from the order told there, both on purpose. Members that ended are started
 * again before anything else, because that can only bring votes back. And without a leader's own
 * view nothing that was begun is continued either.
 */
public final class ClusterPlanner {
  private static final List<Rule> RULES =
      List.of(
          new HoldRule(),
          new BootstrapRule(),
          new ReviveRule(),
          new MajorityRule(),
          new FinishStepRule(),
          new ReplaceMemberRule(),
          new PromoteRule(),
          new TidyRule(),
          new RestartMemberRule(),
          new StorageRule(),
          new ScaleRule());

  private ClusterPlanner() {}

  public static Plan plan(RaftClusterSpec spec, ObservedCluster observed, Instant now) {
    var situation = new Situation(spec, observed, now);
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
    boolean well = observed.healthyVoters() == observed.voters().size();
    return well
        ? Plan.idle(Plan.Purpose.STEADY, "Nothing to do: the cluster is as wanted", observed)
            .withStep(null)
            .lookingAgain(Plan.CALM)
        : Plan.idle(
                Plan.Purpose.STEADY,
                "Members are unhealthy, and may come back by themselves",
                observed)
            .withStep(null)
            .waiting("unhealthy members to come back");
  }
}
