package dev.quorate.operator.plan;

import dev.quorate.operator.plan.NodeReport.State;
import dev.quorate.operator.plan.Plan.Purpose;
import dev.quorate.operator.plan.Step.Operation;
import dev.quorate.operator.platform.ObservedMember.ProcessState;
import dev.quorate.operator.platform.TemplateChange;
import dev.quorate.operator.platform.VolumeFit;
import org.jspecify.annotations.Nullable;

/**
 * The way of a new member: created, made a learner, told to join, caught up, promoted. What comes
 * next follows from what is seen, so it does not matter where the last operator stopped.
 */
final class MemberAddition {
  private MemberAddition() {}

  static Plan proceed(Situation situation, Step step) {
    var observed = situation.observed();
    var member = observed.member(step.member());
    var plan =
        situation.plan(
            step.replaces() == null ? Purpose.SCALE : Purpose.UPDATE,
            step,
            VolumeReplacement.summary(step));
    if (member != null && member.votes()) {
      return VolumeReplacement.finish(situation, step, plan);
    }
    var unwanted = unwanted(situation, step, member);
    if (unwanted != null) {
      return giveUp(situation, step, unwanted);
    }
    if (member == null || (member.resting() && member.loss() == null)) {
      var create =
          new Action.CreateMember(step.member(), Templates.forNew(observed, step.member()));
      return plan.withStep(step.withAction(progress(step, create.kind()))).doing(create);
    }
    var lost = Replacements.reason(situation, member);
    if (lost != null) {
      return replace(situation, plan, member, lost + " before it was promoted");
    }
    var answer = member.answer();
    if (answer == null || member.platform().process() != ProcessState.RUNNING) {
      var outlook = Replacements.outlook(situation, member);
      return plan.waiting(
          outlook == null ? step.member() + " to start" + BootstrapRule.detail(member) : outlook);
    }
    return member.raft() == null
        ? introduce(situation, step, plan, member, answer)
        : accompany(situation, step, plan, member, answer);
  }

  /** Why it is not to become a voter; null if it is. */
  private static @Nullable String unwanted(
      Situation situation, Step step, @Nullable ClusterMember member) {
    int missing = situation.spec().replicas() - situation.observed().voters().size();
    if (missing > 0) {
      return null;
    }
    if (missing < 0 || !VolumeReplacement.goesOn(situation, step)) {
      return "it is not wanted any more";
    }
    var fit = member == null ? VolumeFit.UNKNOWN : member.platform().volumeFit();
    return fit.unchangeable() ? fit.difference() : null;
  }

  /** The member is on the platform and not in the configuration yet. */
  private static Plan introduce(
      Situation situation,
      Step step,
      Plan plan,
      ClusterMember member,
      NodeReport.Reachable answer) {
    if (answer.state() != State.IDLE) {
      return giveUp(situation, step, "its volume is not empty");
    }
    var template = Templates.forNew(situation.observed(), step.member());
    if (template != null
        && !member.platform().template().unknown()
        && !member.madeFrom(template)
        && Templates.isKept(situation.observed(), template)) {
      // It is left from an earlier try, and may have been made from what is no good.
      var change = new TemplateChange(null, template);
      return situation.guarded(plan, step, new Action.UpdateMember(step.member(), change));
    }
    var address = member.platform().address();
    return address == null
        ? plan.waiting(step.member() + " to get an address")
        : situation.guarded(plan, step, new Action.AddLearner(step.member(), address.peerUrl()));
  }

  /** The member is a learner. */
  private static Plan accompany(
      Situation situation,
      Step step,
      Plan plan,
      ClusterMember member,
      NodeReport.Reachable answer) {
    var live = situation.observed().live();
    var raft = member.raft();
    var clusterId = situation.observed().clusterId();
    if (live == null || raft == null || clusterId == null) {
      return plan.waiting("a leader");
    }
    if (answer.state() == State.IDLE) {
      var peers = live.voters().stream().flatMap(voter -> voter.peerUrls().stream()).toList();
      var join = new Action.JoinMember(step.member(), clusterId, raft.id(), peers);
      return situation.guarded(plan, step, join);
    }
    var joined = step.withAction(Step.CATCH_UP);
    if (answer.state() != State.RUNNING) {
      return plan.withStep(joined)
          .waiting("%s to run; it says: %s".formatted(step.member(), answer.reason()));
    }
    if (!raft.caughtUp() || !raft.active()) {
      long lag = Math.max(0, live.lastIndex() - raft.matchIndex());
      return plan.withStep(joined)
          .waiting("%s to catch up, %d entries behind".formatted(step.member(), lag));
    }
    return situation.guarded(
        plan.withStep(joined), joined, new Action.PromoteLearner(step.member(), raft.id()));
  }

  /** Another one is added in its place; how often that is tried is limited like all replacing. */
  private static Plan replace(Situation situation, Plan plan, ClusterMember member, String reason) {
    var refusal = Replacements.refusal(situation, member);
    return refusal == null
        ? MemberRemoval.proceed(
            situation, situation.begin(Operation.REPLACE_MEMBER, member.name(), reason))
        : plan.waiting("its replacement: " + refusal.message());
  }

  /** A learner has no vote, so taking it away again is always possible. */
  private static Plan giveUp(Situation situation, Step step, String why) {
    var removal = situation.begin(Operation.REMOVE_MEMBER, step.member(), why);
    return MemberRemoval.proceed(situation, removal);
  }

  /** Once a member has joined, an empty volume means loss: this must not be forgotten. */
  private static String progress(Step step, String next) {
    return step.action().equals(Step.CATCH_UP) ? Step.CATCH_UP : next;
  }
}
