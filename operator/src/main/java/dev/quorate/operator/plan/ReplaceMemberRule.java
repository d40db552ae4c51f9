package dev.quorate.operator.plan;

import dev.quorate.operator.plan.Step.Operation;
import org.jspecify.annotations.Nullable;

/**
 * Removes members that are lost ({@link Replacements}); {@link ScaleRule} then fills the place with
 * a new member of a new name, which waits for nothing that is left of the old one: neither for a
 * pod that does not end nor for a volume that nobody reaches.
 *
 * <p>The dead voter goes first because that costs nothing: n voters with h healthy ones survive no
 * more failures than n-1 voters with the same h. Adding first would cost: with three voters and one
 * dead, promoting a fourth needs three healthy of four.
 *
 * <p>Should the old one come back after all, it finds that it belongs to no configuration and
 * stops; its identity is never given to anybody again. Should it come back before it was removed,
 * it is kept ({@link QuorumGuard} looks once more).
 */
final class ReplaceMemberRule implements Rule {
  @Override
  public @Nullable Plan apply(Situation situation) {
    Plan waiting = null;
    for (var lost : Replacements.due(situation)) {
      if (lost.votes()) {
        var plan = MemberRemoval.begin(situation, begin(situation, lost));
        if (plan.action() != null) {
          return plan;
        }
        waiting = waiting == null ? plan : waiting;
      }
    }
    return waiting == null ? null : RestartMemberRule.unlessDue(situation, waiting);
  }

  private static Step begin(Situation situation, ClusterMember lost) {
    var reason = String.valueOf(Replacements.reason(situation, lost));
    return situation.begin(Operation.REPLACE_MEMBER, lost.name(), reason);
  }
}
