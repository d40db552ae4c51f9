package dev.quorate.benchmark;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.Recorder;

/** Collects times and failures; written by the event loop, read by the measuring thread. */
final class LoadRecorder {
  private static final long MAX_MICROSECONDS = 120_000_000;
  private static final int DIGITS = 3;

  private final Recorder times = new Recorder(MAX_MICROSECONDS, DIGITS);
  private final AtomicInteger waiting = new AtomicInteger();
  private final AtomicLong answers = new AtomicLong();
  private final AtomicLong failures = new AtomicLong();
  private volatile String lastFailure = "";

  void sent() {
    waiting.incrementAndGet();
  }

  /** How many requests have no answer yet. */
  int waiting() {
    return waiting.get();
  }

  void answered(long nanos) {
    waiting.decrementAndGet();
    answers.incrementAndGet();
    times.recordValue(Math.clamp(nanos / 1000, 0, MAX_MICROSECONDS));
  }

  void failed(String reason) {
    waiting.decrementAndGet();
    failures.incrementAndGet();
    lastFailure = reason;
  }

  void begin() {
    times.reset();
    answers.set(0);
    failures.set(0);
  }

  long answers() {
    return answers.get();
  }

  /** Who still waits for an answer has failed. */
  LoadResult end(double seconds, long answeredInTime) {
    int unanswered = waiting.get();
    return new LoadResult(
        seconds,
        answeredInTime,
        failures.get() + unanswered,
        unanswered > 0 ? "no answer until the end" : lastFailure,
        times.getIntervalHistogram());
  }
}
