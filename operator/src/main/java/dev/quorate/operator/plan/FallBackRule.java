package dev.quorate.operator.plan;

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
    if ((begun != null && begun.updates()) || wanted == null) {
      return begun;
    }
    var canary = JudgeCanaryRule.canary(situation);
    return canary == null ? null : JudgeCanaryRule.step(situation, canary, wanted);
  }
}
