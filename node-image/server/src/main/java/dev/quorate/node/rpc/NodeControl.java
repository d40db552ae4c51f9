package dev.quorate.node.rpc;

import dev.quorate.api.admin.NodeStatus;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** What the operator may ask of a node, whatever state it is in; implemented by the node itself. */
public interface NodeControl {
  NodeStatus status();

  /**
   * Begins to compare a member's state with those of others; the outcome is in the status.
   *
   * @param leader the member that runs here and leads
   */
  void compareState(ServingMember leader, long memberId, long token);

  /**
   * Calls the listener when something may have changed; often, and on threads that must not wait.
   *
   * @return what removes the listener
   */
  Runnable onChange(Runnable listener);

  /**
   * Makes an Idle node the first voter of a new cluster; fails with an {@code
   * io.grpc.StatusRuntimeException} that says why not.
   */
  CompletableFuture<Void> bootstrap(long clusterId);

  /** Makes an Idle node the member that it was added as; fails as {@link #bootstrap}. */
  CompletableFuture<Void> join(long clusterId, long memberId, List<String> peerUrls);
}
