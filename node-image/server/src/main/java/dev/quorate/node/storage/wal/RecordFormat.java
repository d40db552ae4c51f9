package dev.quorate.node.storage.wal;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** Where the fields of headers and records are, and how their checksums are made. */
final class RecordFormat {
  static final long MAGIC = 0x51554F524C4F4731L; // "QUORLOG1"
  static final int VERSION = 1;
  static final int SEGMENT_HEADER_BYTES = 64;
  static final int RECORD_HEADER_BYTES = 16;
  static final int TRAILER_BYTES = Integer.BYTES;
  static final int MARKER = 0x51524543; // "QREC"

  static final int LENGTH_OFFSET = 4;
  static final int PREVIOUS_CRC_OFFSET = 8;
  static final int CRC_OFFSET = 12;

  private static final int HEADER_CRC_OFFSET = SEGMENT_HEADER_BYTES - Integer.BYTES;
  private static final int ALIGNMENT_BYTES = 8;

  private RecordFormat() {}

  /** The fixed beginning of every segment. */
  record SegmentHeader(
      int version, long sequence, long clusterId, long memberId, int previousCrc, int crc) {}

  /** What a record with a payload of this length takes in the file. */
  static int recordBytes(int payloadLength) {
    int raw = RECORD_HEADER_BYTES + payloadLength + TRAILER_BYTES;
    return (raw + ALIGNMENT_BYTES - 1) / ALIGNMENT_BYTES * ALIGNMENT_BYTES;
  }

  /** Writes a header and returns its checksum, with which the records' checksums begin. */
  static int putSegmentHeader(
      ByteBuffer buffer, long sequence, long clusterId, long memberId, int previousCrc) {
    int start = buffer.position();
    buffer.putLong(MAGIC).putInt(VERSION).putInt(0);
    buffer.putLong(sequence).putLong(clusterId).putLong(memberId).putInt(previousCrc);
    while (buffer.position() < start + HEADER_CRC_OFFSET) {
      buffer.put((byte) 0);
    }
    int crc = crcOf(buffer, start, HEADER_CRC_OFFSET);
    buffer.putInt(crc);
    return crc;
  }

  /** Reads a header; null if its checksum is wrong. The checksum has its place in all versions. */
  static @Nullable SegmentHeader segmentHeader(ByteBuffer file) {
    if (file.limit() < SEGMENT_HEADER_BYTES) {
      return null;
    }
    int crc = file.getInt(HEADER_CRC_OFFSET);
    if (file.getLong(0) != MAGIC || crc != crcOf(file, 0, HEADER_CRC_OFFSET)) {
      return null;
    }
    return new SegmentHeader(
        file.getInt(8), file.getLong(16), file.getLong(24), file.getLong(32), file.getInt(40), crc);
  }

  /**
   * Completes a record whose payload is in the buffer behind an empty header that begins at {@code
   * start}: pads it and fills in header and trailer.
   */
  static int finishRecord(ByteBuffer buffer, int start, int segmentCrc, int previousCrc) {
    int payloadEnd = buffer.position();
    int length = payloadEnd - start - RECORD_HEADER_BYTES;
    buffer.putInt(start, MARKER).putInt(start + LENGTH_OFFSET, length);
    buffer.putInt(start + PREVIOUS_CRC_OFFSET, previousCrc);
    // The segment's checksum stands in the place of the record's own one while that is made.
    buffer.putInt(start + CRC_OFFSET, segmentCrc);
    int crc = crcOf(buffer, start, RECORD_HEADER_BYTES + length);
    buffer.putInt(start + CRC_OFFSET, crc);
    int trailer = start + recordBytes(length) - TRAILER_BYTES;
    while (buffer.position() < trailer) {
      buffer.put((byte) 0);
    }
    buffer.putInt(crc);
    return crc;
  }

  /** Whether a whole record of this segment begins here, whatever stands before it. */
  static boolean isValidRecord(ByteBuffer file, int start, int segmentCrc) {
    if (!hasPlausibleHeader(file, start)) {
      return false;
    }
    int length = file.getInt(start + LENGTH_OFFSET);
    int trailer = start + recordBytes(length) - TRAILER_BYTES;
    int crc = file.getInt(start + CRC_OFFSET);
    if (file.getInt(trailer) != crc
        || !isZero(file, start + RECORD_HEADER_BYTES + length, trailer)) {
      return false;
    }
    var sum = new CRC32C();
    sum.update(file.slice(start, CRC_OFFSET));
    sum.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, segmentCrc));
    sum.update(file.slice(start + RECORD_HEADER_BYTES, length));
    return (int) sum.getValue() == crc;
  }

  /** Whether a record may begin here and would end within the file. */
  static boolean hasPlausibleHeader(ByteBuffer file, int start) {
    if (file.limit() - start < RECORD_HEADER_BYTES + TRAILER_BYTES
        || file.getInt(start) != MARKER) {
      return false;
    }
    int length = file.getInt(start + LENGTH_OFFSET);
    return length >= 0
        && length <= file.limit() - start - RECORD_HEADER_BYTES - TRAILER_BYTES
        && recordBytes(length) <= file.limit() - start;
  }

  static boolean isZero(ByteBuffer file, int from, int to) {
    int position = from;
    for (; position + Long.BYTES <= to; position += Long.BYTES) {
      if (file.getLong(position) != 0) {
        return false;
      }
    }
    for (; position < to; position++) {
      if (file.get(position) != 0) {
        return false;
      }
    }
    return true;
  }

  private static int crcOf(ByteBuffer buffer, int start, int length) {
    var sum = new CRC32C();
    sum.update(buffer.slice(start, length));
    return (int) sum.getValue();
  }
}
