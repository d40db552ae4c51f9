package dev.quorate.operator.plan;

import dev.quorate.operator.plan.Plan.Purpose;
import org.jspecify.annotations.Nullable;

/** Grows volumes that are smaller than wanted, one after the other. */
final class StorageRule implements Rule {
  @Override
  public @Nullable Plan apply(Situation situation) {
    var observed = situation.observed();
    for (var member : observed.all()) {
      if (member.raft() != null
          && member.volumeKnownPresent()
          && member.platform().volumeSmallerThanWanted()) {
        return Plan.idle(
                Purpose.SCALE,
                "Grow the volume of %s to %s"
                    .formatted(member.name(), situation.spec().storage().size()),
                observed,
                null)
            .doing(new Action.GrowVolume(member.name()))
            .lookingAgain(Plan.WATCHFUL);
      }
    }
    return null;
  }
}
