package dev.quorate.simulator.disk;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** One file: what programs see, and what a power cut would leave. */
public final class DiskFile implements DiskNode {
  private static final int SECTOR_BYTES = 512;

  /** A stretch that was written and is not synced. */
  private record Dirty(int from, int to) {}

  private byte[] bytes = new byte[0];
  private int size;
  private byte[] durable = new byte[0];
  private int durableSize;
  private final List<Dirty> dirty = new ArrayList<>();
  private @Nullable Object attachment;

  int size() {
    return size;
  }

  int read(int position, byte[] target, int offset, int length) {
    int count = Math.min(length, size - position);
    if (count > 0) {
      System.arraycopy(bytes, position, target, offset, count);
    }
    return count;
  }

  void write(int position, byte[] source, int offset, int length) {
    int end = position + length;
    if (end > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(end, 2 * bytes.length));
    }
    System.arraycopy(source, offset, bytes, position, length);
    size = Math.max(size, end);
    dirty.add(new Dirty(position, end));
  }

  void truncate(int newSize) {
    if (newSize < size) {
      Arrays.fill(bytes, newSize, size, (byte) 0);
      size = newSize;
    }
  }

  void sync() {
    for (var one : dirty) {
      keep(one.from(), Math.min(one.to(), size));
    }
    dirty.clear();
    setDurableSize(size);
  }

  private void keep(int from, int to) {
    if (from < to) {
      if (to > durable.length) {
        durable = Arrays.copyOf(durable, Math.max(to, 2 * durable.length));
      }
      System.arraycopy(bytes, from, durable, from, to - from);
    }
  }

  private void setDurableSize(int newSize) {
    if (newSize > durable.length) {
      durable = Arrays.copyOf(durable, newSize);
    } else if (newSize < durableSize) {
      Arrays.fill(durable, newSize, durableSize, (byte) 0);
    }
    durableSize = newSize;
  }

  /** Each sector that was written and not synced has got through or not; so has the size. */
  boolean loseUnsynced(RandomGenerator random) {
    int percent = random.nextInt(4) == 0 ? 0 : random.nextInt(101);
    boolean some = false;
    boolean all = true;
    int newSize = size == durableSize || random.nextInt(100) < percent ? size : durableSize;
    for (var one : dirty) {
      int to = Math.min(one.to(), newSize);
      for (int from = one.from(); from < to; ) {
        int next = Math.min((from / SECTOR_BYTES + 1) * SECTOR_BYTES, to);
        if (random.nextInt(100) < percent) {
          keep(from, next);
          some = true;
        } else {
          all = false;
        }
        from = next;
      }
    }
    dirty.clear();
    setDurableSize(newSize);
    bytes = Arrays.copyOf(durable, Math.max(durable.length, newSize));
    size = newSize;
    return some && !all;
  }

  /** Damages what is durable. */
  public void flip(long bit) {
    int position = (int) (bit / Byte.SIZE);
    byte mask = (byte) (1 << (bit % Byte.SIZE));
    durable[position] ^= mask;
    bytes[position] ^= mask;
  }

  /** What is in the file now. */
  public byte[] content() {
    return Arrays.copyOf(bytes, size);
  }

  /** Something that stands for the content of the file and goes where it goes. */
  public @Nullable Object attachment() {
    return attachment;
  }

  public void attach(Object something) {
    attachment = something;
  }
}
