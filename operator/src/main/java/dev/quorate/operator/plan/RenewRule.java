package dev.quorate.operator.plan;

import dev.quorate.operator.plan.Plan.Purpose;
import org.jspecify.annotations.Nullable;

/**
 * Lets a member that cannot start take over the spec as it is now: an image that was misspelled, a
 * limit that was too small. It does not run, so no vote is at risk.
 */
final class RenewRule implements Rule {
  @Override
  public @Nullable Plan apply(Situation situation) {
    var observed = situation.observed();
    for (var member : observed.all()) {
      if (member.startsInVain()) {
        var summary =
            "Make %s again from the spec as it is now, because it does not start from an earlier one%s"
                .formatted(member.name(), BootstrapRule.detail(member));
        return Plan.idle(Purpose.REPAIR, summary, observed, observed.step())
            .doing(new Action.RenewMember(member.name()));
      }
    }
    return null;
  }
}
