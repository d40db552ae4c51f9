package dev.quorate.node.storage;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Ordered tables of bytes with atomic batches. Reads may come from any thread; there is one writer,
 * the apply thread. Keys are ordered as unsigned bytes.
 */
public interface StateStorage extends AutoCloseable {
  /** The tables of the key-value state (see {@code kv.MvccStore} for their rows). */
  enum Table {
    LATEST,
    HISTORY,
    META
  }

  /** How much of a row {@link Reader#start} gives at least, if the row has as much. */
  int START_BYTES = 32;

  /** What can be read; a {@link View} and a {@link Batch} are readers too. */
  interface Reader {
    byte @Nullable [] get(Table table, byte[] key);

    /** The first bytes of a row or more of it; may cost less than all of a large one. */
    default byte @Nullable [] start(Table table, byte[] key) {
      return get(table, key);
    }

    /**
     * All rows from {@code from} (inclusive) to {@code to} (exclusive; null: to the end of the
     * table), ascending.
     */
    Cursor scan(Table table, byte[] from, byte @Nullable [] to);
  }

  /** Stands on a row, or past the last one; starts on the first. Close it. */
  interface Cursor extends AutoCloseable {
    boolean valid();

    byte[] key();

    byte[] value();

    void next();

    @Override
    void close();
  }

  /** A consistent picture of all tables as of the moment it was asked for. Close it. */
  interface View extends Reader, AutoCloseable {
    @Override
    void close();
  }

  /**
   * Changes that become visible and, later, durable together. Its reads see its own writes. One at
   * a time. Close it.
   */
  interface Batch extends Reader, AutoCloseable {
    void put(Table table, byte[] key, byte[] value);

    void delete(Table table, byte[] key);

    /** What the changes that are not committed take in memory, roughly. */
    long sizeBytes();

    /**
     * Makes the changes visible at once; after a crash they are all there or none of them. More may
     * be written afterwards.
     */
    void commit();

    @Override
    void close();
  }

  View view();

  /** The same for who reads much of it once: that displaces nothing which others read often. */
  default View sweepingView() {
    return view();
  }

  /** The newest committed row, without the cost of a view; two calls may see different states. */
  byte @Nullable [] get(Table table, byte[] key);

  Batch batch();

  /**
   * Makes all that was committed before the call durable; runs beside reads and writes, may take
   * seconds.
   */
  void flush() throws IOException;

  /**
   * Writes a copy of the state as of now to a directory that does not exist yet; cheap, by links
   * where possible.
   */
  void checkpoint(Path directory) throws IOException;

  /** What the state takes on disk and in memory that is not yet flushed. */
  long sizeBytes();

  /**
   * Ends the scans that go on, with an exception for whoever scans, and lets go of the files.
   *
   * @throws StorageException if a reader does not end in time: the files are in use still
   */
  @Override
  void close();
}
