package dev.quorate.simulator;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** How often what happened: a simulation that never does it proves nothing about it. */
public final class Coverage {
  /** What a run may come to. */
  public enum Event {
    LEADER,
    SHORT_ELECTION_TIMEOUT,
    SNAPSHOT,
    MEMBERSHIP_CHANGE,
    REPLACED_ENTRY,
    CRASH,
    POWER_CUT_IN_WRITE,
    TORN_FILE,
    DISK_ERROR,
    FULL_DISK,
    STOPPED_BY_DISK,
    BIT_FLIP,
    DATA_LOST,
    WIPED_DISK,
    EMPTIED_DISK,
    KEPT_OUT,
    SEGMENT_REMOVED,
    WRITE,
    LINEARIZABLE_READ,
    RANGE_READ,
    TRANSACTION,
    REFUSED_TRANSACTION,
    UNKNOWN_OUTCOME,
    COMPACTION,
    HASH_COMPARED,
    LEASE_GRANTED,
    LEASE_RENEWED,
    LEASE_REVOKED,
    LEASE_EXPIRED,
    LEASE_CHECKPOINT,
    LEASED_KEY_DELETED,
    LEASE_OUTLIVED_LEADERS,
    WATCH_EVENT,
    WATCH_RESUMED,
    WATCH_COMPACTED,
    WATCH_PROGRESS,
    STALLED_WATCH
  }

  private final Map<Event, Long> counts = new EnumMap<>(Event.class);

  void count(Event event) {
    count(event, 1);
  }

  void count(Event event, long times) {
    counts.merge(event, times, Long::sum);
  }

  public long of(Event event) {
    return counts.getOrDefault(event, 0L);
  }

  /** Adds what another run did. */
  public void add(Coverage other) {
    other.counts.forEach(this::count);
  }

  /** In words. */
  public Map<String, Long> counts() {
    var named = new TreeMap<String, Long>();
    counts.forEach(
        (event, count) ->
            named.put(event.name().toLowerCase(Locale.ROOT).replace('_', ' '), count));
    return named;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Coverage coverage && coverage.counts.equals(counts);
  }

  @Override
  public int hashCode() {
    return counts.hashCode();
  }

  @Override
  public String toString() {
    return counts().toString();
  }
}
