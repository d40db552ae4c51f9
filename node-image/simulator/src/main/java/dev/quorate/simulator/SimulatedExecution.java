package dev.quorate.simulator;

import dev.quorate.node.execution.Execution;
import dev.quorate.node.execution.Loop;
import dev.quorate.node.execution.RunningLoop;
import dev.quorate.simulator.disk.PowerCut;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/** Turns the loops and workers of one process in virtual time, by the clock of its node. */
final class SimulatedExecution implements Execution {
  private final Incarnation process;
  private final RandomGenerator random;

  SimulatedExecution(Incarnation process, RandomGenerator random) {
    this.process = process;
    this.random = random;
  }

  @Override
  public long nanoTime() {
    return process.clockNanos();
  }

  @Override
  public RandomGenerator random() {
    return random;
  }

  @Override
  public Executor workers(String name, int most) {
    return task -> process.later(process.workerMicros(name), task);
  }

  @Override
  public void after(Duration delay, Executor executor, Runnable task) {
    process.later(process.trueMicros(delay.toNanos()), () -> executor.execute(task));
  }

  @Override
  public RunningLoop start(String name, Loop loop, Consumer<Throwable> onFault) {
    var running = new SimulatedLoop(name, loop, onFault);
    running.look();
    return running;
  }

  @Override
  public void close() {}

  /** A loop that is turned by events. */
  private final class SimulatedLoop implements RunningLoop {
    private final String name;
    private final Loop loop;
    private final Consumer<Throwable> onFault;
    private boolean coming;
    private long rests;
    private boolean failed;

    SimulatedLoop(String name, Loop loop, Consumer<Throwable> onFault) {
      this.name = name;
      this.loop = loop;
      this.onFault = onFault;
    }

    private void look() {
      if (failed || loop.hasEnded()) {
        return;
      }
      if (loop.hasWork(this::come)) {
        come();
        return;
      }
      long rest = ++rests;
      long micros = process.trueMicros(loop.restUntilNanos() - nanoTime());
      process.later(
          micros,
          () -> {
            if (rest == rests && !coming) {
              turn();
            }
          });
    }

    private void come() {
      if (!coming) {
        coming = true;
        process.later(process.turnMicros(name), this::turn);
      }
    }

    private void turn() {
      coming = false;
      rests++;
      try {
        loop.turn();
      } catch (PowerCut e) {
        throw e;
      } catch (Throwable e) {
        failed = true;
        if (!process.isPowerCut()) {
          onFault.accept(e);
        }
      }
      look();
    }

    @Override
    public boolean finish(Duration patience) {
      throw new UnsupportedOperationException("a simulated process only ends in a crash");
    }

    @Override
    public boolean turns(Duration patience) {
      return !failed;
    }
  }
}
