package dev.quorate.node.replication;

import java.util.concurrent.CompletableFuture;

/** The way to a linearizable read; implemented by {@code ReadGateway}. */
public interface Reads {
  /**
   * Completes when this member's state is at least as new as everything that was acknowledged
   * before the call; fails with a {@link ReplicationException}. Completes on a thread that may read
   * the state there and then.
   */
  CompletableFuture<Void> linearizable();
}
