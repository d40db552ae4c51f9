package dev.quorate.raft.log;

import dev.quorate.raft.check.Bytes;

/** One entry of the log. */
public record Entry(EntryId id, EntryKind kind, Bytes data) {
  public long term() {
    return id.term();
  }

  public long index() {
    return id.index();
  }

  /** What the entry counts for in limits of bytes: its data and a little for the rest. */
  public int sizeBytes() {
    return data.size() + 24;
  }
}
