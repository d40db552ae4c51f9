package dev.quorate.node.storage.rocksdb;

import dev.quorate.node.storage.DataDirectory;
import dev.quorate.node.storage.Directories;
import dev.quorate.node.storage.StateHome;
import dev.quorate.node.storage.StateStorage;
import dev.quorate.node.storage.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** The states of a member in its {@link DataDirectory}, kept by RocksDB. */
public final class RocksStateHome implements StateHome {
  private final DataDirectory directory;
  private final long memoryBytes;
  private final Consumer<StorageException> failed;
  private final AtomicLong outgoing = new AtomicLong();

  /** One of which nobody but who uses it hears of failures. */
  public RocksStateHome(DataDirectory directory, long memoryBytes) {
    this(directory, memoryBytes, _ -> {});
  }

  /**
   * The states of a directory.
   *
   * @param memoryBytes what an open state may take for all its caches
   * @param failed hears of every read and write of an open state that failed, too
   */
  public RocksStateHome(
      DataDirectory directory, long memoryBytes, Consumer<StorageException> failed) {
    this.directory = directory;
    this.memoryBytes = memoryBytes;
    this.failed = failed;
  }

  @Override
  public StateStorage open() throws IOException {
    // RocksDB syncs what is in it, and not its name.
    Directories.create(directory.state());
    return RocksStateStorage.open(directory.state(), memoryBytes, failed);
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
