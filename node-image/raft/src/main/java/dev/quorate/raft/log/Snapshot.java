package dev.quorate.raft.log;

import dev.quorate.raft.quorum.Configuration;

/** Stands for all entries up to {@code id}; the state itself travels and rests outside the core. */
public record Snapshot(EntryId id, Configuration configuration) {
  public static final Snapshot NONE = new Snapshot(EntryId.ZERO, Configuration.EMPTY);
}
