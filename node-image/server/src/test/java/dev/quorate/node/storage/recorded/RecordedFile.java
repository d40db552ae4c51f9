package dev.quorate.node.storage.recorded;

import dev.quorate.node.storage.recorded.DiskChange.Cut;
import dev.quorate.node.storage.recorded.DiskChange.FileSynced;
import dev.quorate.node.storage.recorded.DiskChange.Written;
import dev.quorate.raft.check.Bytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** A file that is open for writing. */
final class RecordedFile extends ForwardingChannel {
  private final RecordedDisk disk;
  private final long id;

  RecordedFile(FileChannel channel, RecordedDisk disk, long id) {
    super(channel);
    this.disk = disk;
    this.id = id;
  }

  @Override
  public int write(ByteBuffer source, long position) throws IOException {
    var data = new byte[source.remaining()];
    source.get(source.position(), data);
    return disk.change(
        new Written(id, position, Bytes.of(data)),
        () -> {
          long next = position;
          while (source.hasRemaining()) {
            next += super.write(source, next);
          }
          return data.length;
        });
  }

  @Override
  public FileChannel truncate(long size) throws IOException {
    return disk.change(new Cut(id, size), () -> super.truncate(size));
  }

  /** The real disk need not sync: its power is not cut. */
  @Override
  public void force(boolean metadata) throws IOException {
    disk.change(new FileSynced(id), () -> this);
  }
}
