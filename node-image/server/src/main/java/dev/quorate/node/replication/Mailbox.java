package dev.quorate.node.replication;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A queue from many threads to one loop, which takes all that waits at once: under load a turn of
 * the loop costs one lock, however much has come in. The loop parks only when nothing waits.
 */
final class Mailbox<T> {
  private final int capacity;
  private final Object lock = new Object();
  private List<T> filling = new ArrayList<>();
  private List<T> spare = new ArrayList<>();
  private @Nullable Thread parked;
  private boolean closed;

  Mailbox(int capacity) {
    this.capacity = capacity;
  }

  /** Adds an item unless the mailbox is full or closed: nobody would take it any more. */
  boolean offer(T item) {
    Thread sleeper;
    synchronized (lock) {
      if (closed || filling.size() >= capacity) {
        return false;
      }
      filling.add(item);
      sleeper = parked;
      parked = null;
    }
    if (sleeper != null) {
      LockSupport.unpark(sleeper);
    }
    return true;
  }

  /**
   * Adds an item even to a full mailbox: for reports whose number is bounded by what they answer,
   * and that must never be lost.
   */
  void put(T item) {
    Thread sleeper;
    synchronized (lock) {
      filling.add(item);
      sleeper = parked;
      parked = null;
    }
    if (sleeper != null) {
      LockSupport.unpark(sleeper);
    }
  }

  /**
   * Everything that waits, in order; empty when nothing came in until the deadline or the mailbox
   * was closed. The list is the caller's until the next call.
   */
  List<T> take(long deadlineNanos) {
    spare.clear();
    while (true) {
      synchronized (lock) {
        if (!filling.isEmpty()) {
          var taken = filling;
          filling = spare;
          spare = taken;
          parked = null;
          return taken;
        }
        if (closed) {
          return spare;
        }
        parked = Thread.currentThread();
      }
      long waitNanos = deadlineNanos - System.nanoTime();
      if (waitNanos <= 0) {
        return spare;
      }
      LockSupport.parkNanos(this, waitNanos);
    }
  }

  /** The reader gets what is left and does not wait any more; nothing should be added. */
  void close() {
    Thread sleeper;
    synchronized (lock) {
      closed = true;
      sleeper = parked;
      parked = null;
    }
    if (sleeper != null) {
      LockSupport.unpark(sleeper);
    }
  }

  /** Whether it was closed and all of it was taken. */
  boolean isExhausted() {
    synchronized (lock) {
      return closed && filling.isEmpty();
    }
  }
}
