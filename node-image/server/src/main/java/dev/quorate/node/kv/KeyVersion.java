package dev.quorate.node.kv;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.quorate.api.etcd.KeyValue;
import dev.quorate.raft.check.Invariants;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One version of a key as a row holds it: a row of LATEST (the key's newest version) or of HISTORY
 * (the version that one change made). Reads the numbers at once and the value only when it is asked
 * for; of a row whose start alone was read it must not be asked for.
 *
 * <p>LATEST: flags, create, mod main, mod sub, version, lease, value; the row's key is the user's
 * key. HISTORY: flags, create, previous main, previous sub, version, lease, key length, key, value;
 * the row's key is the mod revision.
 */
final class KeyVersion {
  private static final byte LIVE = 0;
  private static final byte TOMBSTONE = 1;
  private static final int NUMBERS_OF_LATEST = 5;
  private static final int MAX_NUMBERS_BYTES = 1 + 6 * VarInts.MAX_BYTES;

  private final byte[] row;
  private final int keyAt;
  private final int valueAt;
  private final boolean whole;
  final boolean tombstone;
  final long create;
  final Revision mod;

  /** Known of a row of HISTORY alone. */
  final Revision previous;

  final long version;
  final long lease;

  private KeyVersion(
      byte[] row,
      int keyAt,
      int valueAt,
      boolean whole,
      long create,
      Revision mod,
      Revision previous,
      long version,
      long lease) {
    this.row = row;
    this.keyAt = keyAt;
    this.valueAt = valueAt;
    this.whole = whole;
    this.tombstone = row[0] == TOMBSTONE;
    this.create = create;
    this.mod = mod;
    this.previous = previous;
    this.version = version;
    this.lease = lease;
  }

  static KeyVersion ofLatest(byte[] row) {
    return ofLatest(row, true);
  }

  /** Whether the start of a row of LATEST is long enough; only very large numbers need more. */
  static boolean hasNumbers(byte[] start) {
    return VarInts.count(start, 1) >= NUMBERS_OF_LATEST;
  }

  /** Of the start of a row, with all its numbers. */
  static KeyVersion ofLatestStart(byte[] start) {
    return ofLatest(start, false);
  }

  private static KeyVersion ofLatest(byte[] row, boolean whole) {
    var in = new VarInts.In(row, 1);
    long create = in.next();
    var mod = new Revision(in.next(), (int) in.next());
    long version = in.next();
    long lease = in.next();
    return new KeyVersion(row, in.at(), in.at(), whole, create, mod, Revision.NONE, version, lease);
  }

  static KeyVersion ofHistory(Revision mod, byte[] row) {
    var in = new VarInts.In(row, 1);
    long create = in.next();
    var previous = new Revision(in.next(), (int) in.next());
    long version = in.next();
    long lease = in.next();
    int keyLength = (int) in.next();
    int valueAt = in.at() + keyLength;
    return new KeyVersion(row, in.at(), valueAt, true, create, mod, previous, version, lease);
  }

  static byte[] latestRow(long create, Revision mod, long version, long lease, ByteString value) {
    return row(LIVE, create, mod, version, lease, null, value);
  }

  static byte[] latestTombstone(Revision mod) {
    return row(TOMBSTONE, 0, mod, 0, 0, null, ByteString.EMPTY);
  }

  static byte[] historyRow(
      long create, Revision previous, long version, long lease, byte[] key, ByteString value) {
    return row(LIVE, create, previous, version, lease, key, value);
  }

  static byte[] historyTombstone(Revision previous, byte[] key) {
    return row(TOMBSTONE, 0, previous, 0, 0, key, ByteString.EMPTY);
  }

  private static byte[] row(
      byte flags,
      long create,
      Revision revision,
      long version,
      long lease,
      byte @Nullable [] key,
      ByteString value) {
    var numbers = new byte[MAX_NUMBERS_BYTES];
    numbers[0] = flags;
    int length = VarInts.write(numbers, 1, create);
    length = VarInts.write(numbers, length, revision.main());
    length = VarInts.write(numbers, length, revision.sub());
    length = VarInts.write(numbers, length, version);
    length = VarInts.write(numbers, length, lease);
    int keyLength = 0;
    if (key != null) {
      keyLength = key.length;
      length = VarInts.write(numbers, length, keyLength);
    }
    var row = Arrays.copyOf(numbers, length + keyLength + value.size());
    if (key != null) {
      System.arraycopy(key, 0, row, length, keyLength);
    }
    value.copyTo(row, length + keyLength);
    return row;
  }

  /** A row of HISTORY only. */
  byte[] key() {
    return Arrays.copyOfRange(row, keyAt, valueAt);
  }

  /** The key of a row of HISTORY, without a copy. */
  ByteString keyInRow() {
    return UnsafeByteOperations.unsafeWrap(row, keyAt, valueAt - keyAt);
  }

  /** Whether the key was not there just before. */
  boolean isCreation() {
    return !tombstone && create == mod.main();
  }

  int rowBytes() {
    return row.length;
  }

  /** The value without a copy: the row belongs to whoever reads it and is never changed. */
  ByteString value() {
    Invariants.check(whole, "the value of a row was not read");
    return UnsafeByteOperations.unsafeWrap(row, valueAt, row.length - valueAt);
  }

  /** As clients see it. */
  KeyValue toKeyValue(ByteString key, boolean withValue) {
    var builder =
        KeyValue.newBuilder()
            .setKey(key)
            .setCreateRevision(create)
            .setModRevision(mod.main())
            .setVersion(version)
            .setLease(lease);
    if (withValue) {
      builder.setValue(value());
    }
    return builder.build();
  }
}
