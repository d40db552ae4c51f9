package dev.quorate.operator.plan;

import dev.quorate.operator.plan.Plan.Purpose;
import dev.quorate.operator.platform.ObservedMember.ProcessState;
import org.jspecify.annotations.Nullable;

/**
 * Takes back an order to run a member otherwise that was given and not carried out: what it would
 * start from the next time, by whatever chance, is what it runs. One that is being ended is let go
 * on: its order is being carried out.
 */
final class SettleRule implements Rule {
  @Override
  public @Nullable Plan apply(Situation situation) {
    var observed = situation.observed();
    for (var member : observed.all()) {
      var template = member.platform().template();
      var running = template.running();
      if (running != null
          && template.ordered() != null
          && !running.equals(template.ordered())
          && !template.unmarked()
          && member.platform().process() != ProcessState.STOPPING
          && !isBeingUpdated(observed, member)) {
        return Plan.idle(
                Purpose.REPAIR,
                "Let %s stay what it is when it starts the next time".formatted(member.name()),
                observed,
                observed.step())
            .doing(new Action.KeepTemplate(member.name(), running));
      }
    }
    return null;
  }

  private static boolean isBeingUpdated(ObservedCluster observed, ClusterMember member) {
    var step = observed.step();
    return step != null && step.updates() && step.member().equals(member.name());
  }
}
