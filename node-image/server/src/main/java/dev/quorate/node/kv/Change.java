package dev.quorate.node.kv;

import com.google.protobuf.ByteString;
import dev.quorate.api.etcd.Event;
import org.jspecify.annotations.Nullable;

/**
 * One change of one key, as watchers are told of it. It holds on to its own rows and nothing else,
 * so it takes no more memory than {@link #sizeBytes} says.
 */
public final class Change {
  private static final int OVERHEAD_BYTES = 200;

  private final KeyVersion version;
  private final @Nullable KeyVersion previous;
  private final ByteString key;
  private volatile @Nullable Event event;
  private volatile @Nullable Event eventWithPrevious;

  /**
   * @param version a row of HISTORY
   * @param previous what was there before, if that was looked up; a tombstone stands for nothing
   */
  Change(KeyVersion version, @Nullable KeyVersion previous) {
    this.version = version;
    // As in etcd, what is created has nothing before it, even if the same transaction deleted it.
    boolean none = previous == null || previous.tombstone || version.isCreation();
    this.previous = none ? null : previous;
    this.key = version.keyInRow();
  }

  public ByteString key() {
    return key;
  }

  public long revision() {
    return version.mod.main();
  }

  public boolean isDelete() {
    return version.tombstone;
  }

  /** As clients see it; made once, however many are told. */
  public Event event(boolean withPrevious) {
    if (!withPrevious || previous == null) {
      var made = event;
      if (made == null) {
        made = newEvent().build();
        event = made;
      }
      return made;
    }
    var made = eventWithPrevious;
    if (made == null) {
      made = newEvent().setPrevKv(previous.toKeyValue(key, true)).build();
      eventWithPrevious = made;
    }
    return made;
  }

  private Event.Builder newEvent() {
    return Event.newBuilder()
        .setType(version.tombstone ? Event.EventType.DELETE : Event.EventType.PUT)
        .setKv(version.toKeyValue(key, true));
  }

  /** What it takes in memory, roughly. */
  public int sizeBytes() {
    return OVERHEAD_BYTES + version.rowBytes() + (previous == null ? 0 : previous.rowBytes());
  }
}
