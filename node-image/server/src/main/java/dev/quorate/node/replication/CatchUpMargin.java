package dev.quorate.node.replication;

import dev.quorate.raft.log.EntryId;
import dev.quorate.raft.log.Snapshot;
import java.util.ArrayDeque;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * Decides how much of the applied log is let go: all but a margin, bounded in entries and in bytes,
 * from which members that lag a little can catch up without the whole state. It remembers the
 * membership at places of the log where it might begin anew.
 */
final class CatchUpMargin {
  private static final long MAX_ENTRIES_PER_MARK = 512;
  private static final long MAX_BYTES_PER_MARK = 1 << 20;

  /** A small margin is no use if the log could only begin anew far behind it. */
  private static final int MARKS_PER_MARGIN = 4;

  /** However slowly a state is sent, no more than this many margins wait for its receiver. */
  static final int MARGINS_HELD = 8;

  private final long maxEntries;
  private final long maxBytes;
  private final long entriesPerMark;
  private final long bytesPerMark;
  private final ArrayDeque<Mark> marks = new ArrayDeque<>();
  private long appliedBytes;
  private @Nullable Snapshot last;

  /** A place where the log may begin, and how many bytes had been applied there. */
  private record Mark(Snapshot snapshot, long bytes) {
    long index() {
      return snapshot.id().index();
    }
  }

  CatchUpMargin(long maxEntries, long maxBytes) {
    this.maxEntries = maxEntries;
    this.maxBytes = maxBytes;
    this.entriesPerMark = Math.clamp(maxEntries / MARKS_PER_MARGIN, 1, MAX_ENTRIES_PER_MARK);
    this.bytesPerMark = Math.clamp(maxBytes / MARKS_PER_MARGIN, 1, MAX_BYTES_PER_MARK);
  }

  /** The state stands here now, after so many bytes more. */
  void applied(Snapshot snapshot, long bytes) {
    appliedBytes += bytes;
    last = snapshot;
    if (marks.isEmpty()
        || snapshot.id().index() - marks.getLast().index() >= entriesPerMark
        || appliedBytes - marks.getLast().bytes() >= bytesPerMark) {
      marks.add(new Mark(snapshot, appliedBytes));
    }
  }

  /** The state was replaced: nothing before it is there any more. */
  void beginAt(Snapshot snapshot) {
    marks.clear();
    applied(snapshot, 0);
  }

  /**
   * Where the log may begin anew, null if everything is still needed.
   *
   * @param limitIndex beyond which nothing may be let go, whatever the margin
   * @param heldIndex beyond which a larger margin holds, because a state is being sent
   */
  @Nullable Snapshot base(long limitIndex, long heldIndex) {
    Snapshot found = null;
    for (var mark : marks) {
      int margins = mark.index() > heldIndex ? MARGINS_HELD : 1;
      if (mark.index() > limitIndex || !isBeyond(mark, margins)) {
        break;
      }
      found = mark.snapshot();
    }
    return found;
  }

  private boolean isBeyond(Mark mark, int margins) {
    return last != null
        && (last.id().index() - mark.index() >= margins * maxEntries
            || appliedBytes - mark.bytes() >= margins * maxBytes);
  }

  /** Places up to here are not asked for again. */
  void forgetBefore(EntryId base) {
    Iterator<Mark> iterator = marks.iterator();
    while (iterator.hasNext() && iterator.next().index() < base.index()) {
      iterator.remove();
    }
  }
}
