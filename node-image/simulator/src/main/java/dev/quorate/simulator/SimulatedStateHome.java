package dev.quorate.simulator;

import dev.quorate.node.storage.DataDirectory;
import dev.quorate.node.storage.Directories;
import dev.quorate.node.storage.StateHome;
import dev.quorate.node.storage.StateStorage;
import dev.quorate.node.storage.memory.MemoryStateStorage;
import dev.quorate.simulator.disk.DiskTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The states of a member in its data directory. The tables are in memory, attached to a file that
 * stands for them: where the directory goes, or a power cut leaves it, they go too.
 */
final class SimulatedStateHome implements StateHome {
  private static final String FILE = "tables";

  private final DataDirectory directory;
  private final DiskTree tree;
  private final Flushes flushes;
  private int outgoing;

  /** What may go wrong with a flush. */
  interface Flushes {
    void begin() throws IOException;
  }

  SimulatedStateHome(DataDirectory directory, DiskTree tree, Flushes flushes) {
    this.directory = directory;
    this.tree = tree;
    this.flushes = flushes;
  }

  @Override
  public StateStorage open() throws IOException {
    Files.createDirectories(directory.state());
    var path = directory.state().resolve(FILE);
    if (!Files.exists(path)) {
      Files.write(path, new byte[0]);
      Directories.syncRecursively(directory.state());
    }
    var file = tree.file(path);
    var known = file.attachment();
    MemoryStateStorage tables;
    if (known instanceof MemoryStateStorage storage) {
      tables = storage.crashed();
    } else {
      tables =
          Files.size(path) == 0
              ? new MemoryStateStorage()
              : MemoryStateStorage.open(directory.state());
    }
    file.attach(tables);
    return new SimulatedState(tables, flushes);
  }

  @Override
  public Path emptyIncoming() throws IOException {
    Directories.delete(directory.incoming());
    return Files.createDirectory(directory.incoming());
  }

  @Override
  public Path newOutgoing() throws IOException {
    Files.createDirectories(directory.outgoing());
    return directory.outgoing().resolve(Integer.toString(++outgoing));
  }

  @Override
  public void adoptIncoming() throws IOException {
    directory.commitIncoming();
    directory.swapState();
  }
}
