package dev.quorate.node.kv;

import dev.quorate.node.storage.StateStorage.Reader;
import dev.quorate.node.storage.StateStorage.Table;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;

/** Reads what happened, in the order of revisions, for watchers that were not there. */
final class HistoryReader {
  /** However few changes are wanted, a piece does not read more than this. */
  private static final long MAX_READ_BYTES = 8 << 20;

  private final Reader reader;
  private final StoreState state;
  private final Interest interest;
  private final HistoryPiece.Limits limits;
  private final ArrayList<Change> found = new ArrayList<>();
  private long foundBytes;
  private long readBytes;
  private int rows;
  private boolean endsBeforeLarge;

  HistoryReader(Reader reader, StoreState state, Interest interest, HistoryPiece.Limits limits) {
    this.reader = reader;
    this.state = state;
    this.interest = interest;
    this.limits = limits;
  }

  HistoryPiece from(long revision) {
    return piece(revision < state.compactRevision() ? revision : scan(revision));
  }

  private HistoryPiece piece(long nextRevision) {
    return new HistoryPiece(
        found, nextRevision, state.revision(), state.compactRevision(), endsBeforeLarge);
  }

  /** Returns where it stopped. */
  private long scan(long revision) {
    long seen = 0;
    int wholeChanges = 0;
    long wholeBytes = 0;
    // What is newer belongs to a command that is still going on.
    byte[] end = new Revision(state.revision() + 1, 0).encode();
    try (var cursor = reader.scan(Table.HISTORY, new Revision(revision, 0).encode(), end)) {
      for (; cursor.valid(); cursor.next()) {
        var mod = Revision.decode(cursor.key());
        if (mod.main() != seen) {
          if (isFull()) {
            return mod.main();
          }
          seen = mod.main();
          wholeChanges = found.size();
          wholeBytes = foundBytes;
        }
        take(KeyVersion.ofHistory(mod, cursor.value()));
        if (foundBytes - wholeBytes > limits.maxRevisionBytes()) {
          found.subList(wholeChanges, found.size()).clear();
          endsBeforeLarge = true;
          return mod.main();
        }
      }
    }
    return Math.max(revision, state.revision() + 1);
  }

  private boolean isFull() {
    return rows >= limits.maxRows()
        || foundBytes >= limits.maxBytes()
        || readBytes >= MAX_READ_BYTES;
  }

  private void take(KeyVersion version) {
    rows++;
    readBytes += version.rowBytes();
    var key = version.keyInRow();
    if (interest.covers(key)) {
      var change = new Change(version, interest.needsPrevious(key) ? previous(version) : null);
      foundBytes += change.sizeBytes();
      found.add(change);
    }
  }

  /** What a read just before the change would have given. */
  private @Nullable KeyVersion previous(KeyVersion version) {
    boolean compacted = version.mod.main() - 1 < state.compactRevision();
    return compacted ? null : before(reader, version);
  }

  /**
   * The version of the key before the revision of this change: in one transaction a key may change
   * more than once.
   */
  static @Nullable KeyVersion before(Reader reader, KeyVersion change) {
    var at = change.previous;
    while (!at.equals(Revision.NONE)) {
      byte[] row = reader.get(Table.HISTORY, at.encode());
      if (row == null) {
        return null;
      }
      var version = KeyVersion.ofHistory(at, row);
      if (at.main() < change.mod.main()) {
        return version;
      }
      at = version.previous;
    }
    return null;
  }
}
