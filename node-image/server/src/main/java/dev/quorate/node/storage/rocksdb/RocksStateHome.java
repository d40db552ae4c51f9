package dev.quorate.node.storage.rocksdb;

import dev.quorate.node.storage.DataDirectory;
import dev.quorate.node.storage.Directories;
import dev.quorate.node.storage.StateHome;
import dev.quorate.node.storage.StateStorage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;

/** The states of a member in its {@link DataDirectory}, kept by RocksDB. */
public final class RocksStateHome implements StateHome {
  private final DataDirectory directory;
  private final long memoryBytes;
  private final AtomicLong outgoing = new AtomicLong();

  /** The memory is what an open state may take for all its caches. */
  public RocksStateHome(DataDirectory directory, long memoryBytes) {
    this.directory = directory;
    this.memoryBytes = memoryBytes;
  }

  @Override
  public StateStorage open() throws IOException {
    // RocksDB syncs what is in it, and not its name.
    Directories.create(directory.state());
    return RocksStateStorage.open(directory.state(), memoryBytes);
  }

  @Override
  public Path emptyIncoming() throws IOException {
    Directories.delete(directory.incoming());
    return Files.createDirectory(directory.incoming());
  }

  @Override
  public Path newOutgoing() throws IOException {
    Files.createDirectories(directory.outgoing());
    return directory.outgoing().resolve(Long.toString(outgoing.incrementAndGet()));
  }

  @Override
  public void adoptIncoming() throws IOException {
    directory.commitIncoming();
    directory.swapState();
  }
}
