package dev.quorate.operator.plan;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What the operator does next and why; published before it is done.
 *
 * @param quorum the arithmetic of the quorum for the next step; empty when no voter is concerned
 * @param waitingFor what must happen first; empty when nothing is waited for
 * @param clusterId the identity of the cluster, if it has or gets one
 * @param step what is in flight after this plan is published; null for nothing
 * @param action what is done now; null for nothing
 * @param lookAgain when to plan again at the latest
 * @param failure why {@code action} did not succeed when it was tried last; null if it was not, or
 *     did
 * @param verdicts what is to be remembered of pod templates
 */
public record Plan(
    Purpose purpose,
    String summary,
    String quorum,
    String waitingFor,
    @Nullable Long clusterId,
    @Nullable Step step,
    @Nullable Action action,
    Duration lookAgain,
    @Nullable Failure failure,
    Verdicts verdicts) {
  /** Nothing is in flight and nothing is expected: the safety net only. */
  public static final Duration CALM = Duration.ofMinutes(5);

  /**
   * Something is expected that members tell by themselves; this is for the case that they don't.
   */
  public static final Duration WATCHFUL = Duration.ofSeconds(2);

  public static final Duration AT_ONCE = Duration.ZERO;

  private static final String OBSTACLE = "the obstacle to be taken away";

  /** What a plan is for. */
  public enum Purpose {
    STEADY,
    INVALID,
    PAUSED,
    HIBERNATE,
    BLOCKED,
    BOOTSTRAP,
    START,
    ELECTION,
    REPAIR,
    SCALE,
    UPDATE,
    QUORUM_LOST,
    UNKNOWN
  }

  /**
   * Nothing is done.
   *
   * @param step what stays in flight, often {@code observed.step()}; null for nothing
   */
  public static Plan idle(
      Purpose purpose, String summary, ObservedCluster observed, @Nullable Step step) {
    return new Plan(
        purpose,
        summary,
        "",
        "",
        observed.clusterId(),
        step,
        null,
        WATCHFUL,
        null,
        observed.verdicts());
  }

  /** The same situation, in which nothing can be done until somebody takes the obstacle away. */
  public Plan blockedBy(String obstacle, ObservedCluster observed) {
    return switch (purpose) {
      // What nobody knows, and what is lost, stays the worse news.
      case QUORUM_LOST, UNKNOWN, ELECTION ->
          idle(purpose, summary + "; besides: " + obstacle, observed, observed.step())
              .withQuorum(quorum)
              .waiting(waitingFor);
      default ->
          idle(Purpose.BLOCKED, "Blocked: " + obstacle, observed, observed.step())
              .waiting(OBSTACLE);
    };
  }

  public Plan withFailure(Failure known) {
    return new Plan(
        purpose, summary, quorum, waitingFor, clusterId, step, action, lookAgain, known, verdicts);
  }

  /**
   * As people are told: an action that failed before is tried again, and the words stay equal from
   * try to try, so that trying costs no writes.
   */
  public Plan told(Instant now) {
    if (failure == null) {
      return this;
    }
    boolean blocked = failure.lasts(now);
    return new Plan(
        blocked ? Purpose.BLOCKED : purpose,
        blocked ? "Blocked: %s (%s)".formatted(failure.message(), summary) : summary,
        quorum,
        blocked ? OBSTACLE : "another try, because it failed: " + failure.message(),
        clusterId,
        step,
        action,
        lookAgain,
        failure,
        verdicts);
  }

  /** Nothing at all is to be touched. */
  public boolean holdsStill() {
    return purpose == Purpose.INVALID || purpose == Purpose.PAUSED;
  }

  public boolean waits() {
    return action == null && !waitingFor.isEmpty();
  }

  public Plan waiting(String what) {
    return new Plan(
        purpose, summary, quorum, what, clusterId, step, null, WATCHFUL, failure, verdicts);
  }

  /** What is done now may not be enough. */
  public Plan expecting(String what) {
    return new Plan(
        purpose, summary, quorum, what, clusterId, step, action, lookAgain, failure, verdicts);
  }

  public Plan doing(Action next) {
    return new Plan(
        purpose, summary, quorum, "", clusterId, step, next, AT_ONCE, failure, verdicts);
  }

  public Plan withStep(@Nullable Step next) {
    return new Plan(
        purpose,
        summary,
        quorum,
        waitingFor,
        clusterId,
        next,
        action,
        lookAgain,
        failure,
        verdicts);
  }

  public Plan withClusterId(long id) {
    return new Plan(
        purpose, summary, quorum, waitingFor, id, step, action, lookAgain, failure, verdicts);
  }

  public Plan withQuorum(String arithmetic) {
    return new Plan(
        purpose,
        summary,
        arithmetic,
        waitingFor,
        clusterId,
        step,
        action,
        lookAgain,
        failure,
        verdicts);
  }

  public Plan lookingAgain(Duration when) {
    return new Plan(
        purpose, summary, quorum, waitingFor, clusterId, step, action, when, failure, verdicts);
  }

  public Plan withVerdicts(Verdicts next) {
    return new Plan(
        purpose, summary, quorum, waitingFor, clusterId, step, action, lookAgain, failure, next);
  }
}
