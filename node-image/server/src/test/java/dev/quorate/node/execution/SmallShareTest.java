package dev.quorate.node.execution;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class SmallShareTest {
  private static final Duration WORK = Duration.ofMillis(10);

  @Test
  void takesASmallShareOfTheTimeOnly() {
    try (var threads = new Threads("small-share")) {
      long began = System.nanoTime();
      var share = new SmallShare(threads);
      long worked = 0;
      while (worked < WORK.toNanos()) {
        long from = System.nanoTime();
        while (System.nanoTime() - from < Duration.ofMillis(1).toNanos()) {
          Thread.onSpinWait();
        }
        worked += System.nanoTime() - from;
        share.run();
      }
      assertThat(System.nanoTime() - began).isGreaterThan(10 * WORK.toNanos());
    }
  }

  @Test
  void doesNotRestWhereNothingTakesTime() {
    try (var threads = new Threads("small-share")) {
      var share = new SmallShare(threads);
      long began = System.nanoTime();
      for (int i = 0; i < 100; i++) {
        share.run();
      }
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(1));
    }
  }
}
