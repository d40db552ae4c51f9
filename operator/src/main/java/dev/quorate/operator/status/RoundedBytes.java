package dev.quorate.operator.status;

import org.jspecify.annotations.Nullable;

/** Sizes that grow with every write, as a status tells them that is not written with every one. */
final class RoundedBytes {
  private static final long LEAST = 1L << 20;

  private RoundedBytes() {}

  /**
   * Rounded up to one of the steps, of which there are four between a power of two and the next.
   * What was told stays until the size is more, or two steps less, so that one that goes to and fro
   * is not told again and again.
   */
  static long told(long bytes, @Nullable Long before) {
    long now = up(bytes);
    return before != null && now < before && now >= below(before) ? before : now;
  }

  private static long up(long bytes) {
    if (bytes <= LEAST) {
      return LEAST;
    }
    long step = Long.highestOneBit(bytes) / 4;
    return Math.ceilDiv(bytes, step) * step;
  }

  /** The step before one. */
  private static long below(long step) {
    return step - Long.highestOneBit(step - 1) / 4;
  }

  static String text(long bytes) {
    return bytes % (1L << 30) == 0 ? (bytes >> 30) + "Gi" : Math.ceilDiv(bytes, 1L << 20) + "Mi";
  }
}
