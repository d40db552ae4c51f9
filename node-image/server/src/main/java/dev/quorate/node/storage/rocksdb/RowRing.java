package dev.quorate.node.storage.rocksdb;

import dev.quorate.raft.check.Invariants;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The rows that were put here last, so that what changes often is not looked up in RocksDB each
 * time. One array holds them all, whatever their number: new rows go to its front, which circles
 * and writes over the oldest ones, and a row that still fits where it is stays there. Rows on the
 * heap would each live long enough to be moved by the collector, and no longer.
 *
 * <p>For one thread. A row's position only grows, so that one look at it tells whether it was
 * written over.
 */
final class RowRing {
  /** A row larger than this part of all is not worth what it would displace. */
  private static final int LARGEST_PART = 64;

  private static final int ALIGNMENT_BYTES = 8;

  /** Rows of one hash are in one of as many places. */
  private static final int PLACES = 4;

  /** Hash, bytes reserved behind the head, bytes of the key, bytes of the row. */
  private static final int HEAD_BYTES = 4 * Integer.BYTES;

  private static final long NOWHERE = Long.MIN_VALUE;

  private final byte[] bytes;
  private final ByteBuffer numbers;
  private final long[] positions;
  private long front;

  /**
   * @param sizeBytes a power of two
   * @param bytesPerPlace how many bytes there are for each place, also a power of two: less than a
   *     row takes, so that rows seldom contend for places
   */
  RowRing(int sizeBytes, int bytesPerPlace) {
    Invariants.check(
        Integer.bitCount(sizeBytes) == 1 && Integer.bitCount(bytesPerPlace) == 1,
        "the sizes of a ring are powers of two");
    bytes = new byte[sizeBytes];
    numbers = ByteBuffer.wrap(bytes);
    positions = new long[Math.max(PLACES, sizeBytes / bytesPerPlace)];
    Arrays.fill(positions, NOWHERE);
  }

  /** A copy of a key's row; null if it is not among these, which says nothing of the store. */
  byte @Nullable [] find(byte[] key) {
    int place = placeOf(key, hash(key));
    if (place < 0) {
      return null;
    }
    int row = at(positions[place]) + HEAD_BYTES + key.length;
    return Arrays.copyOfRange(bytes, row, row + rowLength(at(positions[place])));
  }

  void put(byte[] key, byte[] row) {
    int hash = hash(key);
    int place = placeOf(key, hash);
    if (place < 0) {
      add(oldestPlace(hash), hash, key, row);
    } else {
      replace(place, hash, key, row);
    }
  }

  /** Changes a row that is among these. */
  void update(byte[] key, byte[] row) {
    int hash = hash(key);
    int place = placeOf(key, hash);
    if (place >= 0) {
      replace(place, hash, key, row);
    }
  }

  private void replace(int place, int hash, byte[] key, byte[] row) {
    if (key.length + row.length <= reserved(at(positions[place]))) {
      write(at(positions[place]), key, row);
    } else {
      positions[place] = NOWHERE;
      add(place, hash, key, row);
    }
  }

  private void add(int place, int hash, byte[] key, byte[] row) {
    int length = HEAD_BYTES + key.length + row.length;
    if (length <= bytes.length / LARGEST_PART) {
      int at = allot(length);
      positions[place] = front - reserved(at) - HEAD_BYTES;
      numbers.putInt(at, hash);
      write(at, key, row);
    }
  }

  void forget(byte[] key) {
    int place = placeOf(key, hash(key));
    if (place >= 0) {
      positions[place] = NOWHERE;
    }
  }

  private void write(int at, byte[] key, byte[] row) {
    numbers.putInt(at + 2 * Integer.BYTES, key.length);
    numbers.putInt(at + 3 * Integer.BYTES, row.length);
    System.arraycopy(key, 0, bytes, at + HEAD_BYTES, key.length);
    System.arraycopy(row, 0, bytes, at + HEAD_BYTES + key.length, row.length);
  }

  /** Makes room at the front, in one piece. */
  private int allot(int length) {
    int size = (length + ALIGNMENT_BYTES - 1) / ALIGNMENT_BYTES * ALIGNMENT_BYTES;
    if (at(front) + size > bytes.length) {
      front += bytes.length - at(front);
    }
    int at = at(front);
    numbers.putInt(at + Integer.BYTES, size - HEAD_BYTES);
    front += size;
    return at;
  }

  /** Where the key's position is kept; -1 if it has none. */
  private int placeOf(byte[] key, int hash) {
    int first = firstPlace(hash);
    for (int place = first; place < first + PLACES; place++) {
      if (isLive(positions[place]) && holds(at(positions[place]), key, hash)) {
        return place;
      }
    }
    return -1;
  }

  private int oldestPlace(int hash) {
    int first = firstPlace(hash);
    int oldest = first;
    for (int place = first + 1; place < first + PLACES; place++) {
      if (positions[place] < positions[oldest]) {
        oldest = place;
      }
    }
    return oldest;
  }

  private int firstPlace(int hash) {
    return (hash & (positions.length / PLACES - 1)) * PLACES;
  }

  private boolean isLive(long position) {
    return position >= front - bytes.length;
  }

  private boolean holds(int at, byte[] key, int hash) {
    int from = at + HEAD_BYTES;
    return numbers.getInt(at) == hash
        && numbers.getInt(at + 2 * Integer.BYTES) == key.length
        && Arrays.equals(bytes, from, from + key.length, key, 0, key.length);
  }

  private int reserved(int at) {
    return numbers.getInt(at + Integer.BYTES);
  }

  private int rowLength(int at) {
    return numbers.getInt(at + 3 * Integer.BYTES);
  }

  private int at(long position) {
    return (int) (position & (bytes.length - 1));
  }

  /** The low bits of {@link Arrays#hashCode(byte[])} alone differ too little for like keys. */
  private static int hash(byte[] key) {
    int hash = Arrays.hashCode(key) * 0x9E3779B9;
    return hash ^ (hash >>> 16);
  }
}
