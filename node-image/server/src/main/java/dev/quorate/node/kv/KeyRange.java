package dev.quorate.node.kv;

import com.google.protobuf.ByteString;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The keys a request means: one key, all in [from, end), or all from a key on. */
final class KeyRange {
  private static final ByteString ZERO = ByteString.copyFrom(new byte[1]);

  final byte[] from;
  final byte @Nullable [] end;
  final boolean single;

  private KeyRange(byte[] from, byte @Nullable [] end, boolean single) {
    this.from = from;
    this.end = end;
    this.single = single;
  }

  /** etcd's convention: no end means one key, an end of a single zero byte means no end. */
  static KeyRange of(ByteString key, ByteString rangeEnd) {
    if (rangeEnd.isEmpty()) {
      return new KeyRange(key.toByteArray(), null, true);
    }
    boolean open = rangeEnd.size() == 1 && rangeEnd.byteAt(0) == 0;
    return new KeyRange(key.toByteArray(), open ? null : rangeEnd.toByteArray(), false);
  }

  /** What of these keys is behind one of them. */
  KeyRange behind(ByteString key) {
    return new KeyRange(next(key).toByteArray(), end, false);
  }

  /** The first key that can be behind another one. */
  static ByteString next(ByteString key) {
    return key.concat(ZERO);
  }

  boolean contains(ByteString key) {
    byte[] bytes = key.toByteArray();
    return single
        ? Arrays.equals(bytes, from)
        : Arrays.compareUnsigned(bytes, from) >= 0
            && (end == null || Arrays.compareUnsigned(bytes, end) < 0);
  }

  boolean isEmpty() {
    return end != null && Arrays.compareUnsigned(from, end) >= 0;
  }
}
