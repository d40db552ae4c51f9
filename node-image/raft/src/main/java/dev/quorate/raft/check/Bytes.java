package dev.quorate.raft.check;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Immutable bytes with value equality; the array is taken over, never copied, and must not be
 * changed afterwards.
 */
public final class Bytes {
  public static final Bytes EMPTY = new Bytes(new byte[0]);

  private final byte[] array;

  private Bytes(byte[] array) {
    this.array = array;
  }

  public static Bytes of(byte[] array) {
    return array.length == 0 ? EMPTY : new Bytes(array);
  }

  /** The array itself, for handing it on without a copy: read it only. */
  public byte[] array() {
    return array;
  }

  public int size() {
    return array.length;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Bytes bytes && Arrays.equals(array, bytes.array);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(array);
  }

  @Override
  public String toString() {
    return "Bytes[" + array.length + "]";
  }
}
