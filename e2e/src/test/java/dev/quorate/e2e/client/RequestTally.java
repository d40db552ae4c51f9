package dev.quorate.e2e.client;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Requests as an application counts them: one is answered, in however many attempts, or it failed
 * because no attempt was answered within the time that ordinary clients give a request. It begins
 * after the first answer: until then a program starts, and loads its classes.
 *
 * <p>Times are those of {@link System#nanoTime}. Not safe for use by several threads.
 */
final class RequestTally {
  /** As etcdctl's --command-timeout. */
  static final Duration LIMIT = Duration.ofSeconds(5);

  private boolean warm;
  private long beganNanos;
  private int attempts;
  private int answered;
  private int retried;
  private int failed;
  private long slowestNanos;

  /** An attempt begins, of a new request if none is under way; the time that the request has. */
  Duration attempt(long now) {
    if (attempts > 0 && !isWithinLimit(now)) {
      fail(now);
    }
    if (attempts == 0) {
      beganNanos = now;
    }
    attempts++;
    return LIMIT.minusNanos(now - beganNanos);
  }

  void answered(long now) {
    if (warm) {
      answered++;
    }
    end(now);
    warm = true;
  }

  /** The attempt was in vain; the next one belongs to the same request while there is time. */
  void unanswered(long now) {
    if (!isWithinLimit(now)) {
      fail(now);
    }
  }

  private boolean isWithinLimit(long now) {
    return now - beganNanos < LIMIT.toNanos();
  }

  private void fail(long now) {
    if (warm) {
      failed++;
    }
    end(now);
  }

  private void end(long now) {
    if (warm) {
      retried += attempts > 1 ? 1 : 0;
      slowestNanos = Math.max(slowestNanos, now - beganNanos);
    }
    attempts = 0;
  }

  int requests() {
    return answered + failed;
  }

  /** Those that took more than one attempt, failed ones too. */
  int retried() {
    return retried;
  }

  int failed() {
    return failed;
  }

  long slowestMilliseconds() {
    return TimeUnit.NANOSECONDS.toMillis(slowestNanos);
  }

  /** Takes in what another connection counted. */
  void add(RequestTally other) {
    answered += other.answered;
    retried += other.retried;
    failed += other.failed;
    slowestNanos = Math.max(slowestNanos, other.slowestNanos);
  }
}
