package dev.quorate.operator;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Asks again every second until nothing is wrong, or the time is over. */
record Patience(int seconds) {

  /** What was wrong when it was asked last; it is asked at least once. */
  List<String> untilNone(Supplier<List<String>> problems) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    var never = new CountDownLatch(1);
    while (true) {
      List<String> found = problems.get();
      if (found.isEmpty() || System.nanoTime() >= deadline) {
        return found;
      }
      var _ = never.await(1, TimeUnit.SECONDS);
    }
  }
}
