package dev.quorate.node.kv;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a round changes, for those who want to know, as long as it fits into memory. */
final class RecordedChanges {
  private final @Nullable List<Change> list;
  private boolean complete = true;

  /** Adds to a list; null if nobody wants to know. */
  RecordedChanges(@Nullable List<Change> list) {
    this.list = list;
  }

  boolean wanted() {
    return list != null && complete;
  }

  void add(Change change) {
    if (list != null && complete) {
      list.add(change);
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
