package dev.quorate.operator.plan;

import dev.quorate.crds.RaftClusterSpec;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What a rule decides on. */
record Situation(RaftClusterSpec spec, ObservedCluster observed, Instant now) {
  /** A plan of a step that is in flight or begins now. */
  Plan plan(Plan.Purpose purpose, @Nullable Step step, String summary) {
    return Plan.idle(purpose, summary, observed, step);
  }

  /**
   * The pod template that members are brought to; null where there is none, or it did not prove
   * itself, or must not be tried.
   */
  @Nullable String acceptableTemplate() {
    var wanted = observed.wantedTemplate();
    return wanted == null
            || observed.verdicts().rejected(wanted)
            || VersionSkew.refusal(spec, observed) != null
        ? null
        : wanted;
  }

  Step begin(Step.Operation operation, String member, String reason) {
    return new Step(operation, Step.BEGIN, member, reason, now);
  }

  /**
   * Takes the action if the guard lets it pass. Otherwise it waits for the guard, and nothing is in
   * flight but what was before.
   */
  Plan guarded(Plan plan, Step step, Action action) {
    var verdict = QuorumGuard.check(observed, action);
    return verdict.safe()
        ? plan.withStep(step.withAction(action.kind()))
            .withQuorum(verdict.arithmetic())
            .doing(action)
        : plan.withStep(observed.step())
            .withQuorum(verdict.arithmetic())
            .waiting("a safe moment: " + verdict.arithmetic());
  }
}
