package dev.quorate.node.rpc;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * A few threads for reads of many keys, so that those never hold up the network, and a part of the
 * heap for what they find.
 */
public final class ReadThreads implements AutoCloseable {
  private final ThreadPoolExecutor threads;
  private final HeapBudget heap;

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
    heap = new HeapBudget(limits.maxAnswerHeapBytes());
  }

  /** What answers may take, those of all services together. */
  public HeapBudget heap() {
    return heap;
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

  /** What a read found; fails with etcd's "too many requests" if too many wait already. */
  <T> CompletableFuture<T> supply(Supplier<T> read) {
    var found = new CompletableFuture<T>();
    boolean accepted =
        execute(
            () -> {
              try {
                found.complete(read.get());
              } catch (RuntimeException e) {
                found.completeExceptionally(e);
              }
            });
    if (!accepted) {
      found.completeExceptionally(EtcdErrors.TOO_MANY_REQUESTS.asRuntimeException());
    }
    return found;
  }

  @Override
  public void close() {
    threads.shutdown();
  }
}
