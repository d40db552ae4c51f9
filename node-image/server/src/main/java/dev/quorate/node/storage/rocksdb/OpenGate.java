package dev.quorate.node.storage.rocksdb;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Counts who is inside, so that native memory is not freed under a reader: that would end the whole
 * process.
 */
final class OpenGate {
  private static final int CLOSED = 1 << 31;

  /** The number of users, and one bit for closed. */
  private final AtomicInteger state = new AtomicInteger();

  private volatile @Nullable Thread closing;

  void enter() {
    if ((state.incrementAndGet() & CLOSED) != 0) {
      leave();
      throw closed();
    }
  }

  /** For who is inside for long: to leave when the others are waited for. */
  void check() {
    if (isClosed()) {
      throw closed();
    }
  }

  private static IllegalStateException closed() {
    return new IllegalStateException(
        "this member's state is being closed or replaced by the leader's: ask again");
  }

  void leave() {
    if (state.decrementAndGet() == CLOSED) {
      LockSupport.unpark(closing);
    }
  }

  /** Lets nobody in any more and waits until all are out; false if they did not leave in time. */
  boolean close(Duration patience) {
    closing = Thread.currentThread();
    state.accumulateAndGet(CLOSED, (before, bit) -> before | bit);
    long deadlineNanos = System.nanoTime() + patience.toNanos();
    long leftNanos = patience.toNanos();
    while (state.get() != CLOSED && leftNanos > 0) {
      LockSupport.parkNanos(this, leftNanos);
      leftNanos = deadlineNanos - System.nanoTime();
    }
    return state.get() == CLOSED;
  }

  boolean isClosed() {
    return (state.get() & CLOSED) != 0;
  }
}
