package dev.quorate.node.storage.wal;

import dev.quorate.node.storage.Directories;
import dev.quorate.node.storage.LogImage;
import dev.quorate.node.storage.LogStorage;
import dev.quorate.node.storage.StorageException;
import dev.quorate.node.storage.StorageException.Kind;
import dev.quorate.node.storage.wal.SegmentFiles.Found;
import dev.quorate.raft.HardState;
import dev.quorate.raft.log.Entry;
import dev.quorate.raft.log.Snapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The write-ahead log of one member, in a directory of its own. Appends are gathered in memory;
 * {@link #sync} writes them as one record and makes it durable.
 */
public final class SegmentedLog implements LogStorage {
  private final SegmentFiles files;
  private final RecordBuffer buffer = new RecordBuffer();

  /** Full segments, oldest first, that may be removed one day. */
  private final ArrayDeque<Full> full = new ArrayDeque<>();

  private Segment current;
  private long maxIndexInCurrent;
  private HardState hardState;
  private Snapshot base;
  private long lastIndex;
  private @Nullable Restored restored;
  private boolean failed;

  /** A segment that is not written any more, and the highest index of an entry up to its end. */
  private record Full(Path path, long maxIndex) {}

  private SegmentedLog(SegmentFiles files, Segment current, LogImage image) {
    this.files = files;
    this.current = current;
    hardState = image.hardState();
    base = image.base();
    lastIndex = image.lastIndex();
    maxIndexInCurrent = lastIndex;
    restored = image.restored();
  }

  /**
   * Makes the log of a new member. What an earlier creation left that did not end is replaced; a
   * log with anything in it is refused.
   */
  public static SegmentedLog create(
      Path directory, long clusterId, long memberId, LogSettings settings) {
    var files = new SegmentFiles(directory, clusterId, memberId, settings);
    try {
      Files.createDirectories(directory);
      for (var found : files.list()) {
        removeIfEmpty(files, found);
      }
      var first = firstRecord(HardState.INITIAL, Snapshot.NONE, 0);
      return new SegmentedLog(files, files.create(1, 0, first), new LogImage());
    } catch (IOException e) {
      throw unusable(directory, "create", e);
    }
  }

  /** Opens a member's log; its damage is never repaired silently. */
  public static SegmentedLog open(
      Path directory, long clusterId, long memberId, LogSettings settings) {
    var files = new SegmentFiles(directory, clusterId, memberId, settings);
    try {
      return recover(files);
    } catch (IOException e) {
      throw unusable(directory, "read", e);
    }
  }

  private static SegmentedLog recover(SegmentFiles files) throws IOException {
    var found = Files.isDirectory(files.directory()) ? files.list() : List.<Found>of();
    if (found.isEmpty()) {
      throw SegmentScan.lost(files.directory(), 0, "there is no log");
    }
    var image = new LogImage();
    var full = new ArrayDeque<Full>();
    var oldest = found.getFirst();
    var file = files.read(oldest.path());
    var header = files.header(oldest, file);
    var scan = new SegmentScan(oldest.path(), file, header);
    long maxIndex = scan.replay(image, true);
    for (int i = 1; i < found.size(); i++) {
      var previous = found.get(i - 1);
      var next = found.get(i);
      if (next.sequence() != previous.sequence() + 1) {
        throw SegmentScan.lost(previous.path(), scan.endBytes(), "the segment after it is missing");
      }
      file = files.read(next.path());
      header = files.header(next, file);
      scan.checkEndOfFullSegment(header.previousCrc());
      full.add(new Full(previous.path(), maxIndex));
      scan = new SegmentScan(next.path(), file, header);
      maxIndex = scan.replay(image, false);
    }
    if (!image.isComplete()) {
      throw SegmentScan.lost(oldest.path(), 0, "the segment before it is missing");
    }
    var last = found.getLast();
    var segment = files.reopen(last, header, scan, file);
    files.removeUnfinished();
    var log = new SegmentedLog(files, segment, image);
    log.full.addAll(full);
    log.maxIndexInCurrent = maxIndex;
    return log;
  }

  @Override
  public Restored restored() {
    return Objects.requireNonNull(restored, "the log was written, what it held is let go");
  }

  @Override
  public void append(
      @Nullable HardState newHardState, @Nullable Snapshot snapshot, List<Entry> entries)
      throws IOException {
    beginWrite();
    if (newHardState != null) {
      buffer.hardState(newHardState);
      hardState = newHardState;
    }
    if (snapshot != null) {
      buffer.snapshot(snapshot);
      base = snapshot;
      lastIndex = snapshot.id().index();
    }
    for (int i = 0; i < entries.size(); i++) {
      append(entries.get(i));
    }
    writeIfLarge();
  }

  private void append(Entry entry) throws IOException {
    long index = entry.index();
    if (index > lastIndex + 1 || index <= base.id().index()) {
      throw new IllegalArgumentException(
          "entry %d does not fit a log of entries %d to %d"
              .formatted(index, base.id().index() + 1, lastIndex));
    }
    buffer.entry(entry);
    lastIndex = index;
    maxIndexInCurrent = Math.max(maxIndexInCurrent, index);
    writeIfLarge();
  }

  private void writeIfLarge() throws IOException {
    if (buffer.recordBytes() > files.settings().maxRecordBytes()) {
      writeRecord();
    }
  }

  @Override
  public void sync() throws IOException {
    checkNotFailed();
    if (!buffer.isEmpty()) {
      writeRecord();
    }
  }

  @Override
  public void removeUpTo(Snapshot newBase) throws IOException {
    if (newBase.id().index() <= base.id().index()) {
      return;
    }
    beginWrite();
    buffer.base(newBase);
    base = newBase;
    lastIndex = Math.max(lastIndex, newBase.id().index());
    if (full.isEmpty() || full.getFirst().maxIndex() > newBase.id().index()) {
      return;
    }
    // First it must be durable that nothing in these segments is needed.
    writeRecord();
    while (!full.isEmpty() && full.getFirst().maxIndex() <= newBase.id().index()) {
      Files.delete(full.removeFirst().path());
    }
    Directories.sync(files.directory());
  }

  @Override
  public void close() throws IOException {
    try (var _ = current) {
      if (!failed) {
        sync();
      }
    }
  }

  private void beginWrite() throws IOException {
    checkNotFailed();
    restored = null;
    if (buffer.isEmpty() && current.endBytes() >= files.settings().segmentBytes()) {
      roll();
    }
  }

  private void roll() throws IOException {
    failed = true;
    var next =
        files.create(
            current.sequence() + 1, current.lastCrc(), firstRecord(hardState, base, lastIndex));
    current.close();
    full.add(new Full(current.path(), maxIndexInCurrent));
    current = next;
    maxIndexInCurrent = lastIndex;
    failed = false;
  }

  private void writeRecord() throws IOException {
    failed = true;
    current.append(buffer);
    buffer.reset();
    failed = false;
  }

  private void checkNotFailed() throws IOException {
    if (failed) {
      throw new IOException(
          "%s: an earlier write failed, the log is not used any more until it is opened again"
              .formatted(files.directory()));
    }
  }

  private static RecordBuffer firstRecord(HardState hardState, Snapshot base, long lastIndex) {
    var record = new RecordBuffer();
    record.hardState(hardState);
    record.base(base);
    record.lastIndex(lastIndex);
    return record;
  }

  private static void removeIfEmpty(SegmentFiles files, Found found) throws IOException {
    var file = files.read(found.path());
    int created =
        RecordFormat.SEGMENT_HEADER_BYTES
            + firstRecord(HardState.INITIAL, Snapshot.NONE, 0).recordBytes();
    if (found.sequence() != 1
        || file.limit() < created
        || !RecordFormat.isZero(file, created, file.limit())) {
      throw new StorageException(
          Kind.FOREIGN,
          "%s is the log of a member whose identity file is gone: put it back, or start with an empty directory"
              .formatted(found.path()));
    }
    Files.delete(found.path());
  }

  private static StorageException unusable(Path directory, String what, IOException cause) {
    return new StorageException(
        Kind.UNUSABLE,
        "cannot %s the log in %s (%s): check the disk's space, health and permissions"
            .formatted(what, directory, cause),
        cause);
  }
}
