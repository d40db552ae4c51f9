package dev.quorate.node.replication;

import dev.quorate.node.storage.StateHome;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;

/** Makes copies of the state between two rounds of the apply loop, to send them somewhere. */
final class Checkpoints {
  private final StateHome home;
  private final Mailbox<ApplyTask> applyMailbox;
  private final Flush flush;

  /** Makes the present state durable, beside the apply loop. */
  interface Flush {
    void run() throws IOException;
  }

  Checkpoints(StateHome home, Mailbox<ApplyTask> applyMailbox, Flush flush) {
    this.home = home;
    this.applyMailbox = applyMailbox;
    this.flush = flush;
  }

  /**
   * A copy as of some moment of this call, which waits for it: not on a loop.
   *
   * @throws IOException if the disk does not take it
   * @throws java.util.concurrent.CompletionException if the apply loop could not make it
   */
  StateCopy take() throws IOException {
    // A copy begins with a flush: what is flushed before does not hold up the apply loop then.
    flush.run();
    var directory = home.newOutgoing();
    var done = new CompletableFuture<StateCopy>();
    try {
      applyMailbox.put(new ApplyTask.Checkpoint(directory, done));
      return done.join();
    } finally {
      if (done.isCompletedExceptionally()) {
        StateCopy.delete(directory);
      }
    }
  }
}
