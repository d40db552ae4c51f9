package dev.quorate.node.kv;

import dev.quorate.node.storage.StateStorage.Batch;
import dev.quorate.node.storage.StateStorage.Reader;
import dev.quorate.node.storage.StateStorage.Table;
import dev.quorate.raft.log.EntryId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Where the store is, in one row that every round writes with its changes, so that a view and its
 * revision never disagree.
 *
 * @param compactRevision reads below it are refused; -1 before the first compaction, as in etcd
 * @param compactedUpTo the next event that compaction has to look at; behind {@code
 *     compactRevision} when nothing is left to do
 */
record StoreState(EntryId applied, long revision, long compactRevision, Revision compactedUpTo) {
  static final StoreState INITIAL = new StoreState(EntryId.ZERO, 1, -1, Revision.NONE);

  private static final byte[] KEY = "store".getBytes(StandardCharsets.US_ASCII);
  private static final int SIZE_BYTES = 4 * Long.BYTES + Revision.SIZE_BYTES;

  static StoreState read(Reader reader) {
    byte[] row = reader.get(Table.META, KEY);
    if (row == null) {
      return INITIAL;
    }
    var buffer = ByteBuffer.wrap(row);
    return new StoreState(
        new EntryId(buffer.getLong(), buffer.getLong()),
        buffer.getLong(),
        buffer.getLong(),
        new Revision(buffer.getLong(), buffer.getInt()));
  }

  void write(Batch batch) {
    batch.put(
        Table.META,
        KEY,
        ByteBuffer.allocate(SIZE_BYTES)
            .putLong(applied.term())
            .putLong(applied.index())
            .putLong(revision)
            .putLong(compactRevision)
            .putLong(compactedUpTo.main())
            .putInt(compactedUpTo.sub())
            .array());
  }

  StoreState withApplied(EntryId id, long newRevision) {
    return new StoreState(id, newRevision, compactRevision, compactedUpTo);
  }

  StoreState withCompactedUpTo(Revision next) {
    return new StoreState(applied, revision, compactRevision, next);
  }

  /**
   * Refuses reads below {@code toRevision} from now on and has the compactor begin, or go on, with
   * the events since the last compaction; those at its very revision once more, for the deletes
   * that it had to keep.
   */
  StoreState compacted(long toRevision) {
    var oldest = new Revision(Math.max(0, compactRevision), 0);
    var from = compactedUpTo.compareTo(oldest) < 0 ? compactedUpTo : oldest;
    return new StoreState(applied, revision, toRevision, from);
  }

  boolean compacting() {
    return compactedUpTo.main() <= compactRevision;
  }
}
