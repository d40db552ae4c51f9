package dev.quorate.node.kv;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.quorate.node.storage.StateStorage.Batch;
import dev.quorate.node.storage.StateStorage.Reader;
import dev.quorate.node.storage.StateStorage.Table;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * Leases as rows of META: "lease/" and the id for each lease, with its two TTLs; "leased/", the id
 * and a user key for each key that hangs on it, with nothing.
 */
final class LeaseTable {
  private static final byte[] LEASE = "lease/".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] LEASED = "leased/".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] NOTHING = {};

  private LeaseTable() {}

  static @Nullable Lease find(Reader reader, long id) {
    byte[] row = reader.get(Table.META, key(LEASE, id, NOTHING));
    return row == null ? null : decode(id, row);
  }

  static boolean exists(Reader reader, long id) {
    return reader.get(Table.META, key(LEASE, id, NOTHING)) != null;
  }

  /** By their ids, the negative ones last. */
  static List<Lease> all(Reader reader) {
    var leases = new ArrayList<Lease>();
    try (var cursor = reader.scan(Table.META, LEASE, end(LEASE))) {
      for (; cursor.valid(); cursor.next()) {
        long id = ByteBuffer.wrap(cursor.key()).getLong(LEASE.length);
        leases.add(decode(id, cursor.value()));
      }
    }
    return leases;
  }

  /** The keys that hang on a lease, in their order. */
  static List<ByteString> keys(Reader reader, long id) {
    return keys(reader, id, ByteString.EMPTY, Integer.MAX_VALUE);
  }

  /** The first of them from a key on. */
  static List<ByteString> keys(Reader reader, long id, ByteString from, int maxKeys) {
    byte[] prefix = key(LEASED, id, NOTHING);
    byte[] first = key(LEASED, id, from.toByteArray());
    var keys = new ArrayList<ByteString>();
    try (var cursor = reader.scan(Table.META, first, end(prefix))) {
      for (; cursor.valid() && keys.size() < maxKeys; cursor.next()) {
        byte[] row = cursor.key();
        keys.add(UnsafeByteOperations.unsafeWrap(row, prefix.length, row.length - prefix.length));
      }
    }
    return keys;
  }

  /** All of them, of which only a few are in memory at a time; nothing may change meanwhile. */
  static Iterable<ByteString> keysInPieces(Reader reader, long id, int pieceKeys) {
    return () ->
        new Iterator<>() {
          private Iterator<ByteString> piece =
              keys(reader, id, ByteString.EMPTY, pieceKeys).iterator();
          private ByteString last = ByteString.EMPTY;

          @Override
          public boolean hasNext() {
            if (!piece.hasNext() && !last.isEmpty()) {
              piece = keys(reader, id, KeyRange.next(last), pieceKeys).iterator();
              last = ByteString.EMPTY;
            }
            return piece.hasNext();
          }

          @Override
          public ByteString next() {
            if (!hasNext()) {
              throw new NoSuchElementException();
            }
            last = piece.next();
            return last;
          }
        };
  }

  static void put(Batch batch, Lease lease) {
    var row = new byte[2 * VarInts.MAX_BYTES];
    int length = VarInts.write(row, 0, lease.grantedTtlSeconds());
    length = VarInts.write(row, length, lease.remainingTtlSeconds());
    batch.put(Table.META, key(LEASE, lease.id(), NOTHING), Arrays.copyOf(row, length));
  }

  static void delete(Batch batch, long id) {
    batch.delete(Table.META, key(LEASE, id, NOTHING));
  }

  /** A key changes from one lease to another; 0 stands for none. */
  static void move(Batch batch, byte[] key, long from, long to) {
    if (from == to) {
      return;
    }
    if (from != 0) {
      batch.delete(Table.META, key(LEASED, from, key));
    }
    if (to != 0) {
      batch.put(Table.META, key(LEASED, to, key), NOTHING);
    }
  }

  private static Lease decode(long id, byte[] row) {
    var in = new VarInts.In(row, 0);
    return new Lease(id, in.next(), in.next());
  }

  private static byte[] key(byte[] prefix, long id, byte[] userKey) {
    return ByteBuffer.allocate(prefix.length + Long.BYTES + userKey.length)
        .put(prefix)
        .putLong(id)
        .put(userKey)
        .array();
  }

  /** The first row behind all that begin with a prefix; prefixes begin with a letter. */
  private static byte[] end(byte[] prefix) {
    int last = prefix.length - 1;
    while (prefix[last] == (byte) 0xff) {
      last--;
    }
    byte[] end = Arrays.copyOf(prefix, last + 1);
    end[last]++;
    return end;
  }
}
