package dev.quorate.node.kv;

import com.google.protobuf.ByteString;
import dev.quorate.api.etcd.Permission;
import java.util.Collection;
import java.util.Comparator;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A set of keys as disjoint intervals. An interval ends before its end; an empty end is behind
 * every key.
 */
final class KeyIntervals {
  static final ByteString BEHIND_ALL = ByteString.EMPTY;

  private static final ByteString ZERO = ByteString.copyFrom(new byte[] {0});
  private static final Comparator<ByteString> KEYS = ByteString.unsignedLexicographicalComparator();

  private final NavigableMap<ByteString, ByteString> endsByStart = new TreeMap<>(KEYS);

  /** The keys that the permissions speak of, overlapping or not. */
  static KeyIntervals of(Collection<Permission> permissions) {
    var intervals = new KeyIntervals();
    for (var permission : permissions) {
      intervals.add(permission.getKey(), end(permission.getKey(), permission.getRangeEnd()));
    }
    return intervals;
  }

  /** Where a range ends, in etcd's notation: no end means one key, a zero byte means no end. */
  static ByteString end(ByteString key, ByteString rangeEnd) {
    if (rangeEnd.isEmpty()) {
      return key.concat(ZERO);
    }
    return rangeEnd.equals(ZERO) ? BEHIND_ALL : rangeEnd;
  }

  /** Whether the first end lies before the second. */
  static boolean endsBefore(ByteString one, ByteString other) {
    if (one.isEmpty() || other.isEmpty()) {
      return !one.isEmpty();
    }
    return KEYS.compare(one, other) < 0;
  }

  /** Up to where all keys from this one on are in the set; null if not even this one is. */
  @Nullable ByteString endFrom(ByteString key) {
    var interval = endsByStart.floorEntry(key);
    if (interval == null) {
      return null;
    }
    ByteString end = interval.getValue();
    return end.isEmpty() || KEYS.compare(key, end) < 0 ? end : null;
  }

  private void add(ByteString start, ByteString end) {
    ByteString from = start;
    ByteString to = end;
    var before = endsByStart.floorEntry(start);
    if (before != null && !endsBefore(before.getValue(), start)) {
      from = before.getKey();
      to = later(to, before.getValue());
    }
    var next = endsByStart.ceilingEntry(from);
    while (next != null && (to.isEmpty() || KEYS.compare(next.getKey(), to) <= 0)) {
      to = later(to, next.getValue());
      endsByStart.remove(next.getKey());
      next = endsByStart.ceilingEntry(from);
    }
    endsByStart.put(from, to);
  }

  private static ByteString later(ByteString one, ByteString other) {
    return endsBefore(one, other) ? other : one;
  }
}
