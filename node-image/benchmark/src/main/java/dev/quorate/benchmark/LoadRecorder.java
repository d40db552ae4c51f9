package dev.quorate.benchmark;

import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.Recorder;

/** Collects times and failures; written by the event loop, read by the measuring thread. */
final class LoadRecorder {
  private static final long MAX_MICROSECONDS = 120_000_000;
  private static final int DIGITS = 3;

  private final Recorder times = new Recorder(MAX_MICROSECONDS, DIGITS);
  private final AtomicLong failures = new AtomicLong();
  private volatile String lastFailure = "";

  void answered(long nanos) {
    times.recordValue(Math.clamp(nanos / 1000, 0, MAX_MICROSECONDS));
  }

  void failed(String reason) {
    failures.incrementAndGet();
    lastFailure = reason;
  }

  void begin() {
    times.reset();
    failures.set(0);
  }

  LoadResult end(double seconds) {
    return new LoadResult(seconds, failures.get(), lastFailure, times.getIntervalHistogram());
  }
}
