package dev.quorate.node.replication;

import dev.quorate.node.kv.MemberTable;
import dev.quorate.raft.RaftStatus;

/**
 * One look at a running member.
 *
 * @param members as of the applied index
 * @param stopping new work is refused, leadership is being handed over
 */
public record ReplicaStatus(RaftStatus raft, MemberTable members, boolean stopping) {
  /** The log index of the last applied membership change. */
  public long configurationIndex() {
    return members.configurationIndex();
  }
}
