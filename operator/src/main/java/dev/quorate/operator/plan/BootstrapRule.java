package dev.quorate.operator.plan;

import dev.quorate.operator.plan.NodeReport.State;
import dev.quorate.operator.plan.Plan.Purpose;
import dev.quorate.operator.plan.Step.Operation;
import dev.quorate.operator.platform.ObservedMember.ProcessState;
import dev.quorate.operator.platform.ObservedMember.VolumeState;
import org.jspecify.annotations.Nullable;

/**
 * Makes a cluster of one member, exactly once; all others are added to it. Where volumes of an
 * earlier cluster of this name are found, that cluster is resumed and nothing is made.
 */
final class BootstrapRule implements Rule {
  @Override
  public @Nullable Plan apply(Situation situation) {
    var observed = situation.observed();
    var step = observed.step();
    if (step != null && step.operation() == Operation.BOOTSTRAP) {
      return proceed(situation, step);
    }
    return observed.clusterId() == null ? resumeOrBegin(situation) : null;
  }

  private static Plan resumeOrBegin(Situation situation) {
    var observed = situation.observed();
    for (var member : observed.all()) {
      if (member.platform().process() == ProcessState.STOPPING) {
        return Plan.idle(
                Purpose.BOOTSTRAP, "Let an earlier cluster of this name go first", observed, null)
            .waiting(member.name() + " to end");
      }
    }
    for (var member : observed.all()) {
      var answer = member.answer();
      if (answer != null && answer.clusterId() != 0 && stays(member)) {
        return Plan.idle(
                Purpose.BOOTSTRAP,
                "Resume the cluster that %s holds the data of".formatted(member.name()),
                observed,
                null)
            .withClusterId(answer.clusterId())
            .lookingAgain(Plan.AT_ONCE);
      }
    }
    var resume =
        Plan.idle(
            Purpose.BOOTSTRAP, "Look for a cluster on volumes that are there", observed, null);
    for (var member : observed.all()) {
      if (member.resting() && member.volumeKnownPresent()) {
        return resume.doing(new Action.CreateMember(member.name(), observed.wantedTemplate()));
      }
    }
    for (var member : observed.all()) {
      if (!member.idle()) {
        return resume.waiting(
            member.platform().volume() == VolumeState.LOST
                ? "somebody to delete the volume claim of %s, which is lost%s"
                    .formatted(member.name(), detail(member))
                : member.name() + " to tell what it holds" + detail(member));
      }
    }
    return begin(situation);
  }

  /** What is about to go, or whose volume is, cannot be built on. */
  private static boolean stays(ClusterMember member) {
    return member.platform().process() == ProcessState.RUNNING
        && member.volumeKnownPresent()
        && !member.idle();
  }

  private static Plan begin(Situation situation) {
    var observed = situation.observed();
    var first = observed.members().isEmpty() ? observed.nextName() : observed.members().firstKey();
    var step = situation.begin(Operation.BOOTSTRAP, first, "the cluster is new");
    // The identity and the step are published before there is anything that could be made twice.
    return situation
        .plan(
            Purpose.BOOTSTRAP,
            step,
            "Make the cluster, with %s as its first member".formatted(first))
        .withClusterId(observed.proposedClusterId())
        .lookingAgain(Plan.AT_ONCE);
  }

  private static Plan proceed(Situation situation, Step step) {
    var observed = situation.observed();
    var clusterId = observed.clusterId();
    var plan =
        situation.plan(
            Purpose.BOOTSTRAP,
            step,
            "Make the cluster, with %s as its first member".formatted(step.member()));
    if (clusterId == null) {
      return plan.withClusterId(observed.proposedClusterId()).lookingAgain(Plan.AT_ONCE);
    }
    var member = observed.member(step.member());
    if (member == null || member.resting()) {
      return plan.doing(new Action.CreateMember(step.member(), observed.wantedTemplate()));
    }
    var answer = member.answer();
    if (answer == null) {
      return plan.waiting(step.member() + " to start" + detail(member));
    }
    if (answer.state() == State.IDLE) {
      var action = new Action.BootstrapMember(step.member(), clusterId);
      return situation.guarded(plan, step, action);
    }
    return member.leads()
        ? plan.withStep(null).lookingAgain(Plan.AT_ONCE)
        : plan.waiting(step.member() + " to lead" + detail(member));
  }

  /** Why it takes so long, in parentheses; empty when nothing is known. */
  static String detail(ClusterMember member) {
    var told = member.platform().detail();
    var why =
        told.isEmpty()
                && member.platform().process() == ProcessState.RUNNING
                && member.node() instanceof NodeReport.Unreachable(var silence)
            ? silence
            : told;
    return why.isEmpty() ? "" : " (" + why + ")";
  }
}
