package dev.quorate.operator.plan;

import dev.quorate.operator.plan.Step.Operation;
import org.jspecify.annotations.Nullable;

/**
 * Judges a member whose update took the leader away, as it does where one or two voters are all
 * there are, or where another is lost as well. It serves nobody, so putting it back costs nothing;
 * everything else waits for a leader.
 */
final class FallBackRule implements Rule {
  @Override
  public @Nullable Plan apply(Situation situation) {
    var observed = situation.observed();
    var step = observed.live() == null ? step(situation) : null;
    var member = step == null ? null : observed.member(step.member());
    return step != null && member != null && member.raft() != null && member.idles()
        ? MemberUpdate.fallBack(situation, step, member)
        : null;
  }

  private static @Nullable Step step(Situation situation) {
    var begun = situation.observed().step();
    var wanted = situation.observed().wantedTemplate();
    if (wanted == null || (begun != null && begun.updates() && !isOvertaken(begun, wanted))) {
      return begun;
    }
    var canary = JudgeCanaryRule.unproven(situation);
    return canary == null ? begun : JudgeCanaryRule.step(situation, canary, wanted);
  }

  /** An update to what the spec does not ask for any more; the member may run what it asks for. */
  private static boolean isOvertaken(Step begun, String wanted) {
    var change = begun.change();
    return begun.operation() == Operation.UPDATE_MEMBER
        && change != null
        && !change.to().equals(wanted);
  }
}
