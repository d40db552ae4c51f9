package dev.quorate.node.replication;

import dev.quorate.node.storage.StateHome;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/** Makes copies of the state between two rounds of the apply loop, to send them somewhere. */
final class Checkpoints {
  private final StateHome home;
  private final Mailbox<ApplyTask> applyMailbox;
  private final Flush flush;
  private final Executor background;

  /** Makes the present state durable, beside the apply loop. */
  interface Flush {
    void run() throws IOException;
  }

  Checkpoints(StateHome home, Mailbox<ApplyTask> applyMailbox, Flush flush, Executor background) {
    this.home = home;
    this.applyMailbox = applyMailbox;
    this.flush = flush;
    this.background = background;
  }

  /** A copy as of some moment after this call; fails if the disk does not take it. */
  CompletableFuture<StateCopy> take() {
    var copy = new CompletableFuture<StateCopy>();
    background.execute(() -> begin(copy));
    return copy;
  }

  private void begin(CompletableFuture<StateCopy> copy) {
    try {
      // A copy begins with a flush: what is flushed before does not hold up the apply loop then.
      flush.run();
      var directory = home.newOutgoing();
      var _ =
          copy.whenCompleteAsync(
              (_, failure) -> {
                if (failure != null) {
                  StateCopy.delete(directory);
                }
              },
              background);
      applyMailbox.put(new ApplyTask.Checkpoint(directory, copy));
    } catch (IOException | RuntimeException e) {
      copy.completeExceptionally(e);
    }
  }
}
