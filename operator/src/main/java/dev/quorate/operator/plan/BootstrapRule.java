package dev.quorate.operator.plan;

import dev.quorate.operator.plan.NodeReport.State;
import dev.quorate.operator.plan.Plan.Purpose;
import dev.quorate.operator.plan.Step.Operation;
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
      var answer = member.answer();
      if (answer != null && answer.clusterId() != 0 && answer.state() != State.IDLE) {
        return Plan.idle(
                Purpose.BOOTSTRAP,
                "Resume the cluster that %s holds the data of".formatted(member.name()),
                observed)
            .withClusterId(answer.clusterId())
            .lookingAgain(Plan.AT_ONCE);
      }
    }
    var resume =
        Plan.idle(Purpose.BOOTSTRAP, "Look for a cluster on volumes that are there", observed);
    for (var member : observed.all()) {
      if (member.absent() && member.volumeKnownPresent()) {
        return resume.doing(new Action.CreateMember(member.name()));
      }
    }
    for (var member : observed.all()) {
      if (!member.idle()) {
        return resume.waiting(member.name() + " to tell what it holds" + detail(member));
      }
    }
    return begin(situation);
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
    if (member == null || member.absent()) {
      return plan.doing(new Action.CreateMember(step.member()));
    }
    var answer = member.answer();
    if (answer == null) {
      return plan.waiting(step.member() + " to start" + detail(member));
    }
    if (answer.state() == State.IDLE) {
      var action = new Action.BootstrapMember(step.member(), clusterId);
      return situation.guarded(plan, step, action);
    }
    if (answer.clusterId() != clusterId) {
      return plan.waiting(
          "somebody to remove the volume of %s, which holds data of another cluster (%016x)"
              .formatted(step.member(), answer.clusterId()));
    }
    return member.leads()
        ? plan.withStep(null).lookingAgain(Plan.AT_ONCE)
        : plan.waiting(step.member() + " to lead" + detail(member));
  }

  static String detail(ClusterMember member) {
    return member.platform().detail().isEmpty() ? "" : " (" + member.platform().detail() + ")";
  }
}
