package dev.quorate.node.kv;

import dev.quorate.node.storage.StateStorage;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A storage that tells when something was committed. */
record ObservedStorage(StateStorage storage, Runnable committed) implements StateStorage {
  @Override
  public View view() {
    return storage.view();
  }

  @Override
  public byte @Nullable [] get(Table table, byte[] key) {
    return storage.get(table, key);
  }

  @Override
  public Batch batch() {
    var batch = storage.batch();
    return new Batch() {
      @Override
      public byte @Nullable [] get(Table table, byte[] key) {
        return batch.get(table, key);
      }

      @Override
      public Cursor scan(Table table, byte[] from, byte @Nullable [] to) {
        return batch.scan(table, from, to);
      }

      @Override
      public void put(Table table, byte[] key, byte[] value) {
        batch.put(table, key, value);
      }

      @Override
      public void delete(Table table, byte[] key) {
        batch.delete(table, key);
      }

      @Override
      public long sizeBytes() {
        return batch.sizeBytes();
      }

      @Override
      public void commit() {
        batch.commit();
        committed.run();
      }

      @Override
      public void close() {
        batch.close();
      }
    };
  }

  @Override
  public void flush() throws IOException {
    storage.flush();
  }

  @Override
  public void checkpoint(Path directory) throws IOException {
    storage.checkpoint(directory);
  }

  @Override
  public long sizeBytes() {
    return storage.sizeBytes();
  }

  @Override
  public void close() {
    storage.close();
  }
}
