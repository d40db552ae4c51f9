package dev.quorate.node.replication;

import dev.quorate.raft.Message;
import dev.quorate.raft.RaftNode;
import dev.quorate.raft.log.EntryId;
import java.util.List;
import java.util.function.Consumer;

/** What the raft loop can be told. */
sealed interface NodeEvent permits NodeEvent.Report, PendingProposal, PendingRead {
  /** Comes from within this member or from its peers. */
  sealed interface Report extends NodeEvent {}

  record Received(List<Message> messages) implements Report {}

  /** The connection to a peer broke. */
  record PeerLost(long peer) implements Report {}

  /** The log is durable up to here. */
  record Persisted(EntryId id) implements Report {}

  /** The state machine has applied everything up to here. */
  record Applied(EntryId id) implements Report {}

  /** The leader's state is in place of this member's own: everything up to here is in it. */
  record Installed(EntryId id) implements Report {}

  /** Something rare that only the owner of the core may do. */
  record Call(Consumer<RaftNode> action) implements Report {}
}
