package dev.quorate.node.replication;

import java.util.concurrent.CompletableFuture;

/** A client's read that waits until this member's state is new enough. */
record PendingRead(long submittedNanos, CompletableFuture<Void> ready) implements NodeEvent {}
