package dev.quorate.node.storage.wal;

import dev.quorate.node.storage.recorded.ForwardingChannel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** A file on a disk that fills up or whose syncs fail. */
final class FaultyChannel extends ForwardingChannel {
  private final FileChannel channel;
  private final Disk disk;

  /** What all files of a test share. */
  static final class Disk {
    long freeBytes = Long.MAX_VALUE;
    boolean syncFails;

    /** For tests that write files themselves and never cut the power. */
    boolean skipsSync;

    int syncs;
  }

  FaultyChannel(FileChannel channel, Disk disk) {
    super(channel);
    this.channel = channel;
    this.disk = disk;
  }

  /** Writes what still fits, as a disk does, and fails when nothing does. */
  @Override
  public int write(ByteBuffer source, long position) throws IOException {
    long grows = Math.max(position + source.remaining() - channel.size(), 0);
    if (grows <= disk.freeBytes) {
      disk.freeBytes -= grows;
      return channel.write(source, position);
    }
    int fits = (int) (source.remaining() - grows + disk.freeBytes);
    if (fits <= 0) {
      throw new IOException("No space left on device");
    }
    int limit = source.limit();
    source.limit(source.position() + fits);
    disk.freeBytes = 0;
    int written = channel.write(source, position);
    source.limit(limit);
    return written;
  }

  @Override
  public void force(boolean metadata) throws IOException {
    disk.syncs++;
    if (disk.syncFails) {
      throw new IOException("Input/output error");
    }
    if (!disk.skipsSync) {
      channel.force(metadata);
    }
  }
}
