package dev.quorate.node.execution;

import java.time.Duration;

/** A loop that turns. */
public interface RunningLoop {
  /** Lets it finish what waits, and waits for that; false if it takes too long. */
  boolean finish(Duration patience) throws InterruptedException;

  /** Whether it waits for work, or began its turn lately. */
  boolean turns(Duration patience);
}
