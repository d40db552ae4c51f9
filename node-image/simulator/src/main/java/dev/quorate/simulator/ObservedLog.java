package dev.quorate.simulator;

import dev.quorate.node.storage.LogStorage;
import dev.quorate.raft.HardState;
import dev.quorate.raft.log.Entry;
import dev.quorate.raft.log.Snapshot;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Tells the checker what a node's log was asked to keep and what it says is durable. */
record ObservedLog(long node, LogStorage log, InvariantChecker checker) implements LogStorage {
  @Override
  public Restored restored() {
    return log.restored();
  }

  @Override
  public void append(
      @Nullable HardState hardState, @Nullable Snapshot snapshot, List<Entry> entries)
      throws IOException {
    checker.appends(node, hardState, snapshot, entries);
    log.append(hardState, snapshot, entries);
  }

  @Override
  public void sync() throws IOException {
    log.sync();
    checker.synced(node);
  }

  @Override
  public void removeUpTo(Snapshot base) throws IOException {
    checker.removes(node, base);
    log.removeUpTo(base);
  }

  @Override
  public void close() throws IOException {
    log.close();
  }
}
