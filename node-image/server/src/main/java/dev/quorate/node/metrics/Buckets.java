package dev.quorate.node.metrics;

/** Bounds of histograms. */
final class Buckets {
  private Buckets() {}

  /** Each bound twice the one before. */
  static double[] doubling(double first, int count) {
    var buckets = new double[count];
    for (int i = 0; i < count; i++) {
      buckets[i] = first * (1L << i);
    }
    return buckets;
  }
}
