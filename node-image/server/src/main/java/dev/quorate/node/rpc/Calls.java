package dev.quorate.node.rpc;

import com.google.protobuf.MessageLite;
import dev.quorate.api.etcd.ResponseHeader;
import dev.quorate.node.kv.ApplyResult;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** How a call begins and how a unary one ends, whatever thread ends it. */
final class Calls {
  private Calls() {}

  /** Who serves this request and has a vote; null if nobody does, and the client knows why. */
  static @Nullable ServingMember servingVoter(
      Supplier<@Nullable ServingMember> serving, StreamObserver<?> client) {
    return serving(serving, client, false);
  }

  /**
   * Who serves this request; null if nobody does, and the client knows why.
   *
   * @param learnersToo whether a member without a vote may
   */
  static @Nullable ServingMember serving(
      Supplier<@Nullable ServingMember> serving, StreamObserver<?> client, boolean learnersToo) {
    // Without a handler a client that went away makes the answer throw on a loop's thread.
    ((ServerCallStreamObserver<?>) client).setOnCancelHandler(() -> {});
    var member = serving.get();
    if (member == null) {
      fail(client, EtcdErrors.NOT_SERVING);
      return null;
    }
    if (!learnersToo && member.isLearner()) {
      fail(client, EtcdErrors.NOT_FOR_LEARNERS);
      return null;
    }
    return member;
  }

  static void fail(StreamObserver<?> client, Status error) {
    client.onError(error.asRuntimeException());
  }

  /** Whether the client was told an error. */
  static boolean refused(@Nullable Status error, StreamObserver<?> client) {
    if (error != null) {
      fail(client, error);
    }
    return error != null;
  }

  static boolean isCancelled(StreamObserver<?> client) {
    return ((ServerCallStreamObserver<?>) client).isCancelled();
  }

  /** What was answered; a refusal is thrown with etcd's words. */
  static ApplyResult.Done done(ApplyResult result) {
    return switch (result) {
      case ApplyResult.Done done -> done;
      case ApplyResult.Refused(var error) -> throw EtcdErrors.of(error).asRuntimeException();
    };
  }

  /** Answers with the outcome of a command or a question when it is there. */
  static <R> void answer(
      ServingMember member,
      CompletableFuture<ApplyResult> outcome,
      BiFunction<MessageLite, ResponseHeader, R> response,
      StreamObserver<R> client) {
    var _ =
        outcome.whenComplete(
            (result, failure) -> {
              if (failure != null) {
                fail(client, EtcdErrors.of(failure));
              } else {
                answer(member, result, response, client);
              }
            });
  }

  /** Answers with an outcome now. */
  static <R> void answer(
      ServingMember member,
      ApplyResult result,
      BiFunction<MessageLite, ResponseHeader, R> response,
      StreamObserver<R> client) {
    switch (result) {
      case ApplyResult.Done done -> {
        client.onNext(response.apply(done.response(), member.header(done)));
        client.onCompleted();
      }
      case ApplyResult.Refused(var error) -> fail(client, EtcdErrors.of(error));
    }
  }

  /** Answers when it is done, or says with etcd's words why it failed. */
  static void finish(CompletableFuture<?> done, StreamObserver<?> client, Runnable answer) {
    // Without a handler a client that went away makes the answer throw on a loop's thread.
    ((ServerCallStreamObserver<?>) client).setOnCancelHandler(() -> {});
    finishWaiting(done, client, answer);
  }

  /** The same for a call that has a handler already for a client that goes away. */
  static void finishWaiting(CompletableFuture<?> done, StreamObserver<?> client, Runnable answer) {
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
