package dev.quorate.node.storage.rocksdb;

import dev.quorate.node.storage.StateStorage;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What the writer read or wrote last of one table. A put needs only the numbers at the start of the
 * row before it, which are a tenth of a usual row; whole rows are kept from the first time that one
 * is asked for, as watches that want what was before do. For one thread.
 */
final class RecentRows {
  private static final int BYTES_PER_PLACE_OF_STARTS = 32;
  private static final int BYTES_PER_PLACE_OF_ROWS = 256;

  private final RowRing starts;
  private final RowRing rows;

  RecentRows(long sizeBytes) {
    int each = (int) Long.highestOneBit(sizeBytes / 2);
    starts = new RowRing(each, BYTES_PER_PLACE_OF_STARTS);
    rows = new RowRing(each, BYTES_PER_PLACE_OF_ROWS);
  }

  /** Null if it is not among these, which says nothing of the store. */
  byte @Nullable [] find(byte[] key) {
    return rows.find(key);
  }

  /** As {@link StateStorage.Reader#start}; null if it is not among these. */
  byte @Nullable [] findStart(byte[] key) {
    return starts.find(key);
  }

  void wasRead(byte[] key, byte[] row) {
    rows.put(key, row);
    starts.put(key, startOf(row));
  }

  void startWasRead(byte[] key, byte[] row) {
    starts.put(key, startOf(row));
  }

  void wasWritten(byte[] key, byte[] row) {
    rows.update(key, row);
    starts.put(key, startOf(row));
  }

  void wasDeleted(byte[] key) {
    rows.forget(key);
    starts.forget(key);
  }

  private static byte[] startOf(byte[] row) {
    return row.length <= StateStorage.START_BYTES
        ? row
        : Arrays.copyOf(row, StateStorage.START_BYTES);
  }
}
