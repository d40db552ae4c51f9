package dev.quorate.node.watch;

import dev.quorate.node.kv.Change;
import java.util.ArrayList;
import java.util.List;

/**
 * The newest changes, without a gap, as many as fit. Watches that lag a little take them from here;
 * that also lets a watch that reads the history come to an end while new changes keep coming.
 */
final class RecentChanges {
  private final int maxBytes;
  private final ArrayList<Change> changes = new ArrayList<>();

  /** Where in the list the changes begin that still count. */
  private int first;

  private long bytes;
  private long fromRevision;

  RecentChanges(int maxBytes) {
    this.maxBytes = maxBytes;
  }

  /** Forgets everything; what is added begins with this revision. */
  void beginWith(long revision) {
    changes.clear();
    first = 0;
    bytes = 0;
    fromRevision = revision;
  }

  /** Adds what follows what was added before. */
  void add(List<Change> next) {
    for (var change : next) {
      changes.add(change);
      bytes += change.sizeBytes();
    }
    while (bytes > maxBytes) {
      forgetOldestRevision();
    }
    if (first > changes.size() / 2) {
      changes.subList(0, first).clear();
      first = 0;
    }
  }

  private void forgetOldestRevision() {
    long oldest = changes.get(first).revision();
    while (first < changes.size() && changes.get(first).revision() == oldest) {
      bytes -= changes.get(first++).sizeBytes();
    }
    fromRevision = oldest + 1;
  }

  /** Whether all changes since a revision, that one included, are known. */
  boolean reachBackTo(long revision) {
    return revision >= fromRevision;
  }

  /** What is known from a revision on: whole revisions of about so many bytes. */
  List<Change> from(long revision, int maxPieceBytes) {
    int begin = place(revision);
    return changes.subList(begin, Responses.endOfPiece(changes, begin, maxPieceBytes));
  }

  /** Of the first change of a revision, or after it. */
  private int place(long revision) {
    int low = first;
    int high = changes.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (changes.get(middle).revision() < revision) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
