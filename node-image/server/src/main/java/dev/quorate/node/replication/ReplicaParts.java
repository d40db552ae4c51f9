package dev.quorate.node.replication;

import dev.quorate.node.kv.ChangeListener;
import dev.quorate.node.metrics.ReplicationMetrics;
import dev.quorate.node.storage.LogStorage;
import dev.quorate.node.storage.StateHome;
import dev.quorate.node.transport.PeerTransport;

/** What a running member is made of; it owns storages and transport and closes them. */
public record ReplicaParts(
    NodeIdentity identity,
    ReplicaConfig config,
    LogStorage log,
    StateHome home,
    PeerTransport transport,
    ReplicationMetrics metrics,
    ChangeListener changes) {}
