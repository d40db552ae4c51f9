package dev.quorate.operator.plan;

import dev.quorate.operator.plan.Step.Operation;
import org.jspecify.annotations.Nullable;

/**
 * Removes voters whose data is gone; {@link ScaleRule} then fills the place with a new member of a
 * new name. The dead voter goes first because that costs nothing: n voters with h healthy ones
 * survive no more failures than n-1 voters with the same h. Adding first would cost: with three
 * voters and one dead, promoting a fourth needs three healthy of four.
 */
final class ReplaceMemberRule implements Rule {
  @Override
  public @Nullable Plan apply(Situation situation) {
    for (var lost : situation.observed().lostVoters()) {
      var step = situation.begin(Operation.REMOVE_MEMBER, lost.name(), String.valueOf(lost.loss()));
      return RestartMemberRule.unlessDue(situation, MemberRemoval.begin(situation, step));
    }
    return null;
  }
}
