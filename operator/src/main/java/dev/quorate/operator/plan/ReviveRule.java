package dev.quorate.operator.plan;

import dev.quorate.operator.plan.Plan.Purpose;
import dev.quorate.operator.plan.Step.Operation;
import org.jspecify.annotations.Nullable;

/**
 * Starts members that ended while their data is there. No quorum is at risk by that, so it is done
 * even when the majority is lost: it is what brings it back.
 */
final class ReviveRule implements Rule {
  @Override
  public @Nullable Plan apply(Situation situation) {
    var observed = situation.observed();
    var step = observed.step();
    for (var member : observed.all()) {
      boolean leaving =
          step != null
              && step.operation() == Operation.REMOVE_MEMBER
              && step.member().equals(member.name());
      if (member.raft() != null && member.absent() && member.volumeKnownPresent() && !leaving) {
        return Plan.idle(
                Purpose.REPAIR, "Start %s again on its volume".formatted(member.name()), observed)
            .doing(new Action.CreateMember(member.name()));
      }
    }
    return null;
  }
}
