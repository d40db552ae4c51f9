package dev.quorate.node.execution;

import java.util.concurrent.locks.LockSupport;

/**
 * Spreads a long task that nobody waits for over time: {@link #run}, called between small pieces of
 * it, rests so that the task never takes more than a twentieth of one processor. A whole processor
 * for a twentieth of the time would be the same on average, and be felt by every request meanwhile.
 *
 * <p>On virtual time no piece takes any time, so nothing rests. For one thread.
 */
public final class SmallShare implements Runnable {
  private static final long PIECE_NANOS = 500_000;
  private static final long RESTS_PER_PIECE = 19;

  /**
   * A piece may seem long because the thread had to wait; whoever closes the store waits for us.
   */
  private static final long LONGEST_REST_NANOS = 100_000_000;

  private final Execution execution;
  private long begunNanos;

  public SmallShare(Execution execution) {
    this.execution = execution;
    this.begunNanos = execution.nanoTime();
  }

  @Override
  public void run() {
    long worked = execution.nanoTime() - begunNanos;
    if (worked >= PIECE_NANOS) {
      LockSupport.parkNanos(Math.min(RESTS_PER_PIECE * worked, LONGEST_REST_NANOS));
      begunNanos = execution.nanoTime();
    }
  }
}
