package dev.quorate.node.replication;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The threads beside the loops: few, and none while there is nothing for them to do. */
final class WorkerThreads {
  private static final int READERS = 2;
  private static final long IDLE_SECONDS = Duration.ofSeconds(30).toSeconds();

  private final ThreadPoolExecutor readers;
  private final ThreadPoolExecutor background;

  WorkerThreads(long memberId) {
    var id = Long.toHexString(memberId);
    readers =
        new ThreadPoolExecutor(
            READERS,
            READERS,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            named("quorate-read-" + id));
    readers.allowCoreThreadTimeOut(true);
    background =
        new ThreadPoolExecutor(
            0,
            Integer.MAX_VALUE,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            named("quorate-background-" + id));
  }

  private static ThreadFactory named(String name) {
    return Thread.ofPlatform().name(name).daemon().factory();
  }

  /** Where the callbacks of linearizable reads run, and read the state. */
  Executor readers() {
    return readers;
  }

  /** For flushes, transfers of states and listeners: rare, and slow ones do not meet. */
  Executor background() {
    return background;
  }

  void close() {
    readers.shutdown();
    background.shutdown();
  }
}
