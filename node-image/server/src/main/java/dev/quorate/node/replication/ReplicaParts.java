package dev.quorate.node.replication;

import dev.quorate.node.execution.Execution;
import dev.quorate.node.kv.AuthChange;
import dev.quorate.node.kv.ChangeListener;
import dev.quorate.node.metrics.ReplicationMetrics;
import dev.quorate.node.storage.LogStorage;
import dev.quorate.node.storage.StateHome;
import dev.quorate.node.transport.PeerTransport;
import java.util.function.Consumer;

/**
 * What a running member is made of; it owns storages, transport and execution and closes them.
 *
 * @param logins hears what applied commands mean for tokens, before their clients are answered
 */
public record ReplicaParts(
    NodeIdentity identity,
    ReplicaConfig config,
    LogStorage log,
    StateHome home,
    PeerTransport transport,
    ReplicationMetrics metrics,
    ChangeListener changes,
    Consumer<AuthChange> logins,
    Execution execution) {}
