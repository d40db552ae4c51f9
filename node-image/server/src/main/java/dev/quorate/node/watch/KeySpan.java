package dev.quorate.node.watch;

import com.google.protobuf.ByteString;
import dev.quorate.api.etcd.WatchCreateRequest;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The keys that a watch is about.
 *
 * @param key the only key, or the first of a range
 * @param end behind the last of a range, null if the range has no end; of no meaning for one key
 */
record KeySpan(ByteString key, @Nullable ByteString end, boolean single) {
  private static final ByteString ZERO = ByteString.copyFrom(new byte[1]);

  /** etcd's convention: no key is the smallest one, an end of a single zero byte is no end. */
  static KeySpan of(WatchCreateRequest request) {
    var key = request.getKey().isEmpty() ? ZERO : request.getKey();
    var end = request.getRangeEnd();
    if (end.isEmpty()) {
      return new KeySpan(key, null, true);
    }
    return new KeySpan(key, end.equals(ZERO) ? null : end, false);
  }

  byte[] from() {
    return key.toByteArray();
  }

  byte @Nullable [] endBytes() {
    return end == null ? null : end.toByteArray();
  }

  boolean isEmpty() {
    return end != null && Arrays.compareUnsigned(from(), end.toByteArray()) >= 0;
  }
}
