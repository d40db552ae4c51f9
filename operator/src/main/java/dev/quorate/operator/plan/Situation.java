package dev.quorate.operator.plan;

import dev.quorate.crds.RaftClusterSpec;
import java.time.Instant;

/** What a rule decides on. */
record Situation(RaftClusterSpec spec, ObservedCluster observed, Instant now) {
  /** A plan of a step that is in flight or begins now. */
  Plan plan(Plan.Purpose purpose, Step step, String summary) {
    return Plan.idle(purpose, summary, observed).withStep(step);
  }

  Step begin(Step.Operation operation, String member, String reason) {
    return new Step(operation, Step.BEGIN, member, reason, now);
  }

  /** Takes the action if the guard lets it pass, and waits for the guard otherwise. */
  Plan guarded(Plan plan, Step step, Action action) {
    var verdict = QuorumGuard.check(observed, action);
    return verdict.safe()
        ? plan.withStep(step.withAction(action.kind()))
            .withQuorum(verdict.arithmetic())
            .doing(action)
        : plan.withQuorum(verdict.arithmetic()).waiting("a safe moment: " + verdict.arithmetic());
  }
}
