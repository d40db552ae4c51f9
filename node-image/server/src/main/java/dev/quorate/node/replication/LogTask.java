package dev.quorate.node.replication;

import dev.quorate.raft.HardState;
import dev.quorate.raft.Message;
import dev.quorate.raft.log.Entry;
import dev.quorate.raft.log.Snapshot;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What the log loop can be told. */
sealed interface LogTask {
  /**
   * What becomes durable together, and what may be sent once it is.
   *
   * @param installation of the snapshot: the state is in its place when it completes
   */
  record Append(
      @Nullable HardState hardState,
      @Nullable Snapshot snapshot,
      @Nullable Installation installation,
      List<Entry> entries,
      List<Message> sendAfterAppend)
      implements LogTask {}

  /** The state machine holds everything up to here durably, and nobody needs it from the log. */
  record RemoveUpTo(Snapshot base) implements LogTask {}

  /** What the loop could not go on without may be there. */
  record GoOn() implements LogTask {}

  /** A state on its way from the staging directory into its place. */
  record Installation(CompletableFuture<Void> inPlace, CompletableFuture<Boolean> durable) {}
}
