package dev.quorate.node.kv;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a round changes, for those who want to know, as long as it fits into memory. */
final class RecordedChanges {
  /** With what was there before: a few deletes may be large. */
  private static final long MAX_BYTES = 16 << 20;

  private final @Nullable List<Change> list;
  private boolean complete = true;
  private long bytes;

  /** Adds to a list; null if nobody wants to know. */
  RecordedChanges(@Nullable List<Change> list) {
    this.list = list;
  }

  boolean wanted() {
    return list != null && complete;
  }

  void add(Change change) {
    if (list == null || !complete) {
      return;
    }
    list.add(change);
    bytes += change.sizeBytes();
    if (bytes > MAX_BYTES) {
      giveUp();
    }
  }

  /** There are too many: whoever wants to know finds them in the history. */
  void giveUp() {
    complete = false;
    if (list != null) {
      list.clear();
    }
  }

  boolean isComplete() {
    return complete;
  }
}
