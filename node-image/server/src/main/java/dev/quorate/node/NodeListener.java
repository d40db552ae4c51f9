package dev.quorate.node;

import dev.quorate.node.replication.ReplicaFault;

/** Hears once, on any thread, that the process must end. */
interface NodeListener {
  /** At once: a member that met a fault cannot be trusted. */
  void failed(ReplicaFault fault);

  /** The others have told a node without data that it must not found its cluster. */
  void cannotStart(String message);

  /** In good order: the cluster has removed the member. */
  void removed(String message);
}
