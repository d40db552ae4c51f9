package dev.quorate.node.storage.rocksdb;

import dev.quorate.node.storage.StateStorage.Table;
import dev.quorate.node.storage.overlay.Overlay;
import dev.quorate.raft.check.Invariants;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyHandle;

/**
 * Writes a batch in RocksDB's own serialized form, so that it crosses into native code once and not
 * once per row: sequence (8, filled in by RocksDB), count (4), then per row a tag, the column
 * family, the key and, for a put, the value, each with its length before it. This form is what
 * RocksDB's logs on disks are made of and does not change.
 */
final class BatchWriter {
  private static final int COUNT_OFFSET = 8;
  private static final int HEADER_BYTES = 12;
  private static final byte DELETION_IN_COLUMN_FAMILY = 0x4;
  private static final byte VALUE_IN_COLUMN_FAMILY = 0x5;
  private static final int MAX_VARINT_BYTES = 5;
  private static final int USUAL_BYTES = 1 << 20;

  private final Map<Table, Byte> columnFamilies = new EnumMap<>(Table.class);
  private byte[] buffer = new byte[1 << 16];
  private int length;
  private int count;

  BatchWriter(Map<Table, ColumnFamilyHandle> tables) {
    tables.forEach(
        (table, handle) -> {
          int id = handle.getID();
          Invariants.check(id > 0 && id < 0x80, "a column family's id does not fit one byte");
          columnFamilies.put(table, (byte) id);
        });
  }

  byte[] write(Overlay changes) {
    Arrays.fill(buffer, 0, HEADER_BYTES, (byte) 0);
    length = HEADER_BYTES;
    count = 0;
    for (var table : Table.values()) {
      byte columnFamily = Objects.requireNonNull(columnFamilies.get(table));
      changes.forEach(table, (key, value) -> row(columnFamily, key, value));
    }
    for (int i = 0; i < Integer.BYTES; i++) {
      buffer[COUNT_OFFSET + i] = (byte) (count >>> (Byte.SIZE * i));
    }
    byte[] serialized = Arrays.copyOf(buffer, length);
    if (buffer.length > 16 * USUAL_BYTES) {
      buffer = new byte[USUAL_BYTES];
    }
    return serialized;
  }

  private void row(byte columnFamily, byte[] key, byte @Nullable [] value) {
    int valueLength = value == null ? 0 : value.length;
    ensureRoom(2 + 2 * MAX_VARINT_BYTES + key.length + valueLength);
    buffer[length++] = value == null ? DELETION_IN_COLUMN_FAMILY : VALUE_IN_COLUMN_FAMILY;
    buffer[length++] = columnFamily;
    bytes(key);
    if (value != null) {
      bytes(value);
    }
    count++;
  }

  private void bytes(byte[] bytes) {
    int rest = bytes.length;
    while (rest >= 0x80) {
      buffer[length++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    buffer[length++] = (byte) rest;
    System.arraycopy(bytes, 0, buffer, length, bytes.length);
    length += bytes.length;
  }

  private void ensureRoom(int bytes) {
    if (buffer.length - length < bytes) {
      buffer = Arrays.copyOf(buffer, Math.max(2 * buffer.length, length + bytes));
    }
  }
}
