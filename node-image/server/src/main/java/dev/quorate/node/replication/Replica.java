package dev.quorate.node.replication;

import dev.quorate.node.kv.KvStateMachine;
import dev.quorate.node.storage.LogStorage;
import dev.quorate.node.storage.StateHome;
import dev.quorate.node.transport.PeerTransport;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** A running member of a cluster: the core, its three loops and the gateways into them. */
@SuppressWarnings({"DoNotCallSuggester", "unused"})
public final class Replica implements ClusterControl {
  private Replica() {}

  /**
   * Starts the loops on what the disk holds. The replica owns the storages and the transport from
   * now on and closes them in {@link #stop}.
   *
   * @param onFault called once, on any thread, when the member cannot go on; it serves nothing any
   *     more by then
   * @throws IOException if the disk cannot be read or written
   */
  public static Replica start(
      NodeIdentity identity,
      ReplicaConfig config,
      LogStorage log,
      StateHome home,
      PeerTransport transport,
      Consumer<ReplicaFault> onFault)
      throws IOException {
    throw notYet();
  }

  public Proposals proposals() {
    throw notYet();
  }

  public Reads reads() {
    throw notYet();
  }

  /**
   * The state of this member. Ask anew for every request: it is another one after the leader has
   * sent its state.
   */
  public KvStateMachine machine() {
    throw notYet();
  }

  @Override
  public NodeIdentity identity() {
    throw notYet();
  }

  @Override
  public ReplicaStatus status() {
    throw notYet();
  }

  @Override
  public CompletableFuture<Long> changeMembership(MembershipRequest request) {
    throw notYet();
  }

  @Override
  public CompletableFuture<Long> transferLeadership(long target) {
    throw notYet();
  }

  @Override
  public Runnable onStatusChange(Consumer<ReplicaStatus> listener) {
    throw notYet();
  }

  /** Whether all loops have turned lately: what liveness means. */
  public boolean loopsTurn() {
    throw notYet();
  }

  /**
   * Refuses new work, hands leadership over and waits until that is confirmed (bounded), finishes
   * what was accepted, syncs and closes everything.
   */
  public CompletableFuture<Void> stop() {
    throw notYet();
  }

  private static RuntimeException notYet() {
    return new IllegalStateException("replication is being built");
  }
}
