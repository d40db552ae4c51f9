package dev.quorate.node.storage;

import static dev.quorate.node.storage.StateStorage.START_BYTES;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.node.storage.StateStorage.Batch;
import dev.quorate.node.storage.StateStorage.Reader;
import dev.quorate.node.storage.StateStorage.Table;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every {@link StateStorage} must do; each implementation's test runs all of it. */
public interface StateStorageContract {
  StateStorage open() throws Exception;

  StateStorage openCheckpoint(Path directory) throws Exception;

  @Test
  default void readsWhatWasCommitted() throws Exception {
    try (var state = open()) {
      commit(state, batch -> batch.put(Table.LATEST, bytes("a"), bytes("1")));
      try (var view = state.view()) {
        assertThat(view.get(Table.LATEST, bytes("a"))).isEqualTo(bytes("1"));
        assertThat(view.get(Table.LATEST, bytes("b"))).isNull();
      }
    }
  }

  @Test
  default void sweepsOverWhatWasCommitted() throws Exception {
    try (var state = open()) {
      commit(state, batch -> batch.put(Table.LATEST, bytes("a"), bytes("1")));
      try (var view = state.sweepingView()) {
        commit(state, batch -> batch.put(Table.LATEST, bytes("a"), bytes("2")));
        assertThat(rows(view, "", null)).containsExactly("a=1");
      }
    }
  }

  @Test
  default void looksUpTheNewestCommittedRowWithoutAView() throws Exception {
    try (var state = open();
        var batch = state.batch()) {
      batch.put(Table.LATEST, bytes("a"), bytes("1"));
      assertThat(state.get(Table.LATEST, bytes("a"))).as("not committed yet").isNull();
      batch.commit();
      assertThat(state.get(Table.LATEST, bytes("a"))).isEqualTo(bytes("1"));
      assertThat(state.get(Table.META, bytes("a"))).isNull();
    }
  }

  @Test
  default void keepsTablesApart() throws Exception {
    try (var state = open()) {
      commit(
          state,
          batch -> {
            for (var table : Table.values()) {
              batch.put(table, bytes("key"), bytes(table.name()));
            }
          });
      try (var view = state.view()) {
        for (var table : Table.values()) {
          assertThat(view.get(table, bytes("key"))).isEqualTo(bytes(table.name()));
        }
      }
    }
  }

  @Test
  default void keepsEmptyAndLargeValues() throws Exception {
    var large = new byte[3 << 20];
    new SplittableRandom(1).nextBytes(large);
    try (var state = open()) {
      commit(
          state,
          batch -> {
            batch.put(Table.HISTORY, bytes("empty"), new byte[0]);
            batch.put(Table.HISTORY, bytes("large"), large);
            batch.put(Table.HISTORY, bytes("x".repeat(300)), bytes("long key"));
          });
      try (var view = state.view()) {
        assertThat(view.get(Table.HISTORY, bytes("empty"))).isEmpty();
        assertThat(view.get(Table.HISTORY, bytes("large"))).isEqualTo(large);
        assertThat(view.get(Table.HISTORY, bytes("x".repeat(300)))).isEqualTo(bytes("long key"));
      }
    }
  }

  @Test
  default void batchSeesItsOwnWritesAndNobodyElseDoes() throws Exception {
    try (var state = open()) {
      commit(state, batch -> batch.put(Table.LATEST, bytes("a"), bytes("old")));
      try (var batch = state.batch();
          var view = state.view()) {
        batch.put(Table.LATEST, bytes("a"), bytes("new"));
        batch.put(Table.LATEST, bytes("b"), bytes("new"));
        assertThat(batch.get(Table.LATEST, bytes("a"))).isEqualTo(bytes("new"));
        batch.delete(Table.LATEST, bytes("a"));
        assertThat(batch.get(Table.LATEST, bytes("a"))).isNull();
        assertThat(rows(batch, "", null)).containsExactly("b=new");
        assertThat(rows(view, "", null)).containsExactly("a=old");
      }
      try (var view = state.view()) {
        assertThat(rows(view, "", null)).as("it was not committed").containsExactly("a=old");
      }
    }
  }

  @Test
  default void committedBatchCanBeUsedAgain() throws Exception {
    try (var state = open();
        var batch = state.batch()) {
      batch.put(Table.LATEST, bytes("a"), bytes("1"));
      batch.commit();
      batch.put(Table.LATEST, bytes("b"), bytes("2"));
      assertThat(rows(batch, "", null)).containsExactly("a=1", "b=2");
      batch.delete(Table.LATEST, bytes("a"));
      batch.commit();
      try (var view = state.view()) {
        assertThat(rows(view, "", null)).containsExactly("b=2");
      }
    }
  }

  @Test
  default void viewStaysAsItWas() throws Exception {
    try (var state = open()) {
      commit(state, batch -> batch.put(Table.LATEST, bytes("a"), bytes("1")));
      try (var view = state.view()) {
        commit(
            state,
            batch -> {
              batch.put(Table.LATEST, bytes("a"), bytes("2"));
              batch.put(Table.LATEST, bytes("b"), bytes("2"));
            });
        assertThat(rows(view, "", null)).containsExactly("a=1");
        assertThat(view.get(Table.LATEST, bytes("a"))).isEqualTo(bytes("1"));
      }
    }
  }

  @Test
  default void scansFromInclusiveToExclusiveInUnsignedOrder() throws Exception {
    try (var state = open()) {
      commit(
          state,
          batch -> {
            for (int b : new int[] {0xff, 0x80, 0x7f, 0x00, 0x01}) {
              batch.put(Table.META, new byte[] {(byte) b}, new byte[] {(byte) b});
            }
          });
      try (var view = state.view()) {
        assertThat(keys(view, new byte[] {0}, null)).containsExactly(0x00, 0x01, 0x7f, 0x80, 0xff);
        assertThat(keys(view, new byte[] {1}, new byte[] {(byte) 0x80})).containsExactly(1, 0x7f);
        assertThat(keys(view, new byte[] {5}, new byte[] {5})).isEmpty();
        assertThat(keys(view, new byte[] {9}, new byte[] {5})).isEmpty();
      }
    }
  }

  @Test
  default void checkpointHoldsTheStateAsOfItsMoment(@TempDir Path directory) throws Exception {
    var copy = directory.resolve("copy");
    try (var state = open()) {
      commit(state, batch -> batch.put(Table.LATEST, bytes("a"), bytes("1")));
      state.checkpoint(copy);
      commit(state, batch -> batch.put(Table.LATEST, bytes("a"), bytes("2")));
    }
    try (var state = openCheckpoint(copy);
        var view = state.view()) {
      assertThat(rows(view, "", null)).containsExactly("a=1");
    }
  }

  @Test
  default void takesMoreSpaceWithMoreRows() throws Exception {
    try (var state = open()) {
      long before = state.sizeBytes();
      commit(state, batch -> batch.put(Table.LATEST, bytes("a"), new byte[1 << 20]));
      assertThat(state.sizeBytes()).isGreaterThanOrEqualTo(before + (1 << 20));
    }
  }

  /** A batch with many changes of a few keys, compared with the obvious model at every step. */
  @Test
  default void behavesAsSortedMap() throws Exception {
    for (int seed = 0; seed < 30; seed++) {
      var random = new SplittableRandom(seed);
      var model = new TreeMap<String, String>();
      try (var state = open();
          var batch = state.batch()) {
        for (int step = 0; step < 200; step++) {
          String key = "k" + random.nextInt(12);
          switch (random.nextInt(4)) {
            case 0 -> {
              batch.delete(Table.LATEST, bytes(key));
              model.remove(key);
            }
            case 1 -> batch.commit();
            default -> {
              var value = "v".repeat(random.nextInt(1, 50)) + step;
              batch.put(Table.LATEST, bytes(key), bytes(value));
              model.put(key, value);
            }
          }
          String one = "k" + random.nextInt(12);
          if (random.nextBoolean()) {
            assertStart(batch.start(Table.LATEST, bytes(one)), model.get(one));
          }
          if (random.nextBoolean()) {
            assertRow(batch.get(Table.LATEST, bytes(one)), model.get(one));
          }
          String from = "k" + random.nextInt(12);
          String to = random.nextBoolean() ? null : "k" + random.nextInt(12);
          assertThat(rows(batch, from, to))
              .as("seed %d, step %d, from %s to %s", seed, step, from, to)
              .isEqualTo(expected(model, from, to));
        }
      }
    }
  }

  private static void assertRow(byte @Nullable [] row, @Nullable String expected) {
    assertThat(row).isEqualTo(expected == null ? null : bytes(expected));
  }

  /** As much as is promised at least, and nothing else. */
  private static void assertStart(byte @Nullable [] start, @Nullable String row) {
    if (start == null || row == null) {
      assertRow(start, row);
      return;
    }
    assertThat(start).hasSizeGreaterThanOrEqualTo(Math.min(row.length(), START_BYTES));
    assertThat(row).startsWith(new String(start, UTF_8));
  }

  private static List<String> expected(
      SortedMap<String, String> model, String from, @Nullable String to) {
    var rows = new ArrayList<String>();
    model
        .tailMap(from)
        .forEach(
            (key, value) -> {
              if (to == null || key.compareTo(to) < 0) {
                rows.add(key + "=" + value);
              }
            });
    return rows;
  }

  /** Something that changes a batch. */
  interface Change {
    void apply(Batch batch);
  }

  static void commit(StateStorage state, Change change) {
    try (var batch = state.batch()) {
      change.apply(batch);
      batch.commit();
    }
  }

  static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  static List<String> rows(Reader reader, String from, @Nullable String to) {
    var rows = new ArrayList<String>();
    byte[] end = to == null ? null : bytes(to);
    try (var cursor = reader.scan(Table.LATEST, bytes(from), end)) {
      for (; cursor.valid(); cursor.next()) {
        rows.add(new String(cursor.key(), UTF_8) + "=" + new String(cursor.value(), UTF_8));
      }
    }
    return rows;
  }

  private static List<Integer> keys(Reader reader, byte[] from, byte @Nullable [] to) {
    var keys = new ArrayList<Integer>();
    try (var cursor = reader.scan(Table.META, from, to)) {
      for (; cursor.valid(); cursor.next()) {
        assertThat(cursor.value()).isEqualTo(cursor.key());
        keys.add(Byte.toUnsignedInt(cursor.key()[0]));
      }
    }
    return keys;
  }
}
