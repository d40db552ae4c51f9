package dev.quorate.operator.plan;

import dev.quorate.operator.plan.Step.Operation;
import dev.quorate.operator.platform.ObservedMember.ProcessState;
import org.jspecify.annotations.Nullable;

/**
 * Takes away members that run and belong to no configuration, such as one that was removed while
 * nobody looked. An idle one is kept while a new member is wanted: {@link ScaleRule} uses it.
 */
final class TidyRule implements Rule {
  @Override
  public @Nullable Plan apply(Situation situation) {
    var observed = situation.observed();
    boolean wanted = observed.voters().size() < situation.spec().replicas();
    for (var member : observed.all()) {
      boolean there =
          !member.gone() && member.platform().process() != ProcessState.STOPPING && !member.letGo();
      boolean mayBeUsed = wanted && (member.idle() || member.answer() == null);
      if (member.raft() == null && there && !mayBeUsed) {
        var step =
            situation.begin(
                Operation.REMOVE_MEMBER, member.name(), "it is no member of the cluster");
        return MemberRemoval.begin(situation, step);
      }
    }
    return null;
  }
}
