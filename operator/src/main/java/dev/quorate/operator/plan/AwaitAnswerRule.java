package dev.quorate.operator.plan;

import dev.quorate.operator.plan.Plan.Purpose;
import org.jspecify.annotations.Nullable;

/**
 * Neither scales nor grows volumes while a member that should answer does not, or is lost and may
 * not be replaced.
 */
final class AwaitAnswerRule implements Rule {
  @Override
  public @Nullable Plan apply(Situation situation) {
    for (var member : Replacements.lost(situation)) {
      var refusal = Replacements.refusal(situation, member);
      if (refusal != null) {
        return Plan.idle(
                Purpose.BLOCKED, "Blocked: " + refusal.message(), situation.observed(), null)
            .waiting(
                refusal.until() == null
                    ? "spec.repair.enabled to be true, or %s to come back".formatted(member.name())
                    : "%s to come back, or the hour to pass".formatted(member.name()));
      }
    }
    for (var member : situation.observed().all()) {
      if (member.silent()) {
        return Plan.idle(
                Purpose.REPAIR, member.name() + " does not answer", situation.observed(), null)
            .waiting(member.name() + " to answer" + afterwards(situation, member));
      }
    }
    return null;
  }

  private static String afterwards(Situation situation, ClusterMember member) {
    if (!member.hangs()) {
      return "; the leader hears it, so it is not restarted";
    }
    if (!situation.spec().repair().enabled()) {
      return "; spec.repair.enabled is false, so it is not restarted";
    }
    var budget = situation.observed().repairs();
    return budget.allowsRestart(member.name(), situation.now())
        ? " within %d s, else it is restarted"
            .formatted(RestartMemberRule.RESTART_AFTER.toSeconds())
        : "; it was restarted %d times within the hour, so not again before %s, and is replaced if it stays unreachable for %d s"
            .formatted(
                RepairBudget.RESTARTS_PER_HOUR,
                budget.nextRestart(member.name(), situation.now()),
                situation.spec().repair().unreachableAfterSeconds());
  }
}
