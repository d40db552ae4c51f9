package dev.quorate.node.storage.wal;

import static dev.quorate.node.storage.LogStorageContract.entries;
import static dev.quorate.node.storage.LogStorageContract.snapshot;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.quorate.node.storage.StorageException;
import dev.quorate.node.storage.StorageException.Kind;
import dev.quorate.raft.HardState;
import dev.quorate.raft.check.Bytes;
import dev.quorate.raft.log.Entry;
import dev.quorate.raft.log.EntryId;
import dev.quorate.raft.log.EntryKind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the log does about every crash in the middle of a write and about every flipped bit. */
class SegmentedLogDamageTest {
  private static final long CLUSTER = 1;
  private static final long MEMBER = 2;

  @TempDir Path directory;
  private final FaultyChannel.Disk disk = new FaultyChannel.Disk();
  private final LogSettings settings =
      new LogSettings(
          900,
          2048,
          4096,
          (path, options) -> new FaultyChannel(FileChannel.open(path, options), disk));
  private Path log;

  @BeforeEach
  void createLog() throws IOException {
    disk.skipsSync = true;
    log = directory.resolve("log");
    SegmentedLog.create(log, CLUSTER, MEMBER, settings).close();
  }

  @Test
  void writeThatACrashInterruptedAtAnyByteIsCutOff() throws IOException {
    append(entries(1, 1, 3));
    byte[] before = Files.readAllBytes(last());
    append(List.of(large(4, 1300)));
    byte[] after = Files.readAllBytes(last());
    int from = Arrays.mismatch(before, after);
    int to = endOfData(after);
    assertThat(to - from).isGreaterThan(1300);
    for (int cut = from; cut < to; cut++) {
      byte[] zeros = after.clone();
      Arrays.fill(zeros, cut, zeros.length, (byte) 0);
      expectCut(zeros, cut, "zeros");
      expectCut(Arrays.copyOf(after, cut), cut, "the end of the file");
      byte[] garbage = after.clone();
      var noise = new byte[to - cut + 40];
      new SplittableRandom(cut).nextBytes(noise);
      System.arraycopy(noise, 0, garbage, cut, Math.min(noise.length, garbage.length - cut));
      if (noise[0] != after[cut]) {
        expectCut(garbage, cut, "garbage");
      }
    }
  }

  private void expectCut(byte[] content, int cut, String what) throws IOException {
    Files.write(last(), content);
    try (var opened = open()) {
      assertThat(opened.restored().entries())
          .as("cut at %d, then %s", cut, what)
          .isEqualTo(entries(1, 1, 3));
      if (cut % 97 == 0) {
        opened.append(null, null, entries(2, 4, 5));
      }
    }
    if (cut % 97 == 0) {
      try (var opened = open()) {
        assertThat(opened.restored().entries()).hasSize(5);
      }
    }
  }

  /** The disk may write the sectors of one write in any order. */
  @Test
  void writeOfWhichAnySectorIsMissingIsCutOff() throws IOException {
    append(entries(1, 1, 3));
    byte[] before = Files.readAllBytes(last());
    append(List.of(large(4, 1800)));
    byte[] after = Files.readAllBytes(last());
    int from = Arrays.mismatch(before, after);
    for (int sector = from / 512; sector * 512 < endOfData(after); sector++) {
      byte[] torn = after.clone();
      int start = Math.max(sector * 512, from);
      Arrays.fill(torn, start, (sector + 1) * 512, (byte) 0);
      Files.write(last(), torn);
      try (var opened = open()) {
        assertThat(opened.restored().entries()).as("sector %d", sector).hasSize(3);
      }
    }
  }

  @Test
  void flippedBitAnywhereBeforeTheLastRecordIsRefusedAndNothingTouched() throws IOException {
    try (var opened = open()) {
      opened.append(new HardState(1, 1, 0), snapshot(1, 7), List.of());
      opened.sync();
      for (int i = 8; i < 30; i++) {
        opened.append(new HardState(1, 1, i), null, entries(1, i, i));
        opened.sync();
      }
    }
    var good = contents();
    assertThat(good).hasSizeGreaterThan(2);
    var lastFile = last();
    for (var file : good.entrySet()) {
      boolean isLast = file.getKey().equals(lastFile);
      int end = isLast ? lastRecordStart(file.getValue()) : endOfData(file.getValue());
      for (int i = 0; i < end; i++) {
        byte[] damaged = file.getValue().clone();
        damaged[i] ^= (byte) (1 << (i % 8));
        Files.write(file.getKey(), damaged);
        var thrown = catchThrowable(() -> open().close());
        assertThat(thrown).as("%s, byte %d", file.getKey(), i).isInstanceOf(StorageException.class);
        assertThat(((StorageException) thrown).kind()).isEqualTo(Kind.DATA_LOST);
        assertThat(thrown)
            .hasMessageContaining(file.getKey().toString())
            .hasMessageContaining("offset");
        assertThat(Files.readAllBytes(file.getKey())).isEqualTo(damaged);
      }
      Files.write(file.getKey(), file.getValue());
    }
    assertThat(contents()).usingRecursiveComparison().isEqualTo(good);
  }

  /** A flipped bit in the payload of the very last record is told from a torn write, too. */
  @Test
  void flippedBitInTheLastRecordsPayloadIsRefused() throws IOException {
    append(entries(1, 1, 3));
    append(entries(1, 4, 9));
    byte[] good = Files.readAllBytes(last());
    int start = lastRecordStart(good) + RecordFormat.RECORD_HEADER_BYTES;
    for (int i = start; i < endOfData(good) - 12; i++) {
      byte[] damaged = good.clone();
      damaged[i] ^= 4;
      Files.write(last(), damaged);
      expect(Kind.DATA_LOST, () -> open().close(), "written completely");
    }
  }

  @Test
  void lostSectorWithRecordsBehindItIsRefused() throws IOException {
    for (int i = 1; i <= 12; i++) {
      append(entries(1, i, i));
    }
    byte[] good = Files.readAllBytes(last());
    for (int i = RecordFormat.SEGMENT_HEADER_BYTES; i < lastRecordStart(good); i += 8) {
      byte[] damaged = good.clone();
      Arrays.fill(damaged, i, lastRecordStart(good), (byte) 0);
      Files.write(last(), damaged);
      expect(Kind.DATA_LOST, () -> open().close(), "offset");
    }
  }

  @Test
  void missingSegmentIsRefused() throws IOException {
    for (int i = 1; i <= 40; i++) {
      append(entries(1, i, i));
    }
    var good = contents();
    assertThat(good).hasSizeGreaterThan(3);
    for (var file : good.keySet()) {
      if (!file.equals(last())) {
        Files.delete(file);
        expect(Kind.DATA_LOST, () -> open().close(), "missing");
        Files.write(file, good.get(file));
      }
    }
    open().close();
  }

  @Test
  void segmentThatWasCutShortIsRefused() throws IOException {
    for (int i = 1; i <= 40; i++) {
      append(entries(1, i, i));
    }
    var first = contents().firstEntry();
    int end = endOfData(first.getValue());
    for (int length = 0; length < end; length += 5) {
      Files.write(first.getKey(), Arrays.copyOf(first.getValue(), length));
      expect(Kind.DATA_LOST, () -> open().close(), first.getKey().toString());
    }
  }

  @Test
  void creationOfASegmentThatACrashInterruptedIsForgotten() throws IOException {
    append(entries(1, 1, 3));
    var unfinished = log.resolve("next.tmp");
    Files.write(unfinished, new byte[77]);
    try (var opened = open()) {
      assertThat(opened.restored().entries()).hasSize(3);
    }
    assertThat(unfinished).doesNotExist();
  }

  @Test
  void newerFormatIsRefusedWithBothVersions() throws IOException {
    byte[] content = Files.readAllBytes(last());
    var header = ByteBuffer.wrap(content);
    header.putInt(8, 17);
    var sum = new CRC32C();
    sum.update(content, 0, 60);
    header.putInt(60, (int) sum.getValue());
    Files.write(last(), content);
    expect(Kind.FORMAT_TOO_NEW, () -> open().close(), "version 17", "up to 1");
    assertThat(Files.readAllBytes(last())).isEqualTo(content);
  }

  @Test
  void logOfAnotherMemberIsRefused() {
    expect(
        Kind.FOREIGN,
        () -> SegmentedLog.open(log, CLUSTER, 99, settings).close(),
        "belongs to member 2 of cluster 1",
        "this is member 63");
    expect(Kind.FOREIGN, () -> SegmentedLog.open(log, 99, MEMBER, settings).close(), "cluster 63");
  }

  private static void expect(Kind kind, ThrowingCallable call, String... parts) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(StorageException.class, e -> assertThat(e.kind()).isEqualTo(kind))
        .hasMessageContainingAll(parts);
  }

  private SegmentedLog open() {
    return SegmentedLog.open(log, CLUSTER, MEMBER, settings);
  }

  private void append(List<Entry> entries) throws IOException {
    try (var opened = open()) {
      opened.append(null, null, entries);
      opened.sync();
    }
  }

  private static Entry large(long index, int sizeBytes) {
    var data = new byte[sizeBytes];
    new SplittableRandom(index).nextBytes(data);
    return new Entry(new EntryId(1, index), EntryKind.COMMAND, Bytes.of(data));
  }

  private NavigableMap<Path, byte[]> contents() throws IOException {
    var contents = new TreeMap<Path, byte[]>();
    try (var files = Files.list(log)) {
      for (var file : files.toList()) {
        contents.put(file, Files.readAllBytes(file));
      }
    }
    return contents;
  }

  private Path last() throws IOException {
    return contents().lastKey();
  }

  private static int endOfData(byte[] content) {
    int end = content.length;
    while (content[end - 1] == 0) {
      end--;
    }
    return end;
  }

  private static int lastRecordStart(byte[] content) {
    var file = ByteBuffer.wrap(content);
    int last = RecordFormat.SEGMENT_HEADER_BYTES;
    int next = last;
    while (next + 8 < content.length && file.getInt(next) == RecordFormat.MARKER) {
      last = next;
      next += RecordFormat.recordBytes(file.getInt(next + RecordFormat.LENGTH_OFFSET));
    }
    return last;
  }
}
