package dev.quorate.node.rpc;

import dev.quorate.node.kv.AnswerRoom;
import io.grpc.Status;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * How much of the heap large answers may take together, from when they are read until their clients
 * have taken them. What is taken is an estimate: it must keep the process alive, not be exact. Safe
 * for use by all threads.
 */
public final class HeapBudget {
  private final long limitBytes;
  private final AtomicLong takenBytes = new AtomicLong();

  HeapBudget(long limitBytes) {
    this.limitBytes = limitBytes;
  }

  /** The part of one answer, which has nothing yet. */
  Share share() {
    return share(1);
  }

  /**
   * The same.
   *
   * @param copies how often the answer is in memory at a time
   */
  Share share(int copies) {
    return new Share(copies);
  }

  /** Takes so much if there is room for it; what it returns gives it back, null means no room. */
  public @Nullable Runnable take(long bytes) {
    return bytes > limitBytes - takenBytes.get() ? null : hold(bytes);
  }

  /** Takes so much for what is there already, whether there is room or not. */
  public Runnable hold(long bytes) {
    takenBytes.addAndGet(bytes);
    var held = new AtomicLong(bytes);
    return () -> takenBytes.addAndGet(-held.getAndSet(0));
  }

  /** An answer does not fit. */
  static final class ExceededException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final boolean alone;

    private ExceededException(boolean alone) {
      super("an answer does not fit into memory", null, false, false);
      this.alone = alone;
    }

    /** Whether it never fits; otherwise it may when others have ended. */
    boolean isAlone() {
      return alone;
    }

    Status status() {
      return alone ? EtcdErrors.ANSWER_TOO_LARGE : EtcdErrors.TOO_MANY_REQUESTS;
    }
  }

  /** What one answer takes; given back once. */
  final class Share implements AnswerRoom {
    /** What every answer may take without asking, and what it asks for at a time. */
    private static final long STEP_BYTES = 64 << 10;

    private final int copies;
    private long bytes;
    private long heldBytes;
    private boolean closed;

    private Share(int copies) {
      this.copies = copies;
    }

    /**
     * For one more pair; by the one thread that reads.
     *
     * @throws ExceededException if there is no room for it, or nobody waits for it any more
     */
    @Override
    public void take(long moreBytes) {
      bytes += copies * moreBytes;
      if (bytes > limitBytes) {
        throw new ExceededException(true);
      }
      if (bytes > STEP_BYTES) {
        hold(bytes);
      }
    }

    /** It stays held, for pairs that come in its place. */
    @Override
    public void giveBack(long lessBytes) {
      bytes -= copies * lessBytes;
    }

    private synchronized void hold(long wantedBytes) {
      if (wantedBytes <= heldBytes) {
        return;
      }
      if (closed) {
        throw new ExceededException(false);
      }
      long more = wantedBytes - heldBytes + STEP_BYTES;
      if (takenBytes.addAndGet(more) > limitBytes + STEP_BYTES) {
        takenBytes.addAndGet(-more);
        throw new ExceededException(false);
      }
      heldBytes += more;
    }

    /** The answer has left, or nobody wants it. */
    synchronized void close() {
      if (!closed) {
        closed = true;
        takenBytes.addAndGet(-heldBytes);
      }
    }
  }
}
