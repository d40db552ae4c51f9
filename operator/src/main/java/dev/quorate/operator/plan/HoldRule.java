package dev.quorate.operator.plan;

import org.jspecify.annotations.Nullable;

/** Does nothing while the spec is invalid or the cluster is paused; what was begun stays begun. */
final class HoldRule implements Rule {
  @Override
  public @Nullable Plan apply(Situation situation) {
    var complaints = SpecValidator.complaints(situation.observed().name(), situation.spec());
    if (!complaints.isEmpty()) {
      return Plan.idle(
              Plan.Purpose.INVALID,
              "The spec is invalid: " + String.join("; ", complaints),
              situation.observed(),
              situation.observed().step())
          .lookingAgain(Plan.CALM);
    }
    return situation.spec().paused()
        ? Plan.idle(
                Plan.Purpose.PAUSED,
                "Paused: spec.paused is true, so nothing is done",
                situation.observed(),
                situation.observed().step())
            .lookingAgain(Plan.CALM)
        : null;
  }
}
