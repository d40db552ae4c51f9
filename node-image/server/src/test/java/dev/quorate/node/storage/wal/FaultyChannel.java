package dev.quorate.node.storage.wal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;

/** A file on a disk that fills up or whose syncs fail. */
final class FaultyChannel extends FileChannel {
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

  @Override
  public int read(ByteBuffer target) throws IOException {
    return channel.read(target);
  }

  @Override
  public long read(ByteBuffer[] targets, int offset, int length) throws IOException {
    return channel.read(targets, offset, length);
  }

  @Override
  public int write(ByteBuffer source) throws IOException {
    return channel.write(source);
  }

  @Override
  public long write(ByteBuffer[] sources, int offset, int length) throws IOException {
    return channel.write(sources, offset, length);
  }

  @Override
  public long position() throws IOException {
    return channel.position();
  }

  @Override
  public FileChannel position(long newPosition) throws IOException {
    channel.position(newPosition);
    return this;
  }

  @Override
  public long size() throws IOException {
    return channel.size();
  }

  @Override
  public FileChannel truncate(long size) throws IOException {
    channel.truncate(size);
    return this;
  }

  @Override
  public long transferTo(long position, long count, WritableByteChannel target) throws IOException {
    return channel.transferTo(position, count, target);
  }

  @Override
  public long transferFrom(ReadableByteChannel source, long position, long count)
      throws IOException {
    return channel.transferFrom(source, position, count);
  }

  @Override
  public int read(ByteBuffer target, long position) throws IOException {
    return channel.read(target, position);
  }

  @Override
  public MappedByteBuffer map(MapMode mode, long position, long size) throws IOException {
    return channel.map(mode, position, size);
  }

  @Override
  public FileLock lock(long position, long size, boolean shared) throws IOException {
    return channel.lock(position, size, shared);
  }

  @Override
  public FileLock tryLock(long position, long size, boolean shared) throws IOException {
    return channel.tryLock(position, size, shared);
  }

  @Override
  protected void implCloseChannel() throws IOException {
    channel.close();
  }
}
