package dev.quorate.node.kv;

import dev.quorate.node.storage.StateStorage.Batch;
import dev.quorate.node.storage.StateStorage.Table;
import java.util.ArrayList;

/**
 * Deletes what a compaction has made unreadable, a bounded piece at a time: it walks over the
 * events up to the compacted revision once, so it costs what changed and not what is stored.
 */
final class Compactor {
  private Compactor() {}

  /** Goes on with a compaction and returns where it stands then. */
  static StoreState step(StoreState state, Batch batch, int maxEvents, OperationCounts counts) {
    long limit = state.compactRevision();
    var events = new ArrayList<KeyVersion>();
    var next = new Revision(limit + 1, 0);
    try (var cursor = batch.scan(Table.HISTORY, state.compactedUpTo().encode(), next.encode())) {
      for (; cursor.valid(); cursor.next()) {
        var mod = Revision.decode(cursor.key());
        if (events.size() == maxEvents) {
          next = mod;
          break;
        }
        events.add(KeyVersion.ofHistory(mod, cursor.value()));
      }
    }
    int deleted = 0;
    for (var event : events) {
      // A watch may still begin at the compacted revision, which may change a key more than once.
      boolean visible = event.previous.main() == limit;
      if (!event.previous.equals(Revision.NONE) && !visible) {
        batch.delete(Table.HISTORY, event.previous.encode());
        deleted++;
      }
      // For the same reason a delete of that revision stays until the next compaction.
      if (event.tombstone && event.mod.main() < limit) {
        forget(event, batch);
        deleted++;
      }
    }
    counts.compacted(deleted);
    return state.withCompactedUpTo(next);
  }

  private static void forget(KeyVersion tombstone, Batch batch) {
    batch.delete(Table.HISTORY, tombstone.mod.encode());
    byte[] key = tombstone.key();
    byte[] row = batch.get(Table.LATEST, key);
    if (row != null && KeyVersion.ofLatest(row).mod.equals(tombstone.mod)) {
      batch.delete(Table.LATEST, key);
    }
  }
}
