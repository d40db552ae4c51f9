package dev.quorate.operator.plan;

import dev.quorate.operator.plan.Plan.Purpose;
import org.jspecify.annotations.Nullable;

/**
 * Starts members that ended while their data is there. No quorum is at risk by that, so it is done
 * even when the majority is lost, because it is what brings it back, and for one that is about to
 * be removed, because its vote may be needed for that.
 */
final class ReviveRule implements Rule {
  @Override
  public @Nullable Plan apply(Situation situation) {
    var observed = situation.observed();
    for (var member : observed.all()) {
      if (member.raft() != null && member.absent() && member.volumeKnownPresent()) {
        return Plan.idle(
                Purpose.REPAIR,
                "Start %s again on its volume".formatted(member.name()),
                observed,
                observed.step())
            .doing(new Action.CreateMember(member.name()));
      }
    }
    return null;
  }
}
