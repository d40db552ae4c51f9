package dev.quorate.operator.plan;

import dev.quorate.operator.plan.Step.Operation;
import org.jspecify.annotations.Nullable;

/** Takes up a learner that nobody's step speaks of, left by a step that a repair interrupted. */
final class PromoteRule implements Rule {
  @Override
  public @Nullable Plan apply(Situation situation) {
    for (var member : situation.observed().all()) {
      if (member.raft() != null && member.raft().learner()) {
        var step =
            situation
                .begin(Operation.ADD_MEMBER, member.name(), "it is a learner already")
                .withAction(Step.CATCH_UP);
        return MemberAddition.proceed(situation, step);
      }
    }
    return null;
  }
}
