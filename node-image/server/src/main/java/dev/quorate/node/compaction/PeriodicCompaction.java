package dev.quorate.node.compaction;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.List;

/**
 * Keeps what was written during the last period: compacts the revision that was current a period
 * ago, once in a period or once an hour, whichever is more often.
 */
public final class PeriodicCompaction implements CompactionRule {
  private static final Duration LONGEST_PAUSE = Duration.ofHours(1);
  private static final int SAMPLES_A_PAUSE = 10;
  private static final int MOST_SAMPLES = 1000;

  /** The revision that was current at a time. */
  private record Sample(long atNanoseconds, long revision) {}

  private final Duration period;
  private final Duration pause;
  private final Deque<Sample> samples = new ArrayDeque<>();
  private boolean compactedOnce;
  private long lastNanoseconds;
  private long lastRevision;

  public PeriodicCompaction(Duration period) {
    this.period = period;
    this.pause = Collections.min(List.of(period, LONGEST_PAUSE));
  }

  @Override
  public Duration interval() {
    return Collections.max(
        List.of(pause.dividedBy(SAMPLES_A_PAUSE), period.dividedBy(MOST_SAMPLES)));
  }

  @Override
  public long due(long nowNanoseconds, long revision) {
    samples.addLast(new Sample(nowNanoseconds, revision));
    long kept = periodAgo(nowNanoseconds);
    boolean rested = !compactedOnce || nowNanoseconds - lastNanoseconds >= pause.toNanos();
    return rested && kept > lastRevision ? kept : NOTHING;
  }

  /** The newest revision that is a whole period old; forgets the older ones. */
  private long periodAgo(long nowNanoseconds) {
    long revision = NOTHING;
    Sample oldest = samples.peekFirst();
    while (oldest != null && nowNanoseconds - oldest.atNanoseconds >= period.toNanos()) {
      revision = oldest.revision;
      samples.removeFirst();
      oldest = samples.peekFirst();
    }
    if (revision != NOTHING) {
      // It is still the answer when the leader asks again before the next one is old enough.
      samples.addFirst(new Sample(nowNanoseconds - period.toNanos(), revision));
    }
    return revision;
  }

  @Override
  public void compacted(long nowNanoseconds, long revision) {
    compactedOnce = true;
    lastNanoseconds = nowNanoseconds;
    lastRevision = Math.max(lastRevision, revision);
  }
}
