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
      if (member.raft() != null && member.resting() && member.volumeKnownPresent()) {
        return Plan.idle(
                purpose(observed, member),
                "Start %s again on its volume".formatted(member.name()),
                observed,
                step(situation, member))
            .doing(
                new Action.CreateMember(member.name(), Templates.forNew(observed, member.name())));
      }
    }
    return null;
  }

  /** The time that an updated member has to come back in does not run while it sleeps. */
  private static @Nullable Step step(Situation situation, ClusterMember member) {
    var step = situation.observed().step();
    boolean slept = member.asleep() || member.unhealthySince() == null;
    return step != null && slept && isUpdated(situation.observed(), member)
        ? step.beginningAt(situation.now())
        : step;
  }

  private static Purpose purpose(ObservedCluster observed, ClusterMember member) {
    if (member.asleep()) {
      return Purpose.START;
    }
    return isUpdated(observed, member) ? Purpose.UPDATE : Purpose.REPAIR;
  }

  /**
   * Where nothing but the operator starts a process again, an update ends it and this starts it.
   */
  private static boolean isUpdated(ObservedCluster observed, ClusterMember member) {
    var step = observed.step();
    return step != null && step.updates() && step.member().equals(member.name());
  }
}
