package dev.quorate.node.replication;

import dev.quorate.raft.RaftStatus;

/**
 * One look at a running member.
 *
 * @param configurationIndex the log index of the last applied membership change
 * @param stopping new work is refused, leadership is being handed over
 */
public record ReplicaStatus(RaftStatus raft, long configurationIndex, boolean stopping) {}
