package dev.quorate.node.storage.rocksdb;

import dev.quorate.node.storage.StateStorage.Cursor;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;

/** A RocksDB iterator with what it holds on to. */
final class RocksCursor implements Cursor {
  private final RocksIterator iterator;
  private final ReadOptions options;
  private final @Nullable Slice bound;
  private final OpenGate gate;
  private final Function<RocksDBException, RuntimeException> failure;

  RocksCursor(
      RocksIterator iterator,
      ReadOptions options,
      @Nullable Slice bound,
      OpenGate gate,
      Function<RocksDBException, RuntimeException> failure) {
    this.iterator = iterator;
    this.options = options;
    this.bound = bound;
    this.gate = gate;
    this.failure = failure;
  }

  /** An iterator that met an error looks like one that came to its end: tell them apart. */
  @Override
  public boolean valid() {
    if (iterator.isValid()) {
      return true;
    }
    try {
      iterator.status();
    } catch (RocksDBException e) {
      throw failure.apply(e);
    }
    return false;
  }

  @Override
  public byte[] key() {
    return iterator.key();
  }

  @Override
  public byte[] value() {
    return iterator.value();
  }

  /** A long scan must not keep the state from being closed. */
  @Override
  public void next() {
    gate.check();
    iterator.next();
  }

  @Override
  public void close() {
    iterator.close();
    options.close();
    if (bound != null) {
      bound.close();
    }
  }
}
