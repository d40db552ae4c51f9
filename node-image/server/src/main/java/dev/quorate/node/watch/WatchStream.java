package dev.quorate.node.watch;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** One client's stream and its watches; belongs to its loop. */
final class WatchStream {
  final WatchClient client;
  final boolean needsLeader;
  final Outbox outbox;
  final Map<Long, Watcher> watchers = new HashMap<>();

  /** Those of its watches that have to catch up, the longest waiting first. */
  final Set<Watcher> behind = new LinkedHashSet<>();

  private long nextId;

  WatchStream(WatchClient client, boolean needsLeader, Outbox outbox) {
    this.client = client;
    this.needsLeader = needsLeader;
    this.outbox = outbox;
  }

  /** An id that no watch of the stream has. */
  long chooseId() {
    while (watchers.containsKey(nextId)) {
      nextId++;
    }
    return nextId++;
  }

  boolean canCatchUp() {
    return !behind.isEmpty() && outbox.isClear();
  }
}
