package dev.quorate.operator.plan;

import dev.quorate.operator.plan.Step.Operation;
import org.jspecify.annotations.Nullable;

/** Takes up a learner that nobody's step speaks of, left by a step that a repair interrupted. */
final class PromoteRule implements Rule {
  @Override
  public @Nullable Plan apply(Situation situation) {
    for (var member : situation.observed().all()) {
      if (member.raft() != null && member.raft().learner()) {
        return MemberAddition.proceed(situation, step(situation, member));
      }
    }
    return null;
  }

  /** A step that was begun for it already goes on, from when it was begun. */
  private static Step step(Situation situation, ClusterMember member) {
    var begun = situation.observed().step();
    if (begun != null
        && begun.operation() == Operation.ADD_MEMBER
        && begun.member().equals(member.name())) {
      return begun;
    }
    var old = VolumeReplacement.next(situation);
    var reason = old == null ? "it is a learner already" : VolumeReplacement.reason(situation, old);
    var added = situation.begin(Operation.ADD_MEMBER, member.name(), reason);
    // One that was never told to join is empty for no other reason than that.
    var step = member.joining() ? added : added.withAction(Step.CATCH_UP);
    return old == null ? step : step.replacing(old.name());
  }
}
