package dev.quorate.node.kv;

import dev.quorate.node.storage.StateStorage.Batch;
import dev.quorate.node.storage.StateStorage.Reader;
import dev.quorate.node.storage.StateStorage.Table;
import dev.quorate.node.storage.StorageException;
import dev.quorate.node.storage.StorageException.Kind;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * How the rows of a state are laid out, by one number in a row of its own, which is looked at
 * before any other. It goes up when an older program would misread what is there.
 */
public final class StoreFormat {
  /** What this program writes, and the newest it reads. */
  public static final int VERSION = 1;

  private static final byte[] KEY = "format".getBytes(StandardCharsets.US_ASCII);

  private StoreFormat() {}

  /** Nothing may be read of a newer one; without the row it is the first version. */
  static void check(Reader reader) {
    byte[] row = reader.get(Table.META, KEY);
    if (row != null) {
      check(ByteBuffer.wrap(row).getInt(), "the state of this member");
    }
  }

  /**
   * Refuses what only a newer program can read.
   *
   * @param what has this version, for people
   * @throws StorageException if it is newer than this program
   */
  public static void check(int version, String what) {
    if (version > VERSION) {
      throw new StorageException(
          Kind.FORMAT_TOO_NEW,
          "%s has format version %d, this program knows versions up to %d: start a newer quorate-node"
              .formatted(what, version, VERSION));
    }
  }

  static void write(Batch batch) {
    write(batch, VERSION);
  }

  /** As a program of that version would. */
  static void write(Batch batch, int version) {
    batch.put(Table.META, KEY, ByteBuffer.allocate(Integer.BYTES).putInt(version).array());
  }
}
