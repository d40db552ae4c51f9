package dev.quorate.operator.plan;

import dev.quorate.operator.plan.Plan.Purpose;
import dev.quorate.operator.plan.Step.Operation;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Restarts a member that runs and answers neither the leader nor us for a while. It comes before
 * everything that waits for members to become healthy, and it steps aside once its budget is used
 * up.
 */
final class RestartMemberRule implements Rule {
  static final Duration RESTART_AFTER = Duration.ofSeconds(20);
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @Override
  public @Nullable Plan apply(Situation situation) {
    for (var member : situation.observed().all()) {
      if (due(situation, member)) {
        return restart(situation, member);
      }
    }
    return null;
  }

  /**
   * Another rule's plan; null if it only waits, perhaps for a member that has to be restarted, or
   * put back to what it was.
   */
  static @Nullable Plan unlessDue(Situation situation, Plan plan) {
    var canary = JudgeCanaryRule.canary(situation);
    boolean due =
        situation.observed().all().stream().anyMatch(member -> due(situation, member))
            || (canary != null && !isUpdate(plan, canary));
    return due && plan.waits() ? null : plan;
  }

  private static boolean isUpdate(Plan plan, ClusterMember member) {
    var step = plan.step();
    return step != null && step.updates() && step.member().equals(member.name());
  }

  private static boolean due(Situation situation, ClusterMember member) {
    var since = member.unhealthySince();
    return situation.spec().repair().enabled()
        && member.hangs()
        && !isBeingUpdated(situation, member)
        && since != null
        && !situation.now().isBefore(since.plus(RESTART_AFTER))
        && (patience(situation, member) != null
            || situation.observed().repairs().allowsRestart(member.name(), situation.now()));
  }

  /** It has a time to come back in, after which it is put back: a restart would only hide that. */
  static boolean isBeingUpdated(Situation situation, ClusterMember member) {
    var step = situation.observed().step();
    var change = step == null ? null : step.change();
    return step != null
        && change != null
        && step.member().equals(member.name())
        && CanaryVerdict.isJudged(situation, change);
  }

  private static Plan restart(Situation situation, ClusterMember member) {
    var name = member.name();
    var summary = "Restart %s, which runs but does not answer".formatted(name);
    var begun = patience(situation, member);
    if (begun != null) {
      return situation.plan(Purpose.REPAIR, begun, summary).waiting(name + " to answer");
    }
    var step = situation.begin(Operation.RESTART_MEMBER, name, "it does not answer");
    return situation.guarded(
        situation.plan(Purpose.REPAIR, step, summary), step, new Action.RestartMember(name));
  }

  /** It was restarted as often as it may be, and the last time has had its time. */
  static boolean isSpent(Situation situation, ClusterMember member) {
    return patience(situation, member) == null
        && !situation.observed().repairs().allowsRestart(member.name(), situation.now());
  }

  /** The restart that was begun so lately that its effect may still come; null if there is none. */
  private static @Nullable Step patience(Situation situation, ClusterMember member) {
    var begun = situation.observed().step();
    return begun != null
            && begun.operation() == Operation.RESTART_MEMBER
            && begun.member().equals(member.name())
            && situation.now().isBefore(begun.startedAt().plus(PATIENCE))
        ? begun
        : null;
  }
}
