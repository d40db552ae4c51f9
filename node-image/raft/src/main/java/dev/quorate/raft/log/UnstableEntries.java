package dev.quorate.raft.log;

import java.util.ArrayDeque;

/**
 * What of the log is on its way to the disk: handed out up to here, durable up to there.
 *
 * <p>The same entry can be written twice with another one in its place in between (A, B, A), so an
 * id alone does not tell which write a report means. Reports come in the order of the writes, so
 * the oldest write that ends with the id is taken: never too much is believed durable.
 */
final class UnstableEntries {
  /** A batch that the disk has not yet reported; what was overwritten since no longer counts. */
  private static final class Write {
    private final EntryId last;
    private long validIndex;

    Write(EntryId last) {
      this.last = last;
      this.validIndex = last.index();
    }
  }

  private final ArrayDeque<Write> writes = new ArrayDeque<>();
  private long handedOutIndex;
  private long durableIndex;

  UnstableEntries(long durableIndex) {
    this.handedOutIndex = durableIndex;
    this.durableIndex = durableIndex;
  }

  long handedOutIndex() {
    return handedOutIndex;
  }

  long durableIndex() {
    return durableIndex;
  }

  void handedOut(EntryId last) {
    handedOutIndex = last.index();
    writes.addLast(new Write(last));
  }

  /** The entries from {@code index} on were replaced. */
  void truncatedFrom(long index) {
    handedOutIndex = Math.min(handedOutIndex, index - 1);
    durableIndex = Math.min(durableIndex, index - 1);
    for (Write write : writes) {
      write.validIndex = Math.min(write.validIndex, index - 1);
    }
  }

  /** The log begins anew behind a snapshot, which goes to the disk in a batch without entries. */
  void restartAt(EntryId snapshot) {
    truncatedFrom(1);
    handedOut(snapshot);
  }

  /** Whether more is durable now. */
  boolean persisted(EntryId id) {
    if (writes.stream().noneMatch(write -> write.last.equals(id))) {
      return false;
    }
    long before = durableIndex;
    Write write;
    do {
      write = writes.removeFirst();
      durableIndex = Math.max(durableIndex, write.validIndex);
    } while (!write.last.equals(id));
    return durableIndex > before;
  }
}
