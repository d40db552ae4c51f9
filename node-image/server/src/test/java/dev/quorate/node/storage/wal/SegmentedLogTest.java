package dev.quorate.node.storage.wal;

import static dev.quorate.node.storage.LogStorageContract.entries;
import static dev.quorate.node.storage.LogStorageContract.entry;
import static dev.quorate.node.storage.LogStorageContract.snapshot;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quorate.node.storage.LogStorage;
import dev.quorate.node.storage.LogStorageContract;
import dev.quorate.node.storage.StorageException;
import dev.quorate.node.storage.StorageException.Kind;
import dev.quorate.raft.HardState;
import dev.quorate.raft.check.Bytes;
import dev.quorate.raft.log.Entry;
import dev.quorate.raft.log.EntryId;
import dev.quorate.raft.log.EntryKind;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SegmentedLogTest implements LogStorageContract {
  static final long CLUSTER = 0xabcL;
  static final long MEMBER = -5L;

  /** Small enough that a few records fill a segment. */
  private static final LogSettings SMALL = new LogSettings(600, 256, 1000, FileChannel::open);

  @TempDir Path directory;

  @Override
  public LogStorage create() {
    return SegmentedLog.create(directory, CLUSTER, MEMBER, SMALL);
  }

  @Override
  public LogStorage reopen(LogStorage log) throws IOException {
    log.close();
    return open();
  }

  private SegmentedLog open() {
    return SegmentedLog.open(directory, CLUSTER, MEMBER, SMALL);
  }

  @Test
  void fillsSegmentAfterSegment() throws IOException {
    try (var log = create()) {
      write(log, 1, 100);
    }
    assertThat(segments()).hasSizeGreaterThan(8);
    try (var log = open()) {
      assertThat(log.restored().entries()).isEqualTo(entries(1, 1, 100));
    }
  }

  @Test
  void removesSegmentsThatNobodyNeeds() throws IOException {
    try (var log = create()) {
      write(log, 1, 100);
      int before = segments().size();
      log.removeUpTo(snapshot(1, 50));
      assertThat(segments()).hasSizeLessThan(before).hasSizeGreaterThan(2);
    }
    try (var log = open()) {
      assertThat(log.restored().base()).isEqualTo(snapshot(1, 50));
      assertThat(log.restored().entries()).isEqualTo(entries(1, 51, 100));
      log.append(null, null, entries(1, 101, 101));
      log.sync();
      log.removeUpTo(snapshot(1, 101));
      assertThat(segments()).hasSize(1);
    }
    try (var log = open()) {
      assertThat(log.restored().entries()).isEmpty();
      assertThat(log.restored().base()).isEqualTo(snapshot(1, 101));
    }
  }

  @Test
  void keepsTermAndVoteWhenTheirSegmentIsRemoved() throws IOException {
    try (var log = create()) {
      log.append(new HardState(9, 2, 0), null, List.of());
      write(log, 1, 100);
      log.removeUpTo(snapshot(1, 100));
    }
    try (var log = open()) {
      assertThat(log.restored().hardState()).isEqualTo(new HardState(9, 2, 0));
    }
  }

  @Test
  void writesOneRecordPerSync() throws IOException {
    var disk = new FaultyChannel.Disk();
    try (var log = SegmentedLog.create(directory, CLUSTER, MEMBER, on(disk))) {
      disk.syncs = 0;
      for (int i = 1; i <= 50; i++) {
        log.append(new HardState(1, 1, i - 1), null, entries(1, i, i));
      }
      log.sync();
      log.sync();
      assertThat(disk.syncs).isEqualTo(1);
    }
  }

  @Test
  void keepsEntriesOfAllSizes() throws IOException {
    var random = new SplittableRandom(3);
    var expected = new ArrayList<Entry>();
    try (var log = SegmentedLog.create(directory, CLUSTER, MEMBER, LogSettings.DEFAULT)) {
      for (int i = 1; i <= 60; i++) {
        var data = new byte[i % 20 == 0 ? i << 17 : i * i];
        random.nextBytes(data);
        expected.add(new Entry(new EntryId(1, i), EntryKind.COMMAND, Bytes.of(data)));
        log.append(null, null, List.of(expected.getLast()));
        if (i % 7 == 0) {
          log.sync();
        }
      }
    }
    try (var log = SegmentedLog.open(directory, CLUSTER, MEMBER, LogSettings.DEFAULT)) {
      assertThat(log.restored().entries()).isEqualTo(expected);
    }
  }

  @Test
  void refusesEntriesThatLeaveAGap() throws IOException {
    try (var log = create()) {
      write(log, 1, 3);
      assertThatThrownBy(() -> log.append(null, null, entries(1, 5, 5)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("entry 5 does not fit");
    }
  }

  @Test
  void diskThatFillsUpFailsTheWriteAndLosesNothingBefore() throws IOException {
    var disk = new FaultyChannel.Disk();
    long durable = 0;
    try (var log = SegmentedLog.create(directory, CLUSTER, MEMBER, on(disk))) {
      write(log, 1, 5);
      disk.freeBytes = 3000;
      for (long i = 6; durable == 0; i++) {
        log.append(null, null, entries(1, i, i));
        try {
          log.sync();
        } catch (IOException e) {
          assertThat(e).hasMessageContaining("No space left");
          durable = i - 1;
        }
      }
      assertThatThrownBy(() -> log.append(null, null, List.of()))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("an earlier write failed");
    }
    assertThat(durable).isGreaterThan(6);
    try (var log = open()) {
      assertThat(log.restored().entries()).isEqualTo(entries(1, 1, durable));
      write(log, durable + 1, durable + 20);
    }
    try (var log = open()) {
      assertThat(log.restored().entries()).isEqualTo(entries(1, 1, durable + 20));
    }
  }

  @Test
  void failedSyncIsNeverTriedAgain() throws IOException {
    var disk = new FaultyChannel.Disk();
    try (var log = SegmentedLog.create(directory, CLUSTER, MEMBER, on(disk))) {
      write(log, 1, 2);
      log.append(null, null, entries(1, 3, 3));
      disk.syncFails = true;
      assertThatThrownBy(log::sync).isInstanceOf(IOException.class);
      disk.syncFails = false;
      assertThatThrownBy(log::sync)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("an earlier write failed");
    }
  }

  @Test
  void fullDiskAtCreationIsNamedAndCanBeTriedAgain() throws IOException {
    var disk = new FaultyChannel.Disk();
    disk.freeBytes = 100;
    assertThatThrownBy(() -> SegmentedLog.create(directory, CLUSTER, MEMBER, on(disk)))
        .isInstanceOfSatisfying(
            StorageException.class, e -> assertThat(e.kind()).isEqualTo(Kind.UNUSABLE))
        .hasMessageContaining(directory.toString())
        .hasMessageContaining("No space left");
    disk.freeBytes = 100_000;
    try (var log = SegmentedLog.create(directory, CLUSTER, MEMBER, on(disk))) {
      assertThat(log.restored().entries()).isEmpty();
    }
  }

  @Test
  void creationReplacesAnEmptyLogAndRefusesAnyOther() throws IOException {
    create().close();
    create().close();
    try (var log = create()) {
      log.append(null, null, List.of(entry(1, 1, "precious")));
    }
    assertThatThrownBy(this::create)
        .isInstanceOfSatisfying(
            StorageException.class, e -> assertThat(e.kind()).isEqualTo(Kind.FOREIGN))
        .hasMessageContaining("identity file is gone");
  }

  @Test
  void missingLogIsDataLost() {
    assertThatThrownBy(() -> SegmentedLog.open(directory.resolve("x"), 1, 1, SMALL))
        .isInstanceOfSatisfying(
            StorageException.class, e -> assertThat(e.kind()).isEqualTo(Kind.DATA_LOST));
  }

  private static LogSettings on(FaultyChannel.Disk disk) {
    return new LogSettings(
        600,
        256,
        100_000,
        (path, options) -> new FaultyChannel(FileChannel.open(path, options), disk));
  }

  private static void write(LogStorage log, long from, long to) throws IOException {
    for (long i = from; i <= to; i++) {
      log.append(null, null, entries(1, i, i));
      log.sync();
    }
  }

  private List<Path> segments() throws IOException {
    try (var files = Files.list(directory)) {
      return files.sorted().toList();
    }
  }
}
