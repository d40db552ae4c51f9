package dev.quorate.node.storage.overlay;

import dev.quorate.node.storage.StateStorage.Cursor;
import java.util.Arrays;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Merges the rows of the store with the changes laid over them. Changes made after a step are seen
 * if they are behind the cursor's row.
 */
final class OverlayCursor implements Cursor {
  private final NavigableMap<byte[], byte[]> changes;
  private final Cursor below;
  private final byte @Nullable [] to;
  private Map.@Nullable Entry<byte[], byte[]> change;
  private boolean onChange;

  OverlayCursor(
      NavigableMap<byte[], byte[]> changes, Cursor below, byte[] from, byte @Nullable [] to) {
    this.changes = changes;
    this.below = below;
    this.to = to;
    change = inRange(changes.ceilingEntry(from));
    settle();
  }

  @Override
  public boolean valid() {
    return onChange || below.valid();
  }

  @Override
  public byte[] key() {
    return onChange ? Objects.requireNonNull(change).getKey() : below.key();
  }

  @Override
  public byte[] value() {
    return onChange ? Objects.requireNonNull(change).getValue() : below.value();
  }

  @Override
  public void next() {
    byte[] passed = key();
    if (!onChange) {
      below.next();
    }
    change = after(passed);
    settle();
  }

  /** Stands on the smaller of both rows; the one below is hidden by a change of the same key. */
  private void settle() {
    while (true) {
      var candidate = change;
      if (candidate == null) {
        onChange = false;
        return;
      }
      int order = below.valid() ? Arrays.compareUnsigned(candidate.getKey(), below.key()) : -1;
      if (order > 0) {
        onChange = false;
        return;
      }
      if (order == 0) {
        below.next();
      }
      if (!Overlay.isDeleted(candidate.getValue())) {
        onChange = true;
        return;
      }
      change = after(candidate.getKey());
    }
  }

  private Map.@Nullable Entry<byte[], byte[]> after(byte[] key) {
    return inRange(changes.higherEntry(key));
  }

  private Map.@Nullable Entry<byte[], byte[]> inRange(Map.@Nullable Entry<byte[], byte[]> entry) {
    boolean past = entry != null && to != null && Arrays.compareUnsigned(entry.getKey(), to) >= 0;
    return past ? null : entry;
  }

  @Override
  public void close() {
    below.close();
  }
}
