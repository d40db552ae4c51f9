package dev.quorate.node.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.node.storage.LogStorage.Restored;
import dev.quorate.raft.HardState;
import dev.quorate.raft.check.Bytes;
import dev.quorate.raft.log.Entry;
import dev.quorate.raft.log.EntryId;
import dev.quorate.raft.log.EntryKind;
import dev.quorate.raft.log.Snapshot;
import dev.quorate.raft.quorum.Configuration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What every {@link LogStorage} must do; each implementation's test runs all of it. */
public interface LogStorageContract {
  /** A new, empty log. */
  LogStorage create() throws Exception;

  /** The log as it is found after the process ended in order. */
  LogStorage reopen(LogStorage log) throws Exception;

  @Test
  default void newLogIsEmpty() throws Exception {
    try (var log = create()) {
      assertThat(log.restored()).isEqualTo(Restored.EMPTY);
    }
  }

  @Test
  default void restoresAllKindsOfItems() throws Exception {
    var log = create();
    var hardState = new HardState(7, -3, 2);
    var entries =
        List.of(
            entry(1, 1, ""),
            new Entry(new EntryId(7, 2), EntryKind.MEMBERSHIP, bytes("m")),
            new Entry(new EntryId(7, 3), EntryKind.TERM_START, Bytes.EMPTY));
    log.append(hardState, null, entries);
    log.sync();
    try (var reopened = reopen(log)) {
      assertThat(reopened.restored()).isEqualTo(new Restored(hardState, Snapshot.NONE, entries));
    }
  }

  @Test
  default void latestHardStateCounts() throws Exception {
    var log = create();
    log.append(new HardState(1, 1, 0), null, List.of());
    log.append(null, null, entries(1, 1, 3));
    log.append(new HardState(2, 0, 3), null, List.of());
    log.sync();
    try (var reopened = reopen(log)) {
      assertThat(reopened.restored().hardState()).isEqualTo(new HardState(2, 0, 3));
      assertThat(reopened.restored().entries()).isEqualTo(entries(1, 1, 3));
    }
  }

  @Test
  default void overwrittenEntriesAreGoneWithAllThatFollowed() throws Exception {
    var log = create();
    log.append(null, null, entries(1, 1, 10));
    log.sync();
    log.append(null, null, entries(2, 4, 5));
    log.sync();
    try (var reopened = reopen(log)) {
      var expected = new ArrayList<>(entries(1, 1, 3));
      expected.addAll(entries(2, 4, 5));
      assertThat(reopened.restored().entries()).isEqualTo(expected);
    }
  }

  @Test
  default void snapshotBeginsTheLogAnew() throws Exception {
    var log = create();
    log.append(new HardState(1, 0, 3), null, entries(1, 1, 10));
    log.sync();
    log.append(new HardState(3, 0, 50), snapshot(3, 50), entries(3, 51, 52));
    log.sync();
    try (var reopened = reopen(log)) {
      assertThat(reopened.restored())
          .isEqualTo(new Restored(new HardState(3, 0, 50), snapshot(3, 50), entries(3, 51, 52)));
    }
  }

  /** Asked for before the snapshot came, and carried out behind it. */
  @Test
  default void aRemovalThatASnapshotOvertookChangesNothing() throws Exception {
    var log = create();
    log.append(new HardState(1, 0, 3), null, entries(1, 1, 10));
    log.append(null, snapshot(3, 50), entries(3, 51, 52));
    log.sync();
    log.removeUpTo(snapshot(1, 6));
    log.append(new HardState(3, 0, 50), null, entries(3, 53, 53));
    log.sync();
    try (var reopened = reopen(log)) {
      assertThat(reopened.restored())
          .isEqualTo(new Restored(new HardState(3, 0, 50), snapshot(3, 50), entries(3, 51, 53)));
    }
  }

  @Test
  default void removedEntriesAreNotRestored() throws Exception {
    var log = create();
    log.append(null, null, entries(1, 1, 10));
    log.sync();
    log.removeUpTo(snapshot(1, 6));
    log.append(null, null, entries(1, 11, 12));
    log.sync();
    try (var reopened = reopen(log)) {
      assertThat(reopened.restored().base()).isEqualTo(snapshot(1, 6));
      assertThat(reopened.restored().entries()).isEqualTo(entries(1, 7, 12));
    }
  }

  @Test
  default void goesOnAfterEveryRestart() throws Exception {
    var log = create();
    for (int i = 1; i <= 20; i++) {
      log.append(new HardState(i, i, i - 1), null, entries(i, i, i));
      log.sync();
      log = reopen(log);
    }
    try (var last = log) {
      assertThat(last.restored().entries()).hasSize(20);
      assertThat(last.restored().hardState()).isEqualTo(new HardState(20, 20, 19));
    }
  }

  static Bytes bytes(String text) {
    return Bytes.of(text.getBytes(UTF_8));
  }

  static Entry entry(long term, long index, String data) {
    return new Entry(new EntryId(term, index), EntryKind.COMMAND, bytes(data));
  }

  static List<Entry> entries(long term, long from, long to) {
    var entries = new ArrayList<Entry>();
    for (long index = from; index <= to; index++) {
      entries.add(entry(term, index, "entry " + index + " of term " + term));
    }
    return entries;
  }

  static Snapshot snapshot(long term, long index) {
    var learners = new TreeSet<>(List.of(-9L));
    return new Snapshot(
        new EntryId(term, index), new Configuration(new TreeSet<>(List.of(1L, 2L)), learners));
  }
}
