package dev.quorate.e2e.client;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What the client's tasks saw together: promises of the cluster, and every one that was broken. */
final class History {
  private static final int MOST_VIOLATIONS = 20;

  private final Map<String, Promise> acknowledged = new TreeMap<>();
  private final List<String> violations = new ArrayList<>();
  private boolean began;
  private long lastAcknowledgedNanos;
  private long longestPauseNanos;
  private long counter;
  private long reads;

  /** A write that the cluster said is done: its value and the revision in the answer. */
  record Promise(String value, long revision) {}

  synchronized void acknowledge(String key, String value, long revision) {
    acknowledged.put(key, new Promise(value, revision));
    noteSuccess();
  }

  synchronized void acknowledgeCounter(long value) {
    counter = value;
    noteSuccess();
  }

  private void noteSuccess() {
    long now = System.nanoTime();
    if (began) {
      longestPauseNanos = Math.max(longestPauseNanos, now - lastAcknowledgedNanos);
    }
    began = true;
    lastAcknowledgedNanos = now;
  }

  /** The counter's last acknowledged value: no read that begins later may see less. */
  synchronized long counter() {
    return counter;
  }

  synchronized void countRead() {
    reads++;
  }

  synchronized void violation(String text) {
    if (violations.size() < MOST_VIOLATIONS) {
      violations.add(text);
    }
  }

  synchronized Map<String, Promise> acknowledged() {
    return new TreeMap<>(acknowledged);
  }

  synchronized String progress() {
    return "progress acknowledged=%d reads=%d".formatted(acknowledged.size() + counter, reads);
  }

  synchronized List<String> summary(Map<String, Integer> failures, RequestTally tally) {
    var lines = new ArrayList<String>();
    lines.add("summary acknowledged=" + acknowledged.size());
    lines.add("summary counter=" + counter);
    lines.add("summary reads=" + reads);
    lines.add("summary requests=" + tally.requests());
    lines.add("summary retried=" + tally.retried());
    lines.add("summary failed=" + tally.failed());
    lines.add("summary slowestRequestMilliseconds=" + tally.slowestMilliseconds());
    lines.add("summary longestPauseMilliseconds=" + longestPauseNanos / 1_000_000);
    failures.forEach((text, times) -> lines.add("failure " + times + " x " + text));
    violations.forEach(violation -> lines.add("violation " + violation));
    return lines;
  }
}
