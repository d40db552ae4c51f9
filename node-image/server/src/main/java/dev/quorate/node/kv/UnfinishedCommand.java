package dev.quorate.node.kv;

import dev.quorate.node.storage.StateStorage;
import dev.quorate.node.storage.StateStorage.Batch;
import dev.quorate.node.storage.StateStorage.Table;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Takes back what a command of many changes had written when the process ended before it was
 * complete: the log still has it and it is applied anew. A key's row of LATEST becomes what its
 * first change of that revision says was there before; that change and its row go together, so this
 * may be interrupted as well.
 */
final class UnfinishedCommand {
  private static final int ROWS_PER_PIECE = 1000;
  private static final long BYTES_PER_PIECE = 1 << 20;

  private UnfinishedCommand() {}

  /** Leaves nothing that is newer than the state says. */
  static void takeBack(StateStorage storage, StoreState state) {
    var from = new Revision(state.revision() + 1, 0);
    while (true) {
      var changes = piece(storage, from);
      if (changes.isEmpty()) {
        return;
      }
      try (var batch = storage.batch()) {
        changes.forEach(change -> takeBack(change, batch));
        batch.commit();
      }
      var last = changes.getLast().mod;
      from = new Revision(last.main(), last.sub() + 1);
    }
  }

  private static List<KeyVersion> piece(StateStorage storage, Revision from) {
    var changes = new ArrayList<KeyVersion>();
    long bytes = 0;
    try (var view = storage.view();
        var cursor = view.scan(Table.HISTORY, from.encode(), null)) {
      for (; cursor.valid() && changes.size() < ROWS_PER_PIECE && bytes < BYTES_PER_PIECE; ) {
        var change = KeyVersion.ofHistory(Revision.decode(cursor.key()), cursor.value());
        changes.add(change);
        bytes += change.rowBytes();
        cursor.next();
      }
    }
    return changes;
  }

  private static void takeBack(KeyVersion change, Batch batch) {
    byte[] key = change.key();
    if (change.previous.main() < change.mod.main()) {
      restore(key, history(change.previous, batch), batch);
    }
    byte[] row = batch.get(Table.LATEST, key);
    long lease = row == null ? 0 : KeyVersion.ofLatest(row).lease;
    if (change.lease != lease) {
      LeaseTable.move(batch, key, change.lease, lease);
    }
    batch.delete(Table.HISTORY, change.mod.encode());
  }

  private static @Nullable KeyVersion history(Revision mod, Batch batch) {
    byte[] row = mod.equals(Revision.NONE) ? null : batch.get(Table.HISTORY, mod.encode());
    return row == null ? null : KeyVersion.ofHistory(mod, row);
  }

  private static void restore(byte[] key, @Nullable KeyVersion before, Batch batch) {
    if (before == null) {
      batch.delete(Table.LATEST, key);
    } else if (before.tombstone) {
      batch.put(Table.LATEST, key, KeyVersion.latestTombstone(before.mod));
    } else {
      batch.put(
          Table.LATEST,
          key,
          KeyVersion.latestRow(
              before.create, before.mod, before.version, before.lease, before.value()));
      LeaseTable.move(batch, key, 0, before.lease);
    }
  }
}
