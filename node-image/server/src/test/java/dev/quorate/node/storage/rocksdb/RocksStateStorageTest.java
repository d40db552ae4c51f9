package dev.quorate.node.storage.rocksdb;

import static dev.quorate.node.storage.StateStorageContract.bytes;
import static dev.quorate.node.storage.StateStorageContract.commit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.quorate.node.storage.StateStorage;
import dev.quorate.node.storage.StateStorage.Table;
import dev.quorate.node.storage.StateStorageContract;
import dev.quorate.node.storage.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RocksStateStorageTest implements StateStorageContract {
  private static final long MEMORY_BYTES = 8 << 20;

  @TempDir Path directory;
  private final AtomicInteger opened = new AtomicInteger();

  @Override
  public StateStorage open() {
    return RocksStateStorage.open(
        directory.resolve("state" + opened.incrementAndGet()), MEMORY_BYTES);
  }

  @Override
  public StateStorage openCheckpoint(Path copy) {
    return RocksStateStorage.open(copy, MEMORY_BYTES);
  }

  /** A batch looks first at what it and its predecessors have seen and written. */
  @Test
  void batchesReadWhatWasCommittedAndNothingElse() {
    try (var storage = open()) {
      byte[] key = bytes("key");
      commit(storage, batch -> batch.put(Table.LATEST, key, bytes("first")));
      try (var batch = storage.batch()) {
        assertThat(batch.get(Table.LATEST, key)).isEqualTo(bytes("first"));
        batch.put(Table.LATEST, key, bytes("never committed"));
        assertThat(batch.get(Table.LATEST, key)).isEqualTo(bytes("never committed"));
      }
      try (var batch = storage.batch()) {
        assertThat(batch.get(Table.LATEST, key)).isEqualTo(bytes("first"));
        assertThat(batch.get(Table.HISTORY, key)).isNull();
      }
      commit(storage, batch -> batch.put(Table.HISTORY, key, bytes("history")));
      commit(storage, batch -> batch.put(Table.LATEST, key, bytes("second")));
      try (var batch = storage.batch()) {
        assertThat(batch.get(Table.LATEST, key)).isEqualTo(bytes("second"));
        assertThat(batch.get(Table.HISTORY, key)).isEqualTo(bytes("history"));
      }
      commit(storage, batch -> batch.delete(Table.LATEST, key));
      try (var batch = storage.batch()) {
        assertThat(batch.get(Table.LATEST, key)).isNull();
      }
    }
  }

  @Test
  void crashLosesUnflushedCommitsInAllTablesAlike() throws IOException {
    var state = directory.resolve("state");
    var crashed = directory.resolve("crashed");
    try (var storage = RocksStateStorage.open(state, MEMORY_BYTES)) {
      putEverywhere(storage, 1);
      storage.flush();
      putEverywhere(storage, 2);
      copy(state, crashed);
    }
    try (var storage = RocksStateStorage.open(crashed, MEMORY_BYTES);
        var view = storage.view()) {
      for (var table : Table.values()) {
        assertThat(view.get(table, bytes("row1"))).isNotNull();
        assertThat(view.get(table, bytes("row2"))).isNull();
      }
    }
  }

  /** Far more than the memtables hold, so flushes happen on their own, and at any moment. */
  @Test
  void crashAtAnyMomentLeavesTheSameCommitsInAllTables() throws IOException {
    var state = directory.resolve("state");
    try (var storage = RocksStateStorage.open(state, 2 << 20)) {
      for (int round = 0; round < 20; round++) {
        for (int i = 0; i < 60; i++) {
          int row = round * 60 + i;
          commit(
              storage,
              batch -> {
                for (var table : Table.values()) {
                  batch.put(table, bytes("row"), bytes(Integer.toString(row)));
                }
                batch.put(Table.HISTORY, bytes("row" + row), new byte[4096]);
              });
        }
        var crashed = directory.resolve("crashed" + round);
        copy(state, crashed);
        try (var copy = RocksStateStorage.open(crashed, MEMORY_BYTES);
            var view = copy.view()) {
          byte[] latest = view.get(Table.LATEST, bytes("row"));
          assertThat(view.get(Table.META, bytes("row"))).isEqualTo(latest);
          assertThat(view.get(Table.HISTORY, bytes("row"))).isEqualTo(latest);
        }
      }
    }
  }

  @Test
  void whatIsDeletedGivesItsSpaceBack() throws IOException {
    try (var storage = RocksStateStorage.open(directory.resolve("state"), MEMORY_BYTES)) {
      int rows = 500;
      for (int row = 0; row < rows; row++) {
        byte[] key = bytes("row%03d".formatted(row));
        var random = new byte[64 << 10];
        new SplittableRandom(row).nextBytes(random);
        commit(storage, batch -> batch.put(Table.HISTORY, key, random));
      }
      storage.flush();
      assertThat(storage.sizeBytes()).isGreaterThan(rows * (60L << 10));
      for (int row = 0; row < rows; row++) {
        byte[] key = bytes("row%03d".formatted(row));
        commit(storage, batch -> batch.delete(Table.HISTORY, key));
      }
      storage.flush();
      await().atMost(Duration.ofSeconds(60)).until(() -> storage.sizeBytes() < rows * (10L << 10));
    }
  }

  @Test
  void aScanEndsWhenTheStateIsClosed() {
    var storage = RocksStateStorage.open(directory.resolve("state"), MEMORY_BYTES);
    for (int row = 0; row < 10; row++) {
      putEverywhere(storage, row);
    }
    var reading = new CompletableFuture<Void>();
    var scan =
        CompletableFuture.runAsync(
            () -> {
              try (var view = storage.view();
                  var cursor = view.scan(Table.LATEST, new byte[0], null)) {
                reading.complete(null);
                while (cursor.valid()) {
                  cursor.next();
                  if (!cursor.valid()) {
                    throw new AssertionError("the scan came to its end");
                  }
                  awaitClosing(storage);
                }
              }
            });
    reading.join();
    storage.close();
    assertThat(scan)
        .failsWithin(Duration.ofSeconds(10))
        .withThrowableOfType(ExecutionException.class)
        .withCauseInstanceOf(IllegalStateException.class);
  }

  private static void awaitClosing(StateStorage storage) {
    await()
        .until(
            () -> {
              try {
                storage.sizeBytes();
                return false;
              } catch (IllegalStateException _) {
                return true;
              }
            });
  }

  @Test
  void whatIsStillReadIsNotClosed() {
    var storage = RocksStateStorage.open(directory.resolve("state"), MEMORY_BYTES);
    putEverywhere(storage, 1);
    try (var view = storage.view()) {
      assertThatThrownBy(() -> storage.close(Duration.ofMillis(10)))
          .isInstanceOf(StorageException.class)
          .hasMessageContaining("is still being read");
      assertThat(view.get(Table.LATEST, bytes("row1"))).isNotNull();
    }
  }

  @Test
  void keepsEverythingOverAnOrderlyStop() {
    var state = directory.resolve("state");
    try (var storage = RocksStateStorage.open(state, MEMORY_BYTES)) {
      putEverywhere(storage, 1);
    }
    try (var storage = RocksStateStorage.open(state, MEMORY_BYTES);
        var view = storage.view()) {
      assertThat(view.get(Table.META, bytes("row1"))).isNotNull();
    }
  }

  @Test
  void readersDuringCloseGetAnErrorAndNoCrash() {
    for (int round = 0; round < 20; round++) {
      var storage = open();
      putEverywhere(storage, 1);
      var reader =
          CompletableFuture.runAsync(
              () -> {
                while (true) {
                  try (var view = storage.view()) {
                    assertThat(view.get(Table.LATEST, bytes("row1"))).isNotNull();
                  }
                }
              });
      storage.close();
      assertThatThrownBy(reader::join).hasRootCauseInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void damagedTableIsNamed() throws IOException {
    var state = directory.resolve("state");
    try (var storage = RocksStateStorage.open(state, MEMORY_BYTES)) {
      putEverywhere(storage, 1);
    }
    try (var files = Files.list(state)) {
      for (var file : files.filter(f -> f.toString().endsWith(".sst")).toList()) {
        byte[] content = Files.readAllBytes(file);
        Arrays.fill(content, (byte) 7);
        Files.write(file, content);
      }
    }
    assertThatThrownBy(() -> RocksStateStorage.open(state, MEMORY_BYTES))
        .isInstanceOfSatisfying(
            StorageException.class,
            e -> assertThat(e.kind()).isEqualTo(StorageException.Kind.DATA_LOST))
        .hasMessageContaining(state.toString());
  }

  private static void putEverywhere(StateStorage storage, int row) {
    commit(
        storage,
        batch -> {
          for (var table : Table.values()) {
            batch.put(table, bytes("row" + row), bytes("value"));
          }
        });
  }

  /**
   * What a power cut would leave, if the disk had every write so far. RocksDB goes on meanwhile, so
   * a copy counts only if the same files were there before and after; what names the others is
   * copied before them.
   */
  private static void copy(Path from, Path to) throws IOException {
    var before = files(from);
    while (true) {
      deleteFiles(to);
      boolean complete = copyAll(before, to);
      var after = files(from);
      if (complete && after.equals(before)) {
        return;
      }
      before = after;
    }
  }

  private static boolean copyAll(List<Path> files, Path to) throws IOException {
    try {
      for (var file : files) {
        Files.copy(file, to.resolve(file.getFileName()));
      }
      return true;
    } catch (NoSuchFileException _) {
      return false;
    }
  }

  private static List<Path> files(Path directory) throws IOException {
    try (var files = Files.list(directory)) {
      return files
          .filter(file -> !file.endsWith("LOCK"))
          .sorted(
              Comparator.comparing((Path file) -> !file.endsWith("CURRENT"))
                  .thenComparing(file -> !file.getFileName().toString().startsWith("MANIFEST"))
                  .thenComparing(Comparator.naturalOrder()))
          .toList();
    }
  }

  private static void deleteFiles(Path directory) throws IOException {
    Files.createDirectories(directory);
    for (var file : files(directory)) {
      Files.delete(file);
    }
  }
}
