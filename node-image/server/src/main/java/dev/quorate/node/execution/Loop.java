package dev.quorate.node.execution;

/** Work that is done in turns, one at a time and never on two threads at once. */
public interface Loop {
  /**
   * Whether something waits for a turn. If nothing does, {@code wake} is run as soon as something
   * comes in, on any thread.
   */
  boolean hasWork(Runnable wake);

  /** Until when it may rest if nothing comes in; asked before every rest. */
  long restUntilNanos();

  /** Does all that waits and all that is due by the clock, which may be nothing. */
  void turn() throws Exception;

  /** Takes nothing more in, and ends when it has done what waits. */
  void close();

  boolean hasEnded();
}
