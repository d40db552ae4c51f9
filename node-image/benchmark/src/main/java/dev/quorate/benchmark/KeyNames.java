package dev.quorate.benchmark;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.nio.charset.StandardCharsets;

/** Keys of one length that stand in the order of their numbers. */
final class KeyNames {
  private static final int DIGITS = 10;

  private final byte[] template;

  KeyNames(int keyBytes) {
    var name = "k".repeat(keyBytes - DIGITS) + "0".repeat(DIGITS);
    template = name.getBytes(StandardCharsets.US_ASCII);
  }

  ByteString of(int number) {
    byte[] key = template.clone();
    int left = number;
    for (int i = key.length - 1; left > 0; i--, left /= 10) {
      key[i] = (byte) ('0' + left % 10);
    }
    return UnsafeByteOperations.unsafeWrap(key);
  }

  /** A key that only one client uses, behind all of the others. */
  ByteString own(int client) {
    return ByteString.copyFromUtf8("own-").concat(of(client));
  }
}
