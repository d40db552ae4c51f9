package dev.quorate.operator.plan;

import dev.quorate.operator.platform.ObservedMember.ProcessState;
import dev.quorate.operator.platform.TemplateChange;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Whether a member that was updated does as well as before: it is back, has caught up, and holds
 * what the others hold.
 */
final class CanaryVerdict {
  /** What the platform says will not run without a change is given up after this. */
  private static final Duration FAILURE_PATIENCE = Duration.ofSeconds(60);

  private CanaryVerdict() {}

  static Plan of(Situation situation, Step step, ClusterMember member, TemplateChange change) {
    var plan = MemberUpdate.plan(situation, step);
    boolean judged = isJudged(situation, change);
    if (!isBack(member)) {
      return judged && isOverdue(situation, step, member)
          ? failed(situation, step, member, change)
          : plan.waiting(step.member() + " to be back and to catch up" + why(member));
    }
    return judged
        ? compared(situation, step, member, change)
        : MemberUpdate.finished(situation, step);
  }

  /** Where nothing is known to be better there is nothing to decide. */
  static boolean isJudged(Situation situation, TemplateChange change) {
    return situation.spec().updates().canary()
        && change.from() != null
        && !change.from().equals(change.to());
  }

  /** It does its part as before, although its machine may be about to go. */
  static boolean isBack(ClusterMember member) {
    var raft = member.raft();
    return member.serves() && member.platform().ready() && raft != null && raft.caughtUp();
  }

  private static Plan compared(
      Situation situation, Step step, ClusterMember member, TemplateChange change) {
    var plan = MemberUpdate.plan(situation, step);
    var comparison = answer(step, change, member);
    if (comparison == null) {
      return ask(situation, step, member, change);
    }
    return switch (comparison.outcome()) {
      case EQUAL, INCOMPARABLE -> {
        var proven = situation.observed().verdicts().proving(change.to());
        yield MemberUpdate.finished(situation, step).withVerdicts(proven);
      }
      case DIFFERENT ->
          MemberUpdate.reject(
              situation,
              step,
              change,
              "it holds something else than the others at revision " + comparison.revision());
      case RUNNING ->
          isOverdue(situation, step)
              ? MemberUpdate.reject(
                  situation, step, change, "its state could not be compared in time")
              : plan.waiting(
                  "the states of %s and its leader to be compared".formatted(member.name()));
      case FAILED ->
          isOverdue(situation, step)
              ? MemberUpdate.reject(situation, step, change, "its state could not be compared")
              : compare(situation, step, member, change)
                  .expecting("another comparison, for the last one came to nothing");
    };
  }

  /**
   * A leader that never could compare is not asked for ever; but one that was not asked in time,
   * because nobody was there to ask, gets the time for it.
   */
  private static Plan ask(
      Situation situation, Step step, ClusterMember member, TemplateChange change) {
    if (!isOverdue(situation, step)) {
      return compare(situation, step, member, change);
    }
    var failure = situation.observed().failure();
    if (failure != null
        && failure.action().equals(Action.CompareState.class.getSimpleName())
        && failure.member().equals(step.member())) {
      var why = "its state could not be compared: " + failure.message();
      return MemberUpdate.reject(situation, step, change, why);
    }
    return compare(situation, step.beginningAt(situation.now()), member, change);
  }

  private static Plan compare(
      Situation situation, Step step, ClusterMember member, TemplateChange change) {
    var raft = member.raft();
    long id = raft == null ? 0 : raft.id();
    return MemberUpdate.plan(situation, step)
        .doing(new Action.CompareState(step.member(), id, token(step, change)))
        .lookingAgain(Plan.WATCHFUL);
  }

  private static @Nullable Comparison answer(
      Step step, TemplateChange change, ClusterMember member) {
    var raft = member.raft();
    var comparison = raft == null ? null : raft.comparison();
    return comparison != null && comparison.token() == token(step, change) ? comparison : null;
  }

  /** Names the step, so that the answer to an earlier one counts for nothing. */
  static long token(Step step, TemplateChange change) {
    return (step.startedAt().getEpochSecond() << Integer.SIZE)
        | Integer.toUnsignedLong(change.to().hashCode());
  }

  /** It was ended so lately that it may be about to come back. */
  static boolean mayStillCome(Situation situation, Step step) {
    return situation.now().isBefore(step.startedAt().plus(FAILURE_PATIENCE));
  }

  static boolean isOverdue(Situation situation, Step step) {
    return !situation.now().isBefore(deadline(situation, step));
  }

  static boolean isOverdue(Situation situation, Step step, ClusterMember member) {
    var answer = member.answer();
    boolean refuses = answer != null && answer.fault() == NodeReport.Fault.FORMAT_TOO_NEW;
    boolean failed = member.platform().process() == ProcessState.FAILED;
    return refuses || isOverdue(situation, step) || (failed && !mayStillCome(situation, step));
  }

  private static Instant deadline(Situation situation, Step step) {
    return step.startedAt().plusSeconds(situation.spec().updates().maxDurationSeconds());
  }

  /** It did not come back. */
  private static Plan failed(
      Situation situation, Step step, ClusterMember member, TemplateChange change) {
    long seconds = Duration.between(step.startedAt(), situation.now()).toSeconds();
    var why = "it did not come back within %d s%s".formatted(Math.max(0, seconds), why(member));
    return MemberUpdate.reject(situation, step, change, why);
  }

  private static String why(ClusterMember member) {
    var answer = member.answer();
    return answer != null && !answer.reason().isEmpty()
        ? " (" + answer.reason() + ")"
        : BootstrapRule.detail(member);
  }
}
