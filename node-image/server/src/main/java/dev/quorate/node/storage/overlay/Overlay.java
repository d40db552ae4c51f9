package dev.quorate.node.storage.overlay;

import dev.quorate.node.storage.StateStorage.Batch;
import dev.quorate.node.storage.StateStorage.Cursor;
import dev.quorate.node.storage.StateStorage.Reader;
import dev.quorate.node.storage.StateStorage.Table;
import java.util.Arrays;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A batch that keeps its changes in maps until they are committed. Its reads look there first; the
 * store below is not changed by anybody else meanwhile, because there is one writer.
 */
@SuppressWarnings("ReferenceEquality")
public final class Overlay implements Batch {
  /** What a row takes beside its bytes: its place in a map and the heads of two arrays. */
  private static final int ROW_BYTES = 100;

  /** Stands for a deleted row; compared by identity. */
  private static final byte[] DELETED = new byte[0];

  private final Reader below;
  private final Consumer<Overlay> commit;
  private final Runnable closed;
  private boolean open = true;
  private long sizeBytes;
  private final TreeMap<byte[], byte[]> latest = new TreeMap<>(Arrays::compareUnsigned);
  private final TreeMap<byte[], byte[]> history = new TreeMap<>(Arrays::compareUnsigned);
  private final TreeMap<byte[], byte[]> meta = new TreeMap<>(Arrays::compareUnsigned);

  public Overlay(Reader below, Consumer<Overlay> commit, Runnable closed) {
    this.below = below;
    this.commit = commit;
    this.closed = closed;
  }

  @Override
  public byte @Nullable [] get(Table table, byte[] key) {
    byte[] value = changes(table).get(key);
    return value == null ? below.get(table, key) : present(value);
  }

  @Override
  public byte @Nullable [] start(Table table, byte[] key) {
    byte[] value = changes(table).get(key);
    return value == null ? below.start(table, key) : present(value);
  }

  private static byte @Nullable [] present(byte[] value) {
    return isDeleted(value) ? null : value;
  }

  @Override
  public Cursor scan(Table table, byte[] from, byte @Nullable [] to) {
    return new OverlayCursor(changes(table), below.scan(table, from, to), from, to);
  }

  @Override
  public void put(Table table, byte[] key, byte[] value) {
    changes(table).put(key, value);
    sizeBytes += ROW_BYTES + key.length + value.length;
  }

  @Override
  public void delete(Table table, byte[] key) {
    changes(table).put(key, DELETED);
    sizeBytes += ROW_BYTES + key.length;
  }

  /** A row that is written again counts again. */
  @Override
  public long sizeBytes() {
    return sizeBytes;
  }

  /** All changes of a table in the order of their keys; a null value is a deleted row. */
  public void forEach(Table table, BiConsumer<byte[], byte @Nullable []> action) {
    changes(table).forEach((key, value) -> action.accept(key, isDeleted(value) ? null : value));
  }

  @Override
  public void commit() {
    commit.accept(this);
    clear();
  }

  @Override
  public void close() {
    clear();
    if (open) {
      open = false;
      closed.run();
    }
  }

  private void clear() {
    latest.clear();
    history.clear();
    meta.clear();
    sizeBytes = 0;
  }

  private NavigableMap<byte[], byte[]> changes(Table table) {
    return switch (table) {
      case LATEST -> latest;
      case HISTORY -> history;
      case META -> meta;
    };
  }

  @SuppressWarnings("ReferenceEquality")
  static boolean isDeleted(byte[] value) {
    return value == DELETED;
  }
}
