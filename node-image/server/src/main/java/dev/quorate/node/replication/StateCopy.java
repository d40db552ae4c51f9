package dev.quorate.node.replication;

import dev.quorate.node.kv.MemberTable;
import dev.quorate.node.storage.Directories;
import dev.quorate.raft.log.Snapshot;
import java.io.IOException;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A copy of the state on the disk, and what it stands for; closing it removes it. One that a crash
 * leaves is removed at the next start.
 */
record StateCopy(Path directory, Snapshot snapshot, long revision, MemberTable members)
    implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StateCopy.class);

  @Override
  public void close() {
    delete(directory);
  }

  static void delete(Path directory) {
    try {
      Directories.delete(directory);
    } catch (IOException e) {
      LOG.warn("{} could not be removed; it only takes space: {}", directory, e.toString());
    }
  }
}
