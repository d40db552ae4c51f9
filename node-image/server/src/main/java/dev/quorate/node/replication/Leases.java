package dev.quorate.node.replication;

import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/**
 * What only the leader knows of leases, asked of any member: it asks the leader. Fails with a
 * {@link ReplicationException}. Implemented by {@code LeaseQuestions}.
 */
public interface Leases {
  /** Renews a lease: its TTL in seconds, or empty if there is no such lease (any more). */
  CompletableFuture<OptionalLong> renew(long id);

  /** The whole seconds until a lease ends, or empty if there is no such lease. */
  CompletableFuture<OptionalLong> remainingSeconds(long id);

  /** Shorter leases could end while the cluster elects a leader. */
  long minTtlSeconds();
}
