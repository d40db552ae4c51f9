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
                isUpdated(observed, member) ? Purpose.UPDATE : Purpose.REPAIR,
                "Start %s again on its volume".formatted(member.name()),
                observed,
                observed.step())
            .doing(
                new Action.CreateMember(member.name(), Templates.forNew(observed, member.name())));
      }
    }
    return null;
  }

  /**
   * Where nothing but the operator starts a process again, an update ends it and this starts it.
   */
  private static boolean isUpdated(ObservedCluster observed, ClusterMember member) {
    var step = observed.step();
    return step != null && step.updates() && step.member().equals(member.name());
  }
}
