package dev.quorate.node.watch;

import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.random.RandomGenerator;

/**
 * When each stream reports progress: at intervals with a random surplus of up to a tenth, so that
 * streams that began together do not report together.
 */
final class ProgressTimes {
  private record Due(long nanos, long sequence, WatchStream stream) {}

  private final long intervalNanos;
  private final RandomGenerator random;
  private final TreeSet<Due> order =
      new TreeSet<>(Comparator.comparingLong(Due::nanos).thenComparingLong(Due::sequence));
  private final Map<WatchStream, Due> dues = new HashMap<>();
  private long sequence;

  ProgressTimes(long intervalNanos, RandomGenerator random) {
    this.intervalNanos = intervalNanos;
    this.random = random;
  }

  void add(WatchStream stream, long nowNanos) {
    long surplus = random.nextLong(Math.max(1, intervalNanos / 10));
    var due = new Due(nowNanos + intervalNanos + surplus, sequence++, stream);
    order.add(due);
    dues.put(stream, due);
  }

  void remove(WatchStream stream) {
    var due = dues.remove(stream);
    if (due != null) {
      order.remove(due);
    }
  }

  boolean isDue(long nowNanos) {
    return !order.isEmpty() && order.first().nanos() - nowNanos <= 0;
  }

  /** The stream that is due; its next time is counted from now. */
  WatchStream take(long nowNanos) {
    var stream = order.first().stream();
    remove(stream);
    add(stream, nowNanos);
    return stream;
  }

  long nextNanos(long otherwiseNanos) {
    return order.isEmpty() ? otherwiseNanos : order.first().nanos();
  }
}
