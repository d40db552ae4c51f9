package dev.quorate.simulator;

import dev.quorate.node.storage.StateStorage;
import dev.quorate.node.storage.memory.MemoryStateStorage;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Tables in memory whose flush may fail. */
record SimulatedState(MemoryStateStorage tables, SimulatedStateHome.Flushes flushes)
    implements StateStorage {
  @Override
  public View view() {
    return tables.view();
  }

  @Override
  public byte @Nullable [] get(Table table, byte[] key) {
    return tables.get(table, key);
  }

  @Override
  public Batch batch() {
    return tables.batch();
  }

  @Override
  public void flush() throws IOException {
    flushes.begin();
    tables.flush();
  }

  @Override
  public void checkpoint(Path directory) throws IOException {
    tables.checkpoint(directory);
  }

  @Override
  public long sizeBytes() {
    return tables.sizeBytes();
  }

  @Override
  public void close() {}
}
