package dev.quorate.node.replication;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A queue from many threads to one loop, which takes all that waits at once: under load a turn of
 * the loop costs one lock, however much has come in. The loop is woken only when it found nothing.
 */
final class Mailbox<T> {
  private final int capacity;
  private final Object lock = new Object();
  private List<T> filling = new ArrayList<>();
  private List<T> spare = new ArrayList<>();
  private @Nullable Runnable sleeper;
  private boolean closed;

  Mailbox(int capacity) {
    this.capacity = capacity;
  }

  /** Adds an item unless the mailbox is full or closed: nobody would take it any more. */
  boolean offer(T item) {
    Runnable wake;
    synchronized (lock) {
      if (closed || filling.size() >= capacity) {
        return false;
      }
      filling.add(item);
      wake = takeSleeper();
    }
    wake(wake);
    return true;
  }

  /**
   * Adds an item even to a full mailbox: for reports whose number is bounded by what they answer,
   * and that must never be lost.
   */
  void put(T item) {
    Runnable wake;
    synchronized (lock) {
      filling.add(item);
      wake = takeSleeper();
    }
    wake(wake);
  }

  private @Nullable Runnable takeSleeper() {
    var wake = sleeper;
    sleeper = null;
    return wake;
  }

  private static void wake(@Nullable Runnable wake) {
    if (wake != null) {
      wake.run();
    }
  }

  /**
   * Whether something waits, or the mailbox was closed; if not, {@code wake} is run once when that
   * changes.
   */
  boolean hasItems(Runnable wake) {
    synchronized (lock) {
      boolean found = closed || !filling.isEmpty();
      sleeper = found ? null : wake;
      return found;
    }
  }

  /** Everything that waits, in order. The list is the caller's until the next call. */
  List<T> take() {
    spare.clear();
    synchronized (lock) {
      var taken = filling;
      filling = spare;
      spare = taken;
      sleeper = null;
      return taken;
    }
  }

  /** The reader gets what is left and does not wait any more; nothing should be added. */
  void close() {
    Runnable wake;
    synchronized (lock) {
      closed = true;
      wake = takeSleeper();
    }
    wake(wake);
  }

  /** Whether it was closed and all of it was taken. */
  boolean isExhausted() {
    synchronized (lock) {
      return closed && filling.isEmpty();
    }
  }
}
