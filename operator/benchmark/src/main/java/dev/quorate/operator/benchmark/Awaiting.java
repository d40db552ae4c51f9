package dev.quorate.operator.benchmark;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Waiting for what another process does. */
final class Awaiting {
  private static final Duration PAUSE = Duration.ofMillis(20);

  /** Nobody ever counts it down. */
  private static final CountDownLatch NEVER = new CountDownLatch(1);

  /** Asks; may fail for good. */
  interface Question {
    boolean answer() throws IOException, InterruptedException;
  }

  private Awaiting() {}

  static void until(String what, Duration patience, Question question)
      throws IOException, InterruptedException {
    long begin = System.nanoTime();
    while (!question.answer()) {
      if (System.nanoTime() - begin > patience.toNanos()) {
        throw new IOException(
            "waited in vain for %d s until %s".formatted(patience.toSeconds(), what));
      }
      pause(PAUSE);
    }
  }

  static void pause(Duration time) throws InterruptedException {
    var _ = NEVER.await(time.toNanos(), TimeUnit.NANOSECONDS);
  }
}
