package dev.quorate.node.watch;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One client's stream and its watches; belongs to its loop. */
final class WatchStream {
  private static final Logger LOG = LoggerFactory.getLogger(WatchStream.class);

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

  /** Tells the client why; one that cannot be told keeps no other from being told. */
  void end(WatchClient.End reason) {
    try {
      client.end(reason);
    } catch (RuntimeException | Error e) {
      LOG.warn("a client of watches could not be told that its stream has ended", e);
    }
  }
}
