package dev.quorate.node.http;

import dev.quorate.api.etcd.AlarmType;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** What the health endpoints ask of the node, whatever state it is in. */
public interface HealthSource {
  /** Why this node serves nobody, for people; empty when it runs. */
  String notServing();

  /** Whether the node's loops turn; true for a node that has none. */
  boolean loopsTurn();

  boolean hasLeader();

  boolean isLearner();

  /** The alarms that are raised, of whichever member. */
  Set<AlarmType> alarms();

  /** Completes when this member can answer a read that must see every acknowledged write. */
  CompletableFuture<Void> linearizableRead();
}
