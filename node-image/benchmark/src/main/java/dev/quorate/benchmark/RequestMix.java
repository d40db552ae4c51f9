package dev.quorate.benchmark;

/**
 * Which kinds of requests come how often, as fractions of all; what is left are puts.
 *
 * @param reads of one key
 * @param ranges of {@value #KEYS_PER_RANGE} keys
 * @param compareAndSets transactions that put if the key has not changed since the client put it
 * @param serializable whether reads and ranges are
 */
record RequestMix(double reads, double ranges, double compareAndSets, boolean serializable) {
  static final int KEYS_PER_RANGE = 100;
  static final RequestMix PUTS = new RequestMix(0, 0, 0, false);
  static final RequestMix RANGES = new RequestMix(0, 1, 0, false);
  static final RequestMix COMPARE_AND_SETS = new RequestMix(0, 0, 1, false);

  static RequestMix reads(double fraction, boolean serializable) {
    return new RequestMix(fraction, 0, 0, serializable);
  }

  /** A few words for a table. */
  String title(int valueBytes) {
    String consistency = serializable ? "serializable" : "linearizable";
    if (ranges == 1) {
      return "%s ranges of %d keys".formatted(consistency, KEYS_PER_RANGE);
    }
    if (compareAndSets == 1) {
      return "compare-and-sets of %d bytes".formatted(valueBytes);
    }
    if (reads == 0) {
      return "puts of %d bytes".formatted(valueBytes);
    }
    String kind = consistency + " reads";
    return reads == 1 ? kind : "%.0f %% %s, else puts".formatted(reads * 100, kind);
  }
}
