package dev.quorate.node;

import dev.quorate.node.replication.NodeIdentity;
import dev.quorate.node.replication.ReplicaFault;
import dev.quorate.node.replication.ReplicaListener;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Hears what ends the member of a node, and what becomes of the node then. */
final class MemberEnd implements ReplicaListener {
  private final Node node;
  private final NodeIdentity member;
  private final Duration grace;
  private final NodeListener listener;

  /** What ends a member may come while it still starts. */
  private final CompletableFuture<Void> running = new CompletableFuture<>();

  MemberEnd(Node node, NodeIdentity member, Duration grace, NodeListener listener) {
    this.node = node;
    this.member = member;
    this.grace = grace;
    this.listener = listener;
  }

  /** The node has said that the member runs: from now on it may say that it has ended. */
  void runs() {
    running.complete(null);
  }

  /** Lost data is told by a process that stays up, as when it is found at the start. */
  @Override
  public void failed(ReplicaFault fault) {
    switch (fault.kind()) {
      case DATA_LOST -> {
        var _ = running.thenRun(() -> node.dataLost(fault.message()));
      }
      case DISK_FAILED, BROKEN_INVARIANT -> listener.failed(fault);
    }
  }

  /**
   * No client is served any more. The other members may need this one's vote until all of them know
   * that they do not, which a few heartbeats tell them.
   */
  @Override
  public void removed() {
    var _ =
        running.thenRun(
            () -> {
              node.refuseClients();
              var _ = node.timer().schedule(this::leave, grace.toMillis(), TimeUnit.MILLISECONDS);
            });
  }

  /** A process that somebody else would start again stays up to tell; any other one ends. */
  private void leave() {
    String message =
        "member %x was removed from cluster %x for good: empty %s and add a new member to come back"
            .formatted(member.memberId(), member.clusterId(), node.config().dataDirectory());
    if (node.config().managed()) {
      node.pauseMember(NodeFault.MEMBER_REMOVED, message);
    } else {
      listener.removed(message);
    }
  }
}
