package dev.quorate.node.storage.wal;

import dev.quorate.node.storage.LogImage;
import dev.quorate.node.storage.StorageException;
import dev.quorate.node.storage.wal.RecordFormat.SegmentHeader;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * Reads one segment and decides what a place means where no valid record begins: the end, a write
 * that a crash interrupted, or damage.
 *
 * <p>Each record was synced before the next one was written. So a valid record behind the place
 * proves that what stood there was durable: damage. Otherwise it was the last write, and it is a
 * torn one if part of it is missing: its end, or a whole disk sector that is still zero. If nothing
 * of it is missing and yet its checksum is wrong, a durable record was damaged later.
 */
final class SegmentScan {
  private static final int SECTOR_BYTES = 512;

  private final Path path;
  private final ByteBuffer file;
  private final SegmentHeader header;
  private int position = RecordFormat.SEGMENT_HEADER_BYTES;
  private int lastStart = position;
  private int lastCrc;

  SegmentScan(Path path, ByteBuffer file, SegmentHeader header) {
    this.path = path;
    this.file = file;
    this.header = header;
    this.lastCrc = header.previousCrc();
  }

  /**
   * Carries out all records; {@code oldest}: nothing is known of what was before. Returns the
   * highest index of an entry that the segment may have.
   */
  long replay(LogImage image, boolean oldest) {
    long maxIndex = 0;
    while (RecordFormat.isValidRecord(file, position, header.crc())
        && file.getInt(position + RecordFormat.PREVIOUS_CRC_OFFSET) == lastCrc) {
      int length = file.getInt(position + RecordFormat.LENGTH_OFFSET);
      var payload = file.slice(position + RecordFormat.RECORD_HEADER_BYTES, length);
      try {
        RecordCodec.replay(payload, image, oldest && isFirst());
      } catch (IllegalArgumentException | BufferUnderflowException e) {
        throw lost("the record there makes no sense (" + e.getMessage() + ")");
      }
      maxIndex = Math.max(maxIndex, image.lastIndex());
      lastCrc = file.getInt(position + RecordFormat.CRC_OFFSET);
      lastStart = position;
      position += RecordFormat.recordBytes(length);
    }
    if (isFirst()) {
      throw lost("the first record is damaged");
    }
    return maxIndex;
  }

  /** Where the last record begins. */
  int lastStart() {
    return lastStart;
  }

  /** Where the last record ends. */
  int endBytes() {
    return position;
  }

  int lastCrc() {
    return lastCrc;
  }

  /** For all segments but the last: they end with zeros, and all of it was durable. */
  void checkEndOfFullSegment(int previousCrcOfNext) {
    if (!RecordFormat.isZero(file, position, file.limit())) {
      throw lost("the record there is damaged");
    }
    if (lastCrc != previousCrcOfNext) {
      throw lost("records are missing there");
    }
  }

  /** For the last segment: whether there are remains of an interrupted write to cut off. */
  boolean hasTornTail() {
    if (RecordFormat.isZero(file, position, file.limit())) {
      return false;
    }
    for (int next = position; next < file.limit(); next += Long.BYTES) {
      if (RecordFormat.isValidRecord(file, next, header.crc())) {
        throw lost("the record there is damaged (the one at offset " + next + " is not)");
      }
    }
    if (wasWrittenCompletely()) {
      throw lost("the record there is damaged (it was written completely)");
    }
    return true;
  }

  private boolean isFirst() {
    return position == RecordFormat.SEGMENT_HEADER_BYTES;
  }

  private boolean wasWrittenCompletely() {
    if (!RecordFormat.hasPlausibleHeader(file, position)) {
      return false;
    }
    int length = file.getInt(position + RecordFormat.LENGTH_OFFSET);
    int end = position + RecordFormat.recordBytes(length);
    int trailer = file.getInt(end - RecordFormat.TRAILER_BYTES);
    if (trailer == 0 || trailer != file.getInt(position + RecordFormat.CRC_OFFSET)) {
      return false;
    }
    for (int start = position; start < end; ) {
      int next = Math.min((start / SECTOR_BYTES + 1) * SECTOR_BYTES, end);
      if (next - start >= SECTOR_BYTES && RecordFormat.isZero(file, start, next)) {
        return false;
      }
      start = next;
    }
    return true;
  }

  private StorageException lost(String what) {
    return lost(path, position, what);
  }

  static StorageException lost(Path path, long offset, String what) {
    return new StorageException(
        StorageException.Kind.DATA_LOST,
        "DATA_LOST: %s, offset %d: %s. Nothing was changed. This member cannot be trusted with its"
                .formatted(path, offset, what)
            + " log any more: remove it from the cluster and add a new one in its place");
  }
}
