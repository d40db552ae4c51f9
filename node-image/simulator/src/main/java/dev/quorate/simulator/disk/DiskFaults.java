package dev.quorate.simulator.disk;

import java.io.IOException;

/** What a disk does to whoever uses it; asked before every step. */
public interface DiskFaults {
  /** Where the power may be cut. */
  enum Step {
    WRITE,
    SYNC,
    RENAME
  }

  /** A disk in good health. */
  DiskFaults NONE =
      new DiskFaults() {
        @Override
        public boolean cutsPower(Step step) {
          return false;
        }

        @Override
        public void check(Step step, long grownBytes) {}
      };

  /** Whether the power is cut in the middle of this step. */
  boolean cutsPower(Step step);

  /**
   * Fails the step.
   *
   * @param grownBytes how much more space it takes
   */
  void check(Step step, long grownBytes) throws IOException;
}
