package dev.quorate.operator.plan;

import java.time.Duration;
import java.time.Instant;

/**
 * An action that was tried and did not succeed; it is in the status until the action succeeds or is
 * not wanted any more.
 *
 * @param action its kind
 * @param message why, for people
 * @param since when it failed for the first time in a row
 */
public record Failure(String action, String member, String message, Instant since) {
  /** For so long it counts as a hitch that the next try gets over. */
  private static final Duration HITCH = Duration.ofSeconds(10);

  private static final Duration SHORTEST_PAUSE = Duration.ofSeconds(2);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

  public static Failure of(Action action, String message, Instant now) {
    return new Failure(action.kind(), action.member(), message, now);
  }

  public boolean isOf(Action other) {
    return action.equals(other.kind()) && member.equals(other.member());
  }

  /** The same with what it says now. */
  public Failure saying(String next) {
    return new Failure(action, member, next, since);
  }

  boolean lasts(Instant now) {
    return !now.isBefore(since.plus(HITCH));
  }

  boolean lastsLong(Instant now) {
    return !now.isBefore(since.plus(LONGEST_PAUSE));
  }

  /** When to try again: the longer it fails, the later. */
  public Duration pause(Instant now) {
    var failing = Duration.between(since, now);
    if (failing.compareTo(SHORTEST_PAUSE) < 0) {
      return SHORTEST_PAUSE;
    }
    return failing.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : failing;
  }
}
