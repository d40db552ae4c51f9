package dev.quorate.node.replication;

/** Who this node is in its cluster; fixed once it has joined one. Ids are unsigned. */
public record NodeIdentity(long clusterId, long memberId) {}
