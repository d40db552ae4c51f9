package dev.quorate.e2e.differential;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import java.util.Collection;
import java.util.stream.Stream;

/**
 * Ranges that end before they begin hold no key. Whether somebody may ask for one follows in etcd
 * from the shape of its tree of permissions, which differs from try to try.
 */
final class BackwardRange {
  private BackwardRange() {}

  /** Whether there is one in the message, however deep. */
  static boolean isIn(Message message) {
    var type = message.getDescriptorForType();
    var key = type.findFieldByName("key");
    var end = type.findFieldByName("range_end");
    if (key != null
        && end != null
        && endsBefore((ByteString) message.getField(key), (ByteString) message.getField(end))) {
      return true;
    }
    return message.getAllFields().values().stream()
        .flatMap(value -> value instanceof Collection<?> all ? all.stream() : Stream.of(value))
        .anyMatch(value -> value instanceof Message inner && isIn(inner));
  }

  /** An end that is empty or a zero byte says something else. */
  private static boolean endsBefore(ByteString key, ByteString end) {
    return !end.isEmpty()
        && !end.equals(ByteString.copyFrom(new byte[1]))
        && ByteString.unsignedLexicographicalComparator().compare(end, key) <= 0;
  }
}
