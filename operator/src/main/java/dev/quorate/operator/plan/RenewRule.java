package dev.quorate.operator.plan;

import dev.quorate.operator.plan.Plan.Purpose;
import dev.quorate.operator.plan.Step.Operation;
import dev.quorate.operator.platform.ObservedMember.Hindrance;
import dev.quorate.operator.platform.ObservedMember.ProcessState;
import dev.quorate.operator.platform.TemplateChange;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Lets a member that cannot start take over the spec as it is now: an image that was misspelled, a
 * limit that was too small. It does not run, so no vote is at risk; but while nobody knows whether
 * the spec is any better, one member tries it and the others wait.
 */
final class RenewRule implements Rule {
  /** An ordinary start takes no longer. */
  static final Duration START_PATIENCE = Duration.ofSeconds(30);

  @Override
  public @Nullable Plan apply(Situation situation) {
    var observed = situation.observed();
    var wanted = situation.acceptableTemplate();
    if (wanted == null) {
      return null;
    }
    for (var member : observed.all()) {
      if (observed.outdated(member)
          && startsInVain(situation, member)
          && !isTriedByAnother(situation, member, wanted)) {
        return renew(situation, member, wanted);
      }
    }
    return null;
  }

  private static Plan renew(Situation situation, ClusterMember member, String wanted) {
    var observed = situation.observed();
    var summary =
        "Make %s again from the spec as it is now, because it does not start from an earlier one%s"
            .formatted(member.name(), BootstrapRule.detail(member));
    var step = observed.step();
    var begun =
        step != null && step.updates() && step.member().equals(member.name())
            ? step.change()
            : null;
    var from =
        begun != null && begun.from() != null ? begun.from() : Templates.good(observed, member);
    var change = new TemplateChange(from, wanted);
    // It is judged by what it gets now, unless something else is under way.
    boolean judged = member.votes() && (step == null || begun != null);
    var next =
        judged
            ? situation
                .begin(Operation.UPDATE_MEMBER, member.name(), "it does not start from what it has")
                .withChange(change)
                .withAction(Action.UpdateMember.class.getSimpleName())
            : step;
    return Plan.idle(Purpose.REPAIR, summary, observed, next)
        .doing(new Action.RenewMember(member.name(), change));
  }

  private static boolean startsInVain(Situation situation, ClusterMember member) {
    var since = member.unhealthySince();
    if (member.platform().hindrance() == Hindrance.VOLUME_OUT_OF_REACH) {
      return false; // It would start from what it has, if only its machine took it.
    }
    return member.platform().process() == ProcessState.FAILED
        || (member.platform().process() == ProcessState.STARTING
            && (member.raft() == null
                || (since != null && !situation.now().isBefore(since.plus(START_PATIENCE)))));
  }

  /** One that is lost tries nothing. */
  private static boolean isTriedByAnother(
      Situation situation, ClusterMember member, String wanted) {
    var observed = situation.observed();
    return !observed.verdicts().proven(wanted)
        && observed.configured().stream()
            .anyMatch(
                other ->
                    !other.name().equals(member.name())
                        && other.platform().template().has(wanted)
                        && !other.runs()
                        && !Replacements.isLost(situation, other));
  }
}
