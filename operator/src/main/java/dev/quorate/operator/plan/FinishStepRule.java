package dev.quorate.operator.plan;

import org.jspecify.annotations.Nullable;

/**
 * Goes on with what was begun until it is done or may be called back; edits of the spec wait until
 * then. A voter that is lost and may be replaced comes first, because every other step needs its
 * missing vote.
 */
final class FinishStepRule implements Rule {
  @Override
  public @Nullable Plan apply(Situation situation) {
    var observed = situation.observed();
    var step = observed.step();
    if (step == null) {
      return null;
    }
    var due = Replacements.due(situation).stream().filter(ClusterMember::votes).toList();
    boolean lossElsewhere = due.stream().anyMatch(lost -> !lost.name().equals(step.member()));
    boolean repairing = due.stream().anyMatch(lost -> lost.name().equals(step.member()));
    if (lossElsewhere && !repairing && !step.updates()) {
      return null;
    }
    var plan =
        switch (step.operation()) {
          case ADD_MEMBER -> MemberAddition.proceed(situation, step);
          case REMOVE_MEMBER, REPLACE_MEMBER -> MemberRemoval.proceed(situation, step);
          case UPDATE_MEMBER, ROLL_BACK_MEMBER -> MemberUpdate.proceed(situation, step);
          case BOOTSTRAP, RESTART_MEMBER, TRANSFER_LEADERSHIP -> null;
        };
    // An update may wait for the loss to be repaired, or for a learner.
    boolean yields = lossElsewhere || observed.hasLearner();
    return plan == null || (yields && step.updates() && plan.waits())
        ? null
        : RestartMemberRule.unlessDue(situation, plan);
  }
}
