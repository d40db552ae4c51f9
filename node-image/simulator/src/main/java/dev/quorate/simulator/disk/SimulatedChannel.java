package dev.quorate.simulator.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;

/** An open file, or an open directory, which can only be synced. */
final class SimulatedChannel extends FileChannel {
  private final DiskTree tree;
  private final DiskNode node;
  private final DiskFile file;
  private int position;

  SimulatedChannel(DiskTree tree, DiskNode node, DiskFile file) {
    this.tree = tree;
    this.node = node;
    this.file = file;
  }

  /** Nobody else has it. */
  private static final class Lock extends FileLock {
    Lock(FileChannel channel, long position, long size, boolean shared) {
      super(channel, position, size, shared);
    }

    @Override
    public boolean isValid() {
      return true;
    }

    @Override
    public void release() {}
  }

  @Override
  public int write(ByteBuffer source, long at) throws IOException {
    int length = source.remaining();
    boolean cut = tree.begin(DiskFaults.Step.WRITE, Math.max(0, at + length - file.size()));
    byte[] bytes = new byte[length];
    source.get(bytes);
    file.write((int) at, bytes, 0, length);
    if (cut) {
      throw tree.cutPower();
    }
    return length;
  }

  @Override
  public void force(boolean metadata) throws IOException {
    if (tree.begin(DiskFaults.Step.SYNC, 0)) {
      throw tree.cutPower();
    }
    tree.sync(node);
  }

  @Override
  public int read(ByteBuffer target, long at) {
    tree.checkPower();
    byte[] bytes = new byte[target.remaining()];
    int count = file.read((int) at, bytes, 0, bytes.length);
    if (count <= 0) {
      return -1;
    }
    target.put(bytes, 0, count);
    return count;
  }

  @Override
  public int read(ByteBuffer target) {
    int count = read(target, position);
    position += Math.max(0, count);
    return count;
  }

  @Override
  public int write(ByteBuffer source) throws IOException {
    int count = write(source, position);
    position += count;
    return count;
  }

  @Override
  public long position() {
    return position;
  }

  @Override
  public FileChannel position(long newPosition) {
    position = (int) newPosition;
    return this;
  }

  @Override
  public long size() {
    return file.size();
  }

  @Override
  public FileChannel truncate(long size) {
    tree.checkPower();
    file.truncate((int) size);
    return this;
  }

  @Override
  public FileLock lock(long at, long size, boolean shared) {
    return new Lock(this, at, size, shared);
  }

  @Override
  public FileLock tryLock(long at, long size, boolean shared) {
    return new Lock(this, at, size, shared);
  }

  @Override
  public long read(ByteBuffer[] targets, int offset, int length) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long write(ByteBuffer[] sources, int offset, int length) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long transferTo(long at, long count, WritableByteChannel target) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long transferFrom(ReadableByteChannel source, long at, long count) {
    throw new UnsupportedOperationException();
  }

  @Override
  public MappedByteBuffer map(MapMode mode, long at, long size) {
    throw new UnsupportedOperationException();
  }

  @Override
  protected void implCloseChannel() {}
}
