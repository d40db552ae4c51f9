package dev.quorate.simulator;

import dev.quorate.node.replication.ReplicationException;
import dev.quorate.node.replication.ReplicationException.Reason;
import java.util.concurrent.CompletionException;

/** What one request comes to exactly once: an answer, a sure failure, or silence. */
final class Outcome {
  static final long TIMEOUT_MICROS = 400_000;

  private boolean known;

  Outcome(Simulation simulation, Runnable whenSilent) {
    simulation
        .timeline()
        .after(
            TIMEOUT_MICROS,
            () -> {
              if (first()) {
                whenSilent.run();
              }
            });
  }

  /** Whether something may have been done though it failed; any other exception is a bug. */
  static boolean isUnknown(Throwable failure) {
    var cause = failure instanceof CompletionException ? failure.getCause() : failure;
    if (cause instanceof ReplicationException known) {
      return known.reason() == Reason.TIMEOUT || known.reason() == Reason.TIMEOUT_LEADER_FAILED;
    }
    throw new IllegalStateException(failure);
  }

  boolean first() {
    boolean first = !known;
    known = true;
    return first;
  }
}
