package dev.quorate.node.kv;

import com.google.protobuf.ByteString;
import dev.quorate.node.storage.StateStorage.Reader;
import dev.quorate.node.storage.StateStorage.Table;
import java.util.List;
import java.util.TreeSet;

/**
 * The keys of a lease for readers, who do not see what a command that is still going on has done:
 * its changes, of which there may be some in the storage, are left out.
 */
final class LeasedKeys {
  private LeasedKeys() {}

  static List<ByteString> of(Reader reader, StoreState state, long lease) {
    var begun = new Revision(state.revision() + 1, 0);
    try (var cursor = reader.scan(Table.HISTORY, begun.encode(), null)) {
      if (!cursor.valid()) {
        return LeaseTable.keys(reader, lease);
      }
      var keys = new TreeSet<>(ByteString.unsignedLexicographicalComparator());
      keys.addAll(LeaseTable.keys(reader, lease));
      for (; cursor.valid(); cursor.next()) {
        var change = KeyVersion.ofHistory(Revision.decode(cursor.key()), cursor.value());
        var before = HistoryReader.before(reader, change);
        if (before != null && before.lease == lease) {
          keys.add(change.keyInRow());
        } else {
          keys.remove(change.keyInRow());
        }
      }
      return List.copyOf(keys);
    }
  }
}
