package dev.quorate.node.storage.wal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/**
 * The segment that is written. Zeros are written ahead of the records in steps, so that a sync
 * rarely has to change the size of the file.
 */
final class Segment implements AutoCloseable {
  private static final ByteBuffer ZEROS = ByteBuffer.allocateDirect(1 << 16).asReadOnlyBuffer();

  private final FileChannel channel;
  private final Path path;
  private final long sequence;
  private final int headerCrc;
  private final int preallocationBytes;
  private long endBytes;
  private long allocatedBytes;
  private int lastCrc;

  Segment(FileChannel channel, Path path, long sequence, int headerCrc, int preallocationBytes) {
    this.channel = channel;
    this.path = path;
    this.sequence = sequence;
    this.headerCrc = headerCrc;
    this.preallocationBytes = preallocationBytes;
  }

  /** Writes the header of a new segment; it becomes durable with the first record. */
  void begin(ByteBuffer header, int previousCrc) throws IOException {
    endBytes = header.remaining();
    lastCrc = previousCrc;
    allocate(endBytes);
    write(header, 0);
  }

  /** The records end here, and so does the file; {@code crc} is the last record's. */
  void endsAt(long bytes, long fileBytes, int crc) {
    endBytes = bytes;
    allocatedBytes = fileBytes;
    lastCrc = crc;
  }

  long sequence() {
    return sequence;
  }

  int headerCrc() {
    return headerCrc;
  }

  int lastCrc() {
    return lastCrc;
  }

  long endBytes() {
    return endBytes;
  }

  Path path() {
    return path;
  }

  /** Writes behind everything so far and makes it durable. */
  void append(RecordBuffer record) throws IOException {
    int crc = record.finish(headerCrc, lastCrc);
    var bytes = record.bytes();
    long nextEndBytes = endBytes + bytes.remaining();
    if (nextEndBytes > allocatedBytes) {
      allocate(nextEndBytes);
    }
    write(bytes, endBytes);
    sync(false);
    endBytes = nextEndBytes;
    lastCrc = crc;
  }

  /** Removes everything behind the last record. */
  void cut() throws IOException {
    channel.truncate(endBytes);
    allocatedBytes = endBytes;
  }

  /**
   * Writes the last record once more and makes all durable: the process that wrote it may have
   * ended before its sync did, and a page of which a sync failed counts as clean.
   */
  void rewrite(ByteBuffer record, long position) throws IOException {
    write(record, position);
    sync(true);
  }

  private void allocate(long atLeastBytes) throws IOException {
    long target = (atLeastBytes + preallocationBytes - 1) / preallocationBytes * preallocationBytes;
    var zeros = ZEROS.duplicate();
    while (allocatedBytes < target) {
      zeros.clear().limit((int) Math.min(zeros.capacity(), target - allocatedBytes));
      int length = zeros.remaining();
      write(zeros, allocatedBytes);
      allocatedBytes += length;
    }
  }

  private void write(ByteBuffer bytes, long position) throws IOException {
    long next = position;
    try {
      while (bytes.hasRemaining()) {
        next += channel.write(bytes, next);
      }
    } catch (IOException e) {
      throw named("written", e);
    }
  }

  private void sync(boolean metadata) throws IOException {
    try {
      channel.force(metadata);
    } catch (IOException e) {
      throw named("synced", e);
    }
  }

  /** What the operating system says of an open file does not name it. */
  private IOException named(String what, IOException cause) {
    return new IOException("%s cannot be %s: %s".formatted(path, what, cause.getMessage()), cause);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
