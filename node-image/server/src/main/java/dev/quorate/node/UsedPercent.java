package dev.quorate.node;

import dev.quorate.node.storage.DiskSpace;

/**
 * How much of a disk is in use, in steps: a step up is told at once, and one down only when it is
 * more than one, so that a disk that is written to and cleared up again says the same for long.
 */
final class UsedPercent {
  private static final int STEP = 5;
  private static final int SAME_PART = 32;

  private long totalBytes;
  private int steps;

  /** What is to be told now. */
  int of(DiskSpace space) {
    int now = space.usedPercent() / STEP;
    // Of a disk that has become larger nothing is known yet; some change a little with every write.
    boolean other = Math.abs(space.totalBytes() - totalBytes) > totalBytes / SAME_PART;
    if (other || now > steps || now < steps - 1) {
      totalBytes = space.totalBytes();
      steps = now;
    }
    return steps * STEP;
  }
}
