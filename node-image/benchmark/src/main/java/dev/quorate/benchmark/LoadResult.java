package dev.quorate.benchmark;

import org.HdrHistogram.Histogram;

/**
 * What one measurement saw.
 *
 * @param answeredInTime answers within the measured seconds; {@code times} also has those of the
 *     requests that were on their way at the end
 * @param times in microseconds
 */
record LoadResult(
    double seconds, long answeredInTime, long failures, String lastFailure, Histogram times) {
  double requestsPerSecond() {
    return answeredInTime / seconds;
  }

  double milliseconds(double percentile) {
    return times.getValueAtPercentile(percentile) / 1000.0;
  }
}
