package dev.quorate.simulator;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Decides from what clients saw whether a store was linearizable. Every change has a revision, so
 * the order is known and only has to be checked: against real time, and against what reads saw.
 * Values written must be unique. Times are of any one clock.
 */
public final class LinearizabilityChecker {
  /** When an operation returned whose outcome the client never learned. */
  public static final long NEVER = Long.MAX_VALUE;

  /** What one client did and saw. */
  public sealed interface Operation {
    String key();

    long invoked();

    long returned();
  }

  /** A write that compares with nothing. */
  public static final long ANY = -1;

  /**
   * A put, or a delete if {@code value} is null (of a key that was there; any other delete is a
   * read that found nothing). {@code revision} is 0 and {@code returned} {@link #NEVER} if the
   * outcome is unknown; what surely failed is left out.
   *
   * @param expectedModRevision what the key's last change had to be for the write to happen, 0: it
   *     had not to be there; {@link #ANY}: no matter
   */
  public record Write(
      String key,
      @Nullable String value,
      long invoked,
      long returned,
      long revision,
      long expectedModRevision)
      implements Operation {
    public Write(String key, @Nullable String value, long invoked, long returned, long revision) {
      this(key, value, invoked, returned, revision, ANY);
    }
  }

  /** {@code revision} is the store's, from the header; {@code modRevision} 0 for no such key. */
  public record Read(
      String key,
      @Nullable String value,
      long modRevision,
      long invoked,
      long returned,
      long revision)
      implements Operation {}

  private record Timed(Operation operation, long revision) {}

  private final List<String> violations = new ArrayList<>();
  private final Map<String, Write> writesByValue = new TreeMap<>();
  private final IdentityHashMap<Write, Long> learnedRevisions = new IdentityHashMap<>();
  private final Map<String, TreeMap<Long, Write>> writesByKey = new TreeMap<>();
  private final List<Operation> history;

  private LinearizabilityChecker(List<? extends Operation> history) {
    this.history = List.copyOf(history);
  }

  /** Everything that is wrong with the history; nothing if it is linearizable. */
  public static List<String> violations(List<? extends Operation> history) {
    var checker = new LinearizabilityChecker(history);
    checker.learnRevisions();
    checker.orderWrites();
    checker.checkComparisons();
    checker.checkReads();
    checker.checkRealTime();
    return checker.violations;
  }

  private void learnRevisions() {
    for (var operation : history) {
      if (operation instanceof Write write && write.value() != null) {
        if (writesByValue.put(write.value(), write) != null) {
          violations.add("the history writes %s twice".formatted(write.value()));
        }
      }
    }
    for (var operation : history) {
      if (operation instanceof Read read && read.value() != null) {
        learnFrom(read, read.value());
      }
    }
  }

  private void learnFrom(Read read, String value) {
    var write = writesByValue.get(value);
    if (write == null || !write.key().equals(read.key())) {
      violations.add("%s: nobody wrote this value to this key".formatted(read));
    } else if (write.invoked() > read.returned()) {
      violations.add("%s: the value was written only later by %s".formatted(read, write));
    } else {
      long known = revision(write);
      if (known == 0) {
        learnedRevisions.put(write, read.modRevision());
      } else if (known != read.modRevision()) {
        violations.add("%s: the value has revision %d".formatted(read, known));
      }
    }
  }

  /** Also of a write whose client never learned of it, if somebody saw its value. */
  private long revision(Write write) {
    return write.revision() != 0 ? write.revision() : learnedRevisions.getOrDefault(write, 0L);
  }

  private void orderWrites() {
    var all = new TreeMap<Long, Write>();
    for (var operation : history) {
      if (operation instanceof Write write && revision(write) != 0) {
        var other = all.put(revision(write), write);
        if (other != null) {
          violations.add("%s and %s have the same revision".formatted(other, write));
        }
        writesByKey.computeIfAbsent(write.key(), _ -> new TreeMap<>()).put(revision(write), write);
      }
    }
  }

  /** What a write was compared with stood right before it. */
  private void checkComparisons() {
    for (var writes : writesByKey.values()) {
      for (var entry : writes.entrySet()) {
        var write = entry.getValue();
        var before = writes.lowerEntry(entry.getKey());
        if (write.expectedModRevision() != ANY && !mayHaveMatched(write, before)) {
          violations.add("%s: the last write before was %s".formatted(write, before));
        }
      }
    }
  }

  private boolean mayHaveMatched(Write write, Map.@Nullable Entry<Long, Write> before) {
    long expected = write.expectedModRevision();
    if (expected == 0) {
      return before == null
          || before.getValue().value() == null
          || maybeWritten(write.key(), true, write.returned());
    }
    boolean known =
        before != null && before.getValue().value() != null && before.getKey() == expected;
    boolean later = before == null || before.getKey() < expected;
    return known || (later && maybeWritten(write.key(), false, write.returned()));
  }

  private void checkReads() {
    for (var operation : history) {
      if (operation instanceof Read read) {
        var last =
            writesByKey.getOrDefault(read.key(), new TreeMap<>()).floorEntry(read.revision());
        boolean right;
        if (read.value() != null) {
          right = last != null && last.getKey() == read.modRevision();
        } else {
          right =
              last == null
                  || last.getValue().value() == null
                  || maybeWritten(read.key(), true, read.returned());
        }
        if (!right) {
          violations.add("%s: the last write before was %s".formatted(read, last));
        }
      }
    }
  }

  /** A write whose outcome nobody knows may explain what was seen. */
  private boolean maybeWritten(String key, boolean delete, long untilReturned) {
    for (var operation : history) {
      if (operation instanceof Write write
          && (write.value() == null) == delete
          && revision(write) == 0
          && write.key().equals(key)
          && write.invoked() <= untilReturned) {
        return true;
      }
    }
    return false;
  }

  /** Whatever begins after something has returned must not be ordered before it. */
  private void checkRealTime() {
    var timed = new ArrayList<Timed>();
    for (var operation : history) {
      long revision =
          switch (operation) {
            case Write write -> revision(write);
            case Read read -> read.revision();
          };
      if (revision != 0) {
        timed.add(new Timed(operation, revision));
      }
    }
    timed.sort(Comparator.comparingLong(each -> each.operation().invoked()));
    var running =
        new PriorityQueue<Timed>(Comparator.comparingLong(each -> each.operation().returned()));
    Timed newest = null;
    for (var next : timed) {
      while (!running.isEmpty()
          && running.peek().operation().returned() < next.operation().invoked()) {
        var done = running.remove();
        if (newest == null || done.revision() > newest.revision()) {
          newest = done;
        }
      }
      if (newest != null) {
        long least = newest.revision() + (next.operation() instanceof Write ? 1 : 0);
        if (next.revision() < least) {
          violations.add(
              "%s is older than %s, which had returned before"
                  .formatted(next.operation(), newest.operation()));
        }
      }
      running.add(next);
    }
  }
}
