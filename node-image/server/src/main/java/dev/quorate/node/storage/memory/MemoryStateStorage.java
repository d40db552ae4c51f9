package dev.quorate.node.storage.memory;

import dev.quorate.node.storage.StateStorage;
import dev.quorate.node.storage.overlay.Overlay;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Tables in memory. A view is the tables themselves; the next commit after it was taken copies
 * them, so views are free and commits after views are not. {@link #crashed} is what a restart after
 * a power cut would find.
 */
public final class MemoryStateStorage implements StateStorage {
  private static final String FILE = "tables";

  private volatile Tables current;
  private volatile Tables durable;

  public MemoryStateStorage() {
    this(new Tables());
  }

  private MemoryStateStorage(Tables tables) {
    current = tables;
    durable = tables;
    tables.shared = true;
  }

  /** Reads what {@link #checkpoint} wrote. */
  public static MemoryStateStorage open(Path directory) throws IOException {
    var tables = new Tables();
    try (var in =
        new DataInputStream(
            new BufferedInputStream(Files.newInputStream(directory.resolve(FILE))))) {
      for (var table : Table.values()) {
        for (int rows = in.readInt(); rows > 0; rows--) {
          byte[] key = in.readNBytes(in.readInt());
          byte[] value = in.readNBytes(in.readInt());
          tables.of(table).put(key, value);
          tables.sizeBytes += size(key, value);
        }
      }
    }
    return new MemoryStateStorage(tables);
  }

  /** The state as of the last flush. */
  public MemoryStateStorage crashed() {
    return new MemoryStateStorage(durable);
  }

  @Override
  public synchronized View view() {
    current.shared = true;
    return current;
  }

  @Override
  public synchronized byte @Nullable [] get(Table table, byte[] key) {
    return current.get(table, key);
  }

  @Override
  public Batch batch() {
    return new Overlay(new Reading(), this::commit, () -> {});
  }

  private synchronized void commit(Overlay changes) {
    if (current.shared) {
      current = new Tables(current);
    }
    for (var table : Table.values()) {
      var rows = current.of(table);
      changes.forEach(
          table,
          (key, value) -> {
            byte[] before = value == null ? rows.remove(key) : rows.put(key, value);
            current.sizeBytes += size(key, value) - size(key, before);
          });
    }
  }

  private static long size(byte[] key, byte @Nullable [] value) {
    return value == null ? 0 : key.length + value.length;
  }

  @Override
  public synchronized void flush() {
    current.shared = true;
    durable = current;
  }

  @Override
  public void checkpoint(Path directory) throws IOException {
    var tables = (Tables) view();
    Files.createDirectory(directory);
    try (var out =
        new DataOutputStream(
            new BufferedOutputStream(Files.newOutputStream(directory.resolve(FILE))))) {
      for (var table : Table.values()) {
        out.writeInt(tables.of(table).size());
        for (var row : tables.of(table).entrySet()) {
          out.writeInt(row.getKey().length);
          out.write(row.getKey());
          out.writeInt(row.getValue().length);
          out.write(row.getValue());
        }
      }
    }
  }

  @Override
  public synchronized long sizeBytes() {
    return current.sizeBytes;
  }

  @Override
  public void close() {}

  /** What a batch reads below its own changes: the tables as they are. */
  private final class Reading implements Reader {
    @Override
    public byte @Nullable [] get(Table table, byte[] key) {
      return current.get(table, key);
    }

    /** No more than it must, so that nobody comes to rely on more. */
    @Override
    public byte @Nullable [] start(Table table, byte[] key) {
      byte[] row = get(table, key);
      return row == null ? null : Arrays.copyOf(row, Math.min(row.length, START_BYTES));
    }

    @Override
    public Cursor scan(Table table, byte[] from, byte @Nullable [] to) {
      return current.scan(table, from, to);
    }
  }

  /** All tables at one moment; never changed once they are shared. */
  private static final class Tables implements View {
    private final Map<Table, NavigableMap<byte[], byte[]>> maps = new EnumMap<>(Table.class);
    private volatile boolean shared;
    private long sizeBytes;

    Tables() {
      for (var table : Table.values()) {
        maps.put(table, new TreeMap<>(Arrays::compareUnsigned));
      }
    }

    Tables(Tables other) {
      this();
      for (var table : Table.values()) {
        of(table).putAll(other.of(table));
      }
      sizeBytes = other.sizeBytes;
    }

    NavigableMap<byte[], byte[]> of(Table table) {
      return Objects.requireNonNull(maps.get(table));
    }

    @Override
    public byte @Nullable [] get(Table table, byte[] key) {
      return of(table).get(key);
    }

    @Override
    public Cursor scan(Table table, byte[] from, byte @Nullable [] to) {
      if (to != null && Arrays.compareUnsigned(from, to) >= 0) {
        return new RowCursor(Collections.emptyIterator());
      }
      var rows = to == null ? of(table).tailMap(from, true) : of(table).subMap(from, to);
      return new RowCursor(rows.entrySet().iterator());
    }

    @Override
    public void close() {}
  }

  /** Over the rows of one table. */
  private static final class RowCursor implements Cursor {
    private final Iterator<Map.Entry<byte[], byte[]>> rows;
    private Map.@Nullable Entry<byte[], byte[]> row;

    RowCursor(Iterator<Map.Entry<byte[], byte[]>> rows) {
      this.rows = rows;
      next();
    }

    @Override
    public boolean valid() {
      return row != null;
    }

    @Override
    public byte[] key() {
      return Objects.requireNonNull(row).getKey();
    }

    @Override
    public byte[] value() {
      return Objects.requireNonNull(row).getValue();
    }

    @Override
    public void next() {
      row = rows.hasNext() ? rows.next() : null;
    }

    @Override
    public void close() {}
  }
}
