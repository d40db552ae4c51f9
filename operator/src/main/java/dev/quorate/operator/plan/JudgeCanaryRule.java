package dev.quorate.operator.plan;

import dev.quorate.operator.plan.Step.Operation;
import dev.quorate.operator.platform.TemplateChange;
import org.jspecify.annotations.Nullable;

/**
 * Takes up the judging of a member that has the wanted template while others do not, or the putting
 * back of one that failed, where no step speaks of it: a repair came between, or it could not start
 * from its earlier template.
 */
final class JudgeCanaryRule implements Rule {
  @Override
  public @Nullable Plan apply(Situation situation) {
    var canary = canary(situation);
    var wanted = situation.observed().wantedTemplate();
    if (canary == null || wanted == null) {
      return null;
    }
    var plan = MemberUpdate.proceed(situation, step(situation, canary, wanted));
    // What it waits for may be a learner.
    return plan.waits() && situation.observed().hasLearner()
        ? null
        : RestartMemberRule.unlessDue(situation, plan);
  }

  /**
   * The member that shows whether the wanted template is any good, or that is to be put back
   * because it is not; null if there is none.
   */
  static @Nullable ClusterMember canary(Situation situation) {
    var observed = situation.observed();
    var rejected = observed.verdicts().rejected();
    boolean failed = rejected != null && rejected.template().equals(observed.wantedTemplate());
    return failed || !RollRule.outdated(observed).isEmpty() ? unproven(situation) : null;
  }

  /** The same, also where no other member waits for what it shows. */
  static @Nullable ClusterMember unproven(Situation situation) {
    var observed = situation.observed();
    var wanted = observed.wantedTemplate();
    if (wanted == null || !situation.spec().updates().canary()) {
      return null;
    }
    var rejected = observed.verdicts().rejected();
    if (rejected != null && rejected.template().equals(wanted)) {
      var failed = observed.member(rejected.member());
      return failed != null
              && failed.votes()
              && !Replacements.isLost(situation, failed)
              && failed.platform().template().has(wanted)
              && Templates.good(observed, failed) != null
          ? failed
          : null;
    }
    if (situation.acceptableTemplate() == null || observed.verdicts().proven(wanted)) {
      return null;
    }
    return observed.voters().stream()
        .filter(member -> !Replacements.isLost(situation, member) && member.madeFrom(wanted))
        // Else it could not be judged, and the others would wait for that for ever.
        .filter(member -> Templates.good(observed, member) != null)
        .findFirst()
        .orElse(null);
  }

  /** One that was begun for it goes on, from when it was begun. */
  static Step step(Situation situation, ClusterMember member, String wanted) {
    var observed = situation.observed();
    var begun = observed.step();
    var good = Templates.good(observed, member);
    if (observed.verdicts().rejected(wanted) && good != null) {
      return begun != null
              && begun.operation() == Operation.ROLL_BACK_MEMBER
              && begun.member().equals(member.name())
          ? begun
          : situation
              .begin(Operation.ROLL_BACK_MEMBER, member.name(), "its update did not succeed")
              .withChange(new TemplateChange(null, good));
    }
    var change = begun == null ? null : begun.change();
    if (begun != null
        && change != null
        && begun.operation() == Operation.UPDATE_MEMBER
        && begun.member().equals(member.name())
        && change.to().equals(wanted)) {
      return begun;
    }
    return situation
        .begin(Operation.UPDATE_MEMBER, member.name(), "it is the first with this spec")
        .withChange(new TemplateChange(good, wanted));
  }
}
