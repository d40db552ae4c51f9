package dev.quorate.node.replication;

import dev.quorate.raft.log.Entry;
import dev.quorate.raft.log.EntryId;
import dev.quorate.raft.log.Snapshot;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** What the apply loop can be told. */
sealed interface ApplyTask {
  record Committed(List<Entry> entries) implements ApplyTask {}

  /** The received state takes the place of the present one. */
  record Install(Snapshot snapshot, CompletableFuture<Void> inPlace) implements ApplyTask {}

  /** A copy of the state as of now; completes when it is there. */
  record Checkpoint(Path directory, CompletableFuture<StateCopy> done) implements ApplyTask {}

  /** The state is durable up to here. */
  record Flushed(EntryId id) implements ApplyTask {}

  /** What the loop could not go on without may be there. */
  record GoOn() implements ApplyTask {}
}
