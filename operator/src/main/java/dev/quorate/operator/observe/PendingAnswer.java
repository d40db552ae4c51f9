package dev.quorate.operator.observe;

import com.google.common.util.concurrent.ListenableFuture;
import dev.quorate.api.admin.NodeStatus;
import io.grpc.Status;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A question that is on its way; its call has a deadline of its own. */
record PendingAnswer(ListenableFuture<NodeStatus> future) {
  private static final long LONGEST_SECONDS = 5;

  NodeAnswer await() {
    try {
      return new NodeAnswer.Told(future.get(LONGEST_SECONDS, TimeUnit.SECONDS));
    } catch (ExecutionException e) {
      return new NodeAnswer.Silence(explain(Status.fromThrowable(e)));
    } catch (TimeoutException _) {
      future.cancel(true);
      return new NodeAnswer.Silence("it did not answer in time");
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return new NodeAnswer.Silence("the operator is stopping");
    }
  }

  private static String explain(Status status) {
    return switch (status.getCode()) {
      case UNAVAILABLE -> "no connection to it";
      case DEADLINE_EXCEEDED -> "it did not answer in time";
      default -> "it answered " + status.getCode() + ": " + status.getDescription();
    };
  }
}
