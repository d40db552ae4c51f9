package dev.quorate.node.storage.rocksdb;

import dev.quorate.node.storage.StateStorage;
import dev.quorate.node.storage.StorageException;
import dev.quorate.node.storage.StorageException.Kind;
import dev.quorate.node.storage.overlay.Overlay;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.rocksdb.Checkpoint;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.Slice;
import org.rocksdb.Snapshot;
import org.rocksdb.Status;
import org.rocksdb.WriteBatch;

/** The state in a RocksDB database; bounded in memory, whatever its size. */
public final class RocksStateStorage implements StateStorage {
  static {
    RocksDB.loadLibrary();
  }

  private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(10);

  /** The part of the memory for rows that were lately read or written by a batch. */
  private static final int RECENT_ROWS_PART = 8;

  private final Path directory;
  private final RocksOptions options;
  private final RocksDB database;
  private final Map<Table, ColumnFamilyHandle> tables = new EnumMap<>(Table.class);
  private final List<ColumnFamilyHandle> handles;
  private final BatchWriter writer;
  private final Reader present;
  private final RecentRows recent;
  private final OpenGate gate = new OpenGate();
  private final Consumer<StorageException> failed;

  private RocksStateStorage(
      Path directory,
      RocksOptions options,
      RocksDB database,
      List<ColumnFamilyHandle> handles,
      long recentRowsBytes,
      Consumer<StorageException> failed) {
    this.failed = failed;
    this.directory = directory;
    this.options = options;
    this.database = database;
    this.handles = handles;
    // In the order in which open() named them, behind the default one.
    var named = handles.iterator();
    named.next();
    for (var table : Table.values()) {
      tables.put(table, named.next());
    }
    writer = new BatchWriter(tables);
    present = new Reading(options.read);
    recent = new RecentRows(recentRowsBytes);
  }

  /**
   * Opens the database in a directory, or creates it.
   *
   * @param memoryBytes what all caches and memtables together may take
   */
  public static RocksStateStorage open(Path directory, long memoryBytes) {
    return open(directory, memoryBytes, _ -> {});
  }

  /**
   * The same.
   *
   * @param failed hears of every read and write that failed, before who asked for it does
   */
  public static RocksStateStorage open(
      Path directory, long memoryBytes, Consumer<StorageException> failed) {
    long recentRowsBytes = memoryBytes / RECENT_ROWS_PART;
    var options = new RocksOptions(memoryBytes - recentRowsBytes);
    var descriptors = new ArrayList<ColumnFamilyDescriptor>();
    descriptors.add(new ColumnFamilyDescriptor(RocksDB.DEFAULT_COLUMN_FAMILY, options.unused()));
    for (var table : Table.values()) {
      descriptors.add(new ColumnFamilyDescriptor(nameOf(table), options.table(table)));
    }
    var handles = new ArrayList<ColumnFamilyHandle>();
    try {
      var database = RocksDB.open(options.database, directory.toString(), descriptors, handles);
      return new RocksStateStorage(directory, options, database, handles, recentRowsBytes, failed);
    } catch (RocksDBException e) {
      options.close();
      throw inWords(directory, "open", e);
    }
  }

  private static byte[] nameOf(Table table) {
    String name =
        switch (table) {
          case LATEST -> "latest";
          case HISTORY -> "history";
          case META -> "meta";
        };
    return name.getBytes(StandardCharsets.US_ASCII);
  }

  @Override
  public View view() {
    return view(true);
  }

  @Override
  public View sweepingView() {
    return view(false);
  }

  private View view(boolean fillCache) {
    gate.enter();
    return new SnapshotView(database.getSnapshot(), fillCache);
  }

  @Override
  public byte @Nullable [] get(Table table, byte[] key) {
    gate.enter();
    try {
      return present.get(table, key);
    } finally {
      gate.leave();
    }
  }

  @Override
  public Batch batch() {
    gate.enter();
    return new Overlay(new BatchReading(), this::commit, gate::leave);
  }

  private void commit(Overlay changes) {
    try (var batch = new WriteBatch(writer.write(changes))) {
      database.write(options.write, batch);
    } catch (RocksDBException e) {
      throw failure(directory, "write", e);
    }
    changes.forEach(
        Table.LATEST,
        (key, row) -> {
          if (row == null) {
            recent.wasDeleted(key);
          } else {
            recent.wasWritten(key, row);
          }
        });
  }

  @Override
  public void flush() throws IOException {
    gate.enter();
    try {
      database.flush(options.flush, handles);
    } catch (RocksDBException e) {
      throw damageOr("flush", "cannot flush " + directory, e);
    } finally {
      gate.leave();
    }
  }

  @Override
  public void checkpoint(Path copy) throws IOException {
    flush();
    gate.enter();
    try (var checkpoint = Checkpoint.create(database)) {
      checkpoint.createCheckpoint(copy.toString());
    } catch (RocksDBException e) {
      throw damageOr("copy", "cannot copy %s to %s".formatted(directory, copy), e);
    } finally {
      gate.leave();
    }
  }

  /** A compaction may have met damage, and has kept everybody from writing since. */
  private IOException damageOr(String what, String message, RocksDBException e) {
    var failure = failure(directory, what, e);
    if (failure.kind() == Kind.DATA_LOST) {
      throw failure;
    }
    return new IOException(message, e);
  }

  @Override
  public long sizeBytes() {
    gate.enter();
    try {
      return database.getAggregatedLongProperty("rocksdb.live-sst-files-size")
          + database.getAggregatedLongProperty("rocksdb.cur-size-all-mem-tables");
    } catch (RocksDBException e) {
      throw failure(directory, "read", e);
    } finally {
      gate.leave();
    }
  }

  @Override
  public void close() {
    close(CLOSE_PATIENCE);
  }

  void close(Duration patience) {
    if (gate.isClosed()) {
      return;
    }
    if (!gate.close(patience)) {
      // To free native memory under a reader would end the process without a word.
      throw new StorageException(
          Kind.UNUSABLE,
          "the state in %s is still being read after %d s and cannot be closed: start this node again"
              .formatted(directory, patience.toSeconds()));
    }
    handles.forEach(ColumnFamilyHandle::close);
    database.close();
    options.close();
  }

  /** Not every reader ends the node by its exception. */
  private StorageException failure(Path directory, String what, RocksDBException e) {
    var failure = inWords(directory, what, e);
    failed.accept(failure);
    return failure;
  }

  private static StorageException inWords(Path directory, String what, RocksDBException e) {
    if (isDamage(e)) {
      return new StorageException(
          Kind.DATA_LOST,
          "DATA_LOST: the state in %s is damaged (%s): remove this member from the cluster and add a new one in its place"
              .formatted(directory, e.getMessage()),
          e);
    }
    return new StorageException(
        Kind.UNUSABLE,
        "cannot %s the state in %s (%s): check the disk's space, health and permissions"
            .formatted(what, directory, e.getMessage()),
        e);
  }

  /** Also what a damaged file of names leads to: a file that never was, or is gone. */
  private static boolean isDamage(RocksDBException e) {
    var status = e.getStatus();
    return status != null
        && (status.getCode() == Status.Code.Corruption
            || (status.getCode() == Status.Code.IOError
                && String.valueOf(e.getMessage()).contains("No such file")));
  }

  private ColumnFamilyHandle handle(Table table) {
    return Objects.requireNonNull(tables.get(table));
  }

  /** Reads with fixed options: as of now, or as of a snapshot. */
  private class Reading implements Reader {
    private final ReadOptions readOptions;

    Reading(ReadOptions readOptions) {
      this.readOptions = readOptions;
    }

    @Override
    public byte @Nullable [] get(Table table, byte[] key) {
      try {
        return database.get(handle(table), readOptions, key);
      } catch (RocksDBException e) {
        throw failure(directory, "read", e);
      }
    }

    @Override
    public Cursor scan(Table table, byte[] from, byte @Nullable [] to) {
      var scanOptions = new ReadOptions(readOptions);
      var bound = to == null ? null : new Slice(to);
      if (bound != null) {
        scanOptions.setIterateUpperBound(bound);
      }
      var iterator = database.newIterator(handle(table), scanOptions);
      iterator.seek(from);
      return new RocksCursor(
          iterator, scanOptions, bound, gate, e -> failure(directory, "read", e));
    }
  }

  /** What the one writer reads: nobody else changes a row, so that the recent ones are right. */
  private final class BatchReading extends Reading {
    BatchReading() {
      super(options.read);
    }

    @Override
    public byte @Nullable [] get(Table table, byte[] key) {
      if (table != Table.LATEST) {
        return super.get(table, key);
      }
      byte[] row = recent.find(key);
      if (row == null) {
        row = super.get(table, key);
        if (row != null) {
          recent.wasRead(key, row);
        }
      }
      return row;
    }

    @Override
    public byte @Nullable [] start(Table table, byte[] key) {
      if (table != Table.LATEST) {
        return super.get(table, key);
      }
      byte[] start = recent.findStart(key);
      if (start == null) {
        start = super.get(table, key);
        if (start != null) {
          recent.startWasRead(key, start);
        }
      }
      return start;
    }
  }

  /** Everything as of the moment of its creation. */
  private final class SnapshotView extends Reading implements View {
    private final Snapshot snapshot;
    private final ReadOptions readOptions;
    private boolean closed;

    SnapshotView(Snapshot snapshot, boolean fillCache) {
      this(snapshot, new ReadOptions().setSnapshot(snapshot).setFillCache(fillCache));
    }

    private SnapshotView(Snapshot snapshot, ReadOptions readOptions) {
      super(readOptions);
      this.snapshot = snapshot;
      this.readOptions = readOptions;
    }

    @Override
    public void close() {
      if (!closed) {
        closed = true;
        readOptions.close();
        database.releaseSnapshot(snapshot);
        gate.leave();
      }
    }
  }
}
