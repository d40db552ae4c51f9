package dev.quorate.benchmark;

import org.HdrHistogram.Histogram;

/** What one measurement saw; times are in microseconds. */
record LoadResult(double seconds, long failures, String lastFailure, Histogram times) {
  double requestsPerSecond() {
    return times.getTotalCount() / seconds;
  }

  double milliseconds(double percentile) {
    return times.getValueAtPercentile(percentile) / 1000.0;
  }
}
