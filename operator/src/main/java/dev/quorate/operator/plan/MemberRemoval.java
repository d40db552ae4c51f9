package dev.quorate.operator.plan;

import dev.quorate.crds.DeletionPolicy;
import dev.quorate.operator.plan.Plan.Purpose;
import dev.quorate.operator.plan.Step.Operation;
import dev.quorate.operator.platform.ObservedMember.ProcessState;
import org.jspecify.annotations.Nullable;

/**
 * The way of a member that goes: leadership is handed over, it is taken out of the configuration,
 * its process ends, its volume goes if the spec says so. Until the configuration changes a scale-in
 * can be called back.
 */
final class MemberRemoval {
  private MemberRemoval() {}

  /** Begins nothing that cannot be gone on with: a step that only waits would hold up others. */
  static Plan begin(Situation situation, Step step) {
    var plan = proceed(situation, step);
    return plan.action() == null ? plan.withStep(null) : plan;
  }

  static Plan proceed(Situation situation, Step step) {
    var observed = situation.observed();
    var member = observed.member(step.member());
    boolean replaced = isReplaced(step);
    boolean lost = replaced || (member != null && Replacements.isLost(situation, member));
    var plan =
        situation.plan(
            purpose(situation, member, lost),
            step,
            (replaced ? "Replace %s (%s): remove it, then add another one" : "Remove %s (%s)")
                .formatted(step.member(), step.reason()));
    if (member == null) {
      return plan.withStep(null).lookingAgain(Plan.AT_ONCE);
    }
    var raft = member.raft();
    if (raft == null) {
      return dispose(situation, step, plan, member);
    }
    boolean calledBack =
        replaced
            ? !Replacements.isLost(situation, member)
                || Replacements.refusal(situation, member) != null
            : wantedAgain(situation, member)
                || (member.votes() && VolumeReplacement.isSpared(situation, member));
    if (calledBack) {
      return plan.withStep(null).lookingAgain(Plan.AT_ONCE);
    }
    if (member.leads()) {
      return handOver(situation, step, plan);
    }
    var remove = new Action.RemoveMember(step.member(), raft.id(), replaced);
    var guarded = situation.guarded(plan, step, remove);
    // Another one may go safely by now; if this one was told to go already, its leader knows.
    var live = observed.live();
    boolean underWay = live != null && live.changePending();
    return guarded.action() == null && !replaced && !underWay ? guarded.withStep(null) : guarded;
  }

  private static Purpose purpose(
      Situation situation, @Nullable ClusterMember member, boolean lost) {
    if (lost) {
      return Purpose.REPAIR;
    }
    return member == null ? Purpose.SCALE : VolumeReplacement.purpose(situation, member);
  }

  private static boolean wantedAgain(Situation situation, ClusterMember member) {
    int voters = situation.observed().voters().size();
    return member.votes()
        ? voters <= situation.spec().replicas()
        : voters < situation.spec().replicas();
  }

  private static Plan handOver(Situation situation, Step step, Plan plan) {
    return Successor.handOver(situation, step, plan, null);
  }

  private static boolean isReplaced(Step step) {
    return step.operation() == Operation.REPLACE_MEMBER;
  }

  /** It has no part in the cluster any more; what the platform has of it goes. */
  private static Plan dispose(Situation situation, Step step, Plan plan, ClusterMember member) {
    var process = member.platform().process();
    boolean ending = process == ProcessState.STOPPING;
    boolean mayEndSoon = situation.now().isBefore(step.startedAt().plus(Replacements.END_PATIENCE));
    if (ending && !isReplaced(step) && mayEndSoon) {
      return plan.waiting(step.member() + " to end");
    }
    if (member.letGo()) {
      // The platform clears away what is left once it can, with the volume if the spec says so.
      return plan.withStep(null).lookingAgain(Plan.AT_ONCE);
    }
    if (ending) {
      // Whoever is ending it may be about to start it again; how long that takes is no matter.
      return situation
          .guarded(plan, step, new Action.DeleteMember(step.member()))
          .lookingAgain(Plan.WATCHFUL);
    }
    if (!member.gone()) {
      return situation.guarded(plan, step, new Action.DeleteMember(step.member()));
    }
    if (member.volumeKnownPresent() && situation.spec().deletionPolicy() == DeletionPolicy.DELETE) {
      return situation.guarded(plan, step, new Action.DeleteVolume(step.member()));
    }
    return plan.withStep(null).lookingAgain(Plan.AT_ONCE);
  }
}
