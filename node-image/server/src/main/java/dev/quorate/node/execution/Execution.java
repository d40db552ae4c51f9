package dev.quorate.node.execution;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/** What one owner's loops and workers run on, and the clock they see. Safe for all threads. */
public interface Execution extends AutoCloseable {
  /** As {@link System#nanoTime}: for differences alone. */
  long nanoTime();

  /** Chance that need not be the same twice. */
  RandomGenerator random();

  /**
   * Workers that take tasks in the order in which they come; none while there is nothing to do.
   *
   * @param name of the threads
   * @param most how many tasks go on at once; {@link Integer#MAX_VALUE}: no task waits
   */
  Executor workers(String name, int most);

  /** Has a task done on an executor once some time has passed. */
  void after(Duration delay, Executor executor, Runnable task);

  /**
   * Lets a loop turn from now on until it has ended.
   *
   * @param onFault hears what a turn has thrown; the loop does not turn any more then
   */
  RunningLoop start(String name, Loop loop, Consumer<Throwable> onFault);

  /** Lets the workers end when they have done what waits; loops end by themselves. */
  @Override
  void close();

  /** How long a loop rests that has nothing to do unless something comes in. */
  default long idleUntilNanos() {
    return nanoTime() + Duration.ofHours(1).toNanos();
  }
}
