package dev.quorate.node.kv;

import java.nio.ByteBuffer;

/**
 * When a key changed: the revision of the store, and the place among the changes of one
 * transaction.
 */
public record Revision(long main, int sub) implements Comparable<Revision> {
  /** Before everything; as a previous revision it means that there is none. */
  public static final Revision NONE = new Revision(0, 0);

  static final int SIZE_BYTES = Long.BYTES + Integer.BYTES;

  /** Big endian, so that the order of rows is the order of revisions. */
  byte[] encode() {
    return ByteBuffer.allocate(SIZE_BYTES).putLong(main).putInt(sub).array();
  }

  static Revision decode(byte[] row) {
    var buffer = ByteBuffer.wrap(row);
    return new Revision(buffer.getLong(), buffer.getInt());
  }

  @Override
  public int compareTo(Revision other) {
    int order = Long.compare(main, other.main);
    return order != 0 ? order : Integer.compare(sub, other.sub);
  }
}
