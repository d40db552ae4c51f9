package dev.quorate.node.replication;

import dev.quorate.node.kv.LeaseChange;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/** What the lease loop can be told. */
sealed interface LeaseEvent {
  /** Who leads may have changed. */
  record LookAgain() implements LeaseEvent {}

  /** Applied entries have changed leases. */
  record Changed(List<LeaseChange.Applied> changes) implements LeaseEvent {}

  /**
   * Somebody asks for a lease's TTL after a renewal, or for what is left of it. Fails with {@code
   * NOT_LEADER} where another member has to be asked.
   */
  record Question(long id, boolean renew, CompletableFuture<OptionalLong> answer)
      implements LeaseEvent {}

  /** What the loop has waited for is there. */
  record Call(Runnable action) implements LeaseEvent {}
}
