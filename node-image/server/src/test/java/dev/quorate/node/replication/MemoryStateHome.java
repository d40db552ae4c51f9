package dev.quorate.node.replication;

import dev.quorate.node.storage.StateHome;
import dev.quorate.node.storage.StateStorage;
import dev.quorate.node.storage.memory.MemoryStateStorage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/** A state in memory; only what is sent between members passes through files. */
final class MemoryStateHome implements StateHome {
  private final Path directory;
  private final Path incoming;
  private MemoryStateStorage storage;

  MemoryStateHome(Path directory) {
    this(directory, new MemoryStateStorage());
  }

  private MemoryStateHome(Path directory, MemoryStateStorage storage) {
    this.directory = directory;
    this.incoming = directory.resolve("incoming");
    this.storage = storage;
  }

  /** What a restart after a power cut would find. */
  MemoryStateHome crashed() {
    return new MemoryStateHome(directory, storage.crashed());
  }

  @Override
  public StateStorage open() {
    return storage;
  }

  @Override
  public Path emptyIncoming() throws IOException {
    Files.createDirectories(incoming);
    try (var files = Files.list(incoming)) {
      for (var file : files.toList()) {
        Files.delete(file);
      }
    }
    return incoming;
  }

  @Override
  public Path newOutgoing() {
    return directory.resolve("outgoing-" + UUID.randomUUID());
  }

  @Override
  public void adoptIncoming() throws IOException {
    storage = MemoryStateStorage.open(incoming);
  }
}
