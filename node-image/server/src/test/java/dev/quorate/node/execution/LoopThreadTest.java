package dev.quorate.node.execution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The rules of {@link Loop} on a thread of its own. */
class LoopThreadTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** What a loop may do next can depend on its last turn, not on how long it has rested since. */
  @Test
  void turnsWhenItsTimeHasComeAlsoIfThatIsToldFromNowOn() throws InterruptedException {
    var loop = new CountedLoop(Duration.ofMillis(2));
    var thread = start(loop);
    await().atMost(PATIENCE).until(() -> loop.turns.get() > 20);
    assertThat(thread.finish(PATIENCE)).isTrue();
  }

  @Test
  void turnsWhenSomethingComesIn() throws InterruptedException {
    var loop = new CountedLoop(Duration.ofHours(1));
    var thread = start(loop);
    await().atMost(PATIENCE).until(() -> loop.sleeper.get() != null);
    assertThat(loop.turns).hasValue(0);
    loop.items.incrementAndGet();
    loop.wake();
    await().atMost(PATIENCE).until(() -> loop.turns.get() == 1);
    assertThat(thread.finish(PATIENCE)).isTrue();
  }

  private static LoopThread start(Loop loop) {
    var thread =
        new LoopThread(
            "test-loop",
            loop,
            failure -> {
              throw new AssertionError(failure);
            });
    thread.start();
    return thread;
  }

  private record CountedLoop(
      Duration rest,
      AtomicInteger turns,
      AtomicInteger items,
      AtomicBoolean closed,
      AtomicReference<@Nullable Runnable> sleeper)
      implements Loop {
    CountedLoop(Duration rest) {
      this(
          rest,
          new AtomicInteger(),
          new AtomicInteger(),
          new AtomicBoolean(),
          new AtomicReference<>());
    }

    void wake() {
      var wake = sleeper.getAndSet(null);
      if (wake != null) {
        wake.run();
      }
    }

    @Override
    public boolean hasWork(Runnable wake) {
      sleeper.set(wake);
      return closed.get() || items.get() > 0;
    }

    @Override
    public long restUntilNanos() {
      return System.nanoTime() + rest.toNanos();
    }

    @Override
    public void turn() {
      items.set(0);
      turns.incrementAndGet();
    }

    @Override
    public void close() {
      closed.set(true);
      wake();
    }

    @Override
    public boolean hasEnded() {
      return closed.get();
    }
  }
}
