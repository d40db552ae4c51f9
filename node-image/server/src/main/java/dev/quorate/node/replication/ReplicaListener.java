package dev.quorate.node.replication;

/** Hears once, on any thread, why a member cannot go on; must not block. */
public interface ReplicaListener {
  /** It serves nothing any more. */
  void failed(ReplicaFault fault);

  /**
   * It was removed from the cluster for good, and another member knows. It still answers its peers;
   * whoever runs it should stop it soon.
   */
  void removed();
}
