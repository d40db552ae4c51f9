package dev.quorate.node.replication;

import dev.quorate.api.command.Command;
import dev.quorate.node.kv.ApplyResult;
import java.util.concurrent.CompletableFuture;

/**
 * The way of a write into the log; implemented by {@code ProposalGateway}, and by hand in tests of
 * services.
 */
public interface Proposals {
  /**
   * Proposes a command (its proposer and sequence are filled in here) and completes when this
   * member has applied it, on the apply thread. Fails with a {@link ReplicationException}, which
   * tells whether the outcome is known.
   */
  CompletableFuture<ApplyResult> submit(Command.Builder command);

  /**
   * The same for what the member itself must get done while clients wait in great number: it is not
   * refused because of them. The caller bounds how many of these there are at a time.
   */
  CompletableFuture<ApplyResult> submitUrgent(Command.Builder command);
}
