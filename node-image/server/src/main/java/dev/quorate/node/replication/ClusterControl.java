package dev.quorate.node.replication;

import dev.quorate.api.peer.StateHash;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * What the services may ask of a running member besides reads and writes; implemented by {@link
 * Replica}, and by hand in tests of services.
 */
public interface ClusterControl {
  NodeIdentity identity();

  /** The last published look: never older than a heartbeat interval, never blocks. */
  ReplicaStatus status();

  /**
   * One guarded membership step; a follower passes it on to its leader. Completes with the log
   * index of the change when this member has applied it; fails with a {@link ReplicationException}.
   */
  CompletableFuture<Long> changeMembership(MembershipRequest request);

  /**
   * Hands leadership over; leader only. Completes with the new leader's id once its first term
   * entry is known here; fails with a {@link ReplicationException} after two election timeouts at
   * the latest.
   *
   * @param target a voter, or 0 for the most caught-up healthy one
   */
  CompletableFuture<Long> transferLeadership(long target);

  /**
   * A copy of the state as of now, for a client to keep; one at a time. Fails with a {@link
   * ReplicationException} while there is another one, and with an {@link java.io.IOException} if
   * the disk does not take it.
   */
  CompletableFuture<SnapshotExport> snapshot();

  /**
   * The hash of a member's state at a revision, 0 for the newest; it reads that whole state. Fails
   * when the member does not answer.
   */
  CompletableFuture<StateHash> stateHash(long member, long revision, Haste haste);

  /** Whether somebody waits for an answer that takes long to make. */
  enum Haste {
    WAITED_FOR,
    UNHURRIED
  }

  /**
   * Calls the listener now and whenever leader, role, term or membership change, on a background
   * thread; calls may overlap.
   *
   * @return what removes the listener
   */
  Runnable onStatusChange(Consumer<ReplicaStatus> listener);
}
