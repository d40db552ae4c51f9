package dev.quorate.node.storage.recorded;

import dev.quorate.node.storage.recorded.DiskChange.PathSynced;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/** A file or directory that is open for reading: it may be synced, too. */
final class RecordedReader extends ForwardingChannel {
  private final RecordedDisk disk;
  private final Path path;

  RecordedReader(FileChannel channel, RecordedDisk disk, Path path) {
    super(channel);
    this.disk = disk;
    this.path = path;
  }

  @Override
  public void force(boolean metadata) throws IOException {
    disk.change(new PathSynced(path), () -> this);
  }
}
