package dev.quorate.node.rpc;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** A few threads for reads of many keys, so that those never hold up the network. */
public final class ReadThreads implements AutoCloseable {
  private final ThreadPoolExecutor threads;

  public ReadThreads(KvLimits limits) {
    threads =
        new ThreadPoolExecutor(
            limits.readThreads(),
            limits.readThreads(),
            1,
            TimeUnit.MINUTES,
            new ArrayBlockingQueue<>(limits.maxWaitingReads()),
            Thread.ofPlatform().daemon().name("read-", 0).factory());
    threads.allowCoreThreadTimeOut(true);
  }

  /** Runs a read soon; false if too many wait already. */
  boolean execute(Runnable read) {
    try {
      threads.execute(read);
      return true;
    } catch (RejectedExecutionException _) {
      return false;
    }
  }

  @Override
  public void close() {
    threads.shutdown();
  }
}
