package dev.quorate.operator.plan;

import dev.quorate.operator.plan.Plan.Purpose;
import dev.quorate.operator.plan.Step.Operation;
import dev.quorate.operator.platform.ObservedMember.ProcessState;
import dev.quorate.operator.platform.TemplateChange;
import org.jspecify.annotations.Nullable;

/**
 * The way of a member to another template: leadership is handed over, it is made again, it must
 * come back, catch up and hold what the others hold. One that does not is put back, and the
 * template is not tried again.
 */
final class MemberUpdate {
  private MemberUpdate() {}

  /** Begins nothing that cannot be gone on with: a step that only waits would hold up others. */
  static Plan begin(Situation situation, Step step) {
    var plan = proceed(situation, step);
    return plan.action() == null ? plan.withStep(situation.observed().step()) : plan;
  }

  static Plan proceed(Situation situation, Step step) {
    var observed = situation.observed();
    var member = observed.member(step.member());
    var change = step.change();
    if (member == null || member.raft() == null || change == null) {
      return finished(situation, step);
    }
    boolean made = member.madeFrom(change.to());
    boolean back = step.operation() == Operation.ROLL_BACK_MEMBER;
    if (member.loss() != null) {
      // It is replaced, not put back; who knows whether what it got has to do with it.
      var finished = finished(situation, step);
      return made && !back && CanaryVerdict.isJudged(situation, change)
          ? finished.withVerdicts(rejecting(situation, step, change, String.valueOf(member.loss())))
          : finished;
    }
    if (Replacements.isLost(situation, member)) {
      // Its machine is to blame, not what it was made from.
      return finished(situation, step);
    }
    if (back) {
      return made || isOverruled(situation, step)
          ? finished(situation, step)
          : apply(situation, step, member, change);
    }
    var rejected = observed.verdicts().rejected();
    if (rejected != null && rejected.template().equals(change.to())) {
      // Judged already; putting it back had to wait.
      return made ? reject(situation, step, change, rejected.reason()) : finished(situation, step);
    }
    if (!change.to().equals(observed.wantedTemplate())) {
      return overtaken(situation, step, member, change, made);
    }
    return made
        ? CanaryVerdict.of(situation, step, member, change)
        : apply(situation, step, member, change);
  }

  /** It cannot be put back, and the spec asks for something else, which may do. */
  private static boolean isOverruled(Situation situation, Step step) {
    var failure = situation.observed().failure();
    return failure != null
        && failure.member().equals(step.member())
        && failure.lasts(situation.now())
        && situation.acceptableTemplate() != null;
  }

  /**
   * The spec asks for something else by now. What was done already is not left half done; and where
   * the order was given and is not seen to be carried out, it may be that only our sight is old:
   * the same member gets the newest spec, and no other is touched.
   */
  private static Plan overtaken(
      Situation situation, Step step, ClusterMember member, TemplateChange change, boolean made) {
    if (made && !CanaryVerdict.isBack(member) && CanaryVerdict.mayStillCome(situation, step)) {
      return plan(situation, step)
          .waiting(step.member() + " to come back, then for the newest spec");
    }
    var wanted = situation.acceptableTemplate();
    boolean ordered = step.action().equals(Action.UpdateMember.class.getSimpleName());
    if (made || !ordered || wanted == null) {
      return finished(situation, step);
    }
    boolean known = change.from() != null && !wanted.equals(change.from());
    var from = known ? change.from() : Templates.good(situation.observed(), member);
    var next =
        situation
            .begin(Operation.UPDATE_MEMBER, step.member(), "the spec changed again")
            .withChange(new TemplateChange(from, wanted));
    return proceed(situation, next);
  }

  private static Plan apply(
      Situation situation, Step step, ClusterMember member, TemplateChange change) {
    var plan = plan(situation, step);
    if (member.leads() && situation.observed().voters().size() > 1) {
      // Rather to one that has the template already, so that leadership moves once.
      return Successor.handOver(situation, step, plan, change.to());
    }
    // Without a leader only what does not run is touched.
    var action =
        situation.observed().live() == null && member.starts()
            ? new Action.RenewMember(step.member(), change)
            : new Action.UpdateMember(step.member(), change);
    // Its time runs from when it was ended, however long that took or nobody was there to do it.
    boolean ordered = step.action().equals(action.kind());
    var timed =
        ordered && !CanaryVerdict.isOverdue(situation, step)
            ? step
            : step.beginningAt(situation.now());
    return ordered && isEnding(member, change)
        ? plan.withStep(timed).waiting(step.member() + " to end" + BootstrapRule.detail(member))
        : situation.guarded(plan, timed, action);
  }

  /** All is ordered, and nothing can be done about how long it takes. */
  private static boolean isEnding(ClusterMember member, TemplateChange change) {
    var process = member.platform().process();
    return (process == ProcessState.STOPPING || process == ProcessState.UNKNOWN)
        && change.to().equals(member.platform().template().ordered());
  }

  /** The same without a leader; null if nothing is to be taken back. */
  static @Nullable Plan fallBack(Situation situation, Step step, ClusterMember member) {
    var change = step.change();
    if (change == null || member.loss() != null) {
      return null;
    }
    boolean made = member.madeFrom(change.to());
    if (step.operation() == Operation.ROLL_BACK_MEMBER) {
      return made ? null : apply(situation, step, member, change);
    }
    boolean judged =
        made
            && CanaryVerdict.isJudged(situation, change)
            && change.to().equals(situation.observed().wantedTemplate());
    return judged ? CanaryVerdict.of(situation, step, member, change) : null;
  }

  /**
   * Remembers that the template is no good, and begins to put the member back, if that is known.
   */
  static Plan reject(Situation situation, Step step, TemplateChange change, String why) {
    var verdicts = rejecting(situation, step, change, why);
    var from = change.from();
    if (from == null) {
      return finished(situation, step);
    }
    var back =
        situation
            .begin(Operation.ROLL_BACK_MEMBER, step.member(), why)
            .withChange(new TemplateChange(null, from));
    return proceed(situation, back).withVerdicts(verdicts);
  }

  private static Verdicts rejecting(
      Situation situation, Step step, TemplateChange change, String why) {
    return situation
        .observed()
        .verdicts()
        .rejecting(new Rejection(change.to(), step.member(), why, situation.now()));
  }

  static Plan finished(Situation situation, Step step) {
    return plan(situation, step).withStep(null).lookingAgain(Plan.AT_ONCE);
  }

  static Plan plan(Situation situation, Step step) {
    var summary =
        step.operation() == Operation.ROLL_BACK_MEMBER
            ? "Put %s back to what it was before (%s)".formatted(step.member(), step.reason())
            : "Update %s (%s): end it, start it as the spec says, wait until it is back and holds what the others hold"
                .formatted(step.member(), step.reason());
    return situation.plan(Purpose.UPDATE, step, summary);
  }
}
