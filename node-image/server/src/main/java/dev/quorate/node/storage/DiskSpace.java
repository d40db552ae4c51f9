package dev.quorate.node.storage;

import java.io.IOException;
import java.nio.file.Path;

/**
 * What a disk has left. A part of it is reserved for what must go on when nothing may be added any
 * more: deletes, compactions, membership, and the flush of what is in memory.
 */
public record DiskSpace(long freeBytes, long totalBytes) {
  private static final long MOST_RESERVED_BYTES = 256L << 20;

  /** Of a small disk no more than this part is reserved. */
  private static final int RESERVED_PART = 5;

  public static DiskSpace of(Path directory) throws IOException {
    // A FileStore would have to find the mount that the directory is on, which it cannot always.
    var file = directory.toFile();
    long totalBytes = file.getTotalSpace();
    if (totalBytes == 0) {
      throw new IOException("the file system of " + directory + " does not tell its size");
    }
    return new DiskSpace(file.getUsableSpace(), totalBytes);
  }

  /** How much of it is in use, rounded down. */
  public int usedPercent() {
    return (int) ((double) (totalBytes - freeBytes) / totalBytes * 100);
  }

  public long reservedBytes() {
    return Math.min(MOST_RESERVED_BYTES, totalBytes / RESERVED_PART);
  }

  /** The reserve is touched: nothing may be added. */
  public boolean isShort() {
    return freeBytes < reservedBytes();
  }

  /** So far from being short that it will not be so again at once. */
  public boolean isAmple() {
    return freeBytes >= reservedBytes() / 2 * 3;
  }
}
