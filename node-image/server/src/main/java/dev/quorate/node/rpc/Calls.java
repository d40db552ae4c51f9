package dev.quorate.node.rpc;

import dev.quorate.node.kv.ApplyResult;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.CompletableFuture;

/** How a unary call ends, whatever thread ends it. */
final class Calls {
  private Calls() {}

  static void fail(StreamObserver<?> client, Status error) {
    client.onError(error.asRuntimeException());
  }

  /** What was answered; a refusal is thrown with etcd's words. */
  static ApplyResult.Done done(ApplyResult result) {
    return switch (result) {
      case ApplyResult.Done done -> done;
      case ApplyResult.Refused(var error) -> throw EtcdErrors.of(error).asRuntimeException();
    };
  }

  /** Answers when it is done, or says with etcd's words why it failed. */
  static void finish(CompletableFuture<?> done, StreamObserver<?> client, Runnable answer) {
    // Without a handler a client that went away makes the answer throw on a loop's thread.
    ((ServerCallStreamObserver<?>) client).setOnCancelHandler(() -> {});
    var _ =
        done.whenComplete(
            (_, failure) -> {
              if (failure != null) {
                fail(client, EtcdErrors.of(failure));
                return;
              }
              try {
                answer.run();
                client.onCompleted();
              } catch (RuntimeException e) {
                fail(
                    client, Status.UNAVAILABLE.withDescription("quorate: the answer failed: " + e));
              }
            });
  }
}
