package dev.quorate.raft;

/**
 * The longest that something has lately taken, in ticks: within the last one to two windows of
 * time. Before one whole window is over nothing is known, so that who trusts it has seen enough.
 */
final class RecentHigh {
  /** Nothing is known. */
  static final int UNKNOWN = -1;

  private final int windowTicks;
  private int elapsedTicks;
  private boolean windowIsOver;
  private int highTicks = UNKNOWN;
  private int highBeforeTicks = UNKNOWN;

  RecentHigh(int windowTicks) {
    this.windowTicks = windowTicks;
  }

  void tick() {
    if (++elapsedTicks >= windowTicks) {
      elapsedTicks = 0;
      windowIsOver = true;
      highBeforeTicks = highTicks;
      highTicks = UNKNOWN;
    }
  }

  void took(int ticks) {
    highTicks = Math.max(highTicks, ticks);
  }

  int ticks() {
    return windowIsOver ? Math.max(highTicks, highBeforeTicks) : UNKNOWN;
  }
}
