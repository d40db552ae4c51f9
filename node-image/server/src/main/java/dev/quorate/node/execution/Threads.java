package dev.quorate.node.execution;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/** Real time and real threads: one for every loop, and workers that come and go. */
public final class Threads implements Execution {
  private static final long IDLE_SECONDS = Duration.ofSeconds(30).toSeconds();

  private final String suffix;
  private final Queue<ExecutorService> pools = new ConcurrentLinkedQueue<>();

  /** The workers' names say whose they are. */
  public Threads(String owner) {
    this.suffix = owner.isEmpty() ? "" : "-" + owner;
  }

  @Override
  public long nanoTime() {
    return System.nanoTime();
  }

  @Override
  public RandomGenerator random() {
    return RandomGenerator.getDefault();
  }

  @Override
  public Executor workers(String name, int most) {
    boolean bounded = most < Integer.MAX_VALUE;
    BlockingQueue<Runnable> queue =
        bounded ? new LinkedBlockingQueue<>() : new SynchronousQueue<>();
    var factory = Thread.ofPlatform().name("quorate-" + name + suffix).daemon().factory();
    var pool =
        new ThreadPoolExecutor(
            bounded ? most : 0, most, IDLE_SECONDS, TimeUnit.SECONDS, queue, factory);
    pool.allowCoreThreadTimeOut(true);
    pools.add(pool);
    return pool;
  }

  @Override
  public void after(Duration delay, Executor executor, Runnable task) {
    CompletableFuture.delayedExecutor(delay.toNanos(), TimeUnit.NANOSECONDS, executor)
        .execute(task);
  }

  @Override
  public RunningLoop start(String name, Loop loop, Consumer<Throwable> onFault) {
    var thread = new LoopThread("quorate-" + name, loop, onFault);
    thread.start();
    return thread;
  }

  @Override
  public void close() {
    pools.forEach(ExecutorService::shutdown);
  }
}
