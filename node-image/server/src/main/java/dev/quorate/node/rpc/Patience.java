package dev.quorate.node.rpc;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A client that waits: when it goes away, so does what it waits for. */
final class Patience {
  private @Nullable CompletableFuture<?> awaited;
  private boolean over;

  /** As long as the client of this call waits; made before the service returns. */
  static Patience of(ServerCallStreamObserver<?> client) {
    var patience = new Patience();
    client.setOnCancelHandler(patience::end);
    return patience;
  }

  /** Fails with CANCELLED if the client goes away before. */
  <T> CompletableFuture<T> await(CompletableFuture<T> step) {
    synchronized (this) {
      awaited = step;
      if (!over) {
        return step;
      }
    }
    cancel(step);
    return step;
  }

  synchronized boolean isOver() {
    return over;
  }

  private void end() {
    CompletableFuture<?> step;
    synchronized (this) {
      over = true;
      step = awaited;
    }
    if (step != null) {
      cancel(step);
    }
  }

  private static void cancel(CompletableFuture<?> step) {
    step.completeExceptionally(Status.CANCELLED.asRuntimeException());
  }
}
