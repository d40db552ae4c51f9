package dev.quorate.node.rpc;

import dev.quorate.node.kv.AnswerRoom;
import dev.quorate.node.kv.KvReads;
import dev.quorate.node.rpc.HeapBudget.ExceededException;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps large answers within a part of the heap, all that are under way together. What a command
 * answers with is looked at before it is proposed, for then it is the state of a moment ago, but
 * when it is applied it is too late to refuse.
 */
final class LargeAnswers {
  private final ReadThreads readThreads;

  LargeAnswers(ReadThreads readThreads) {
    this.readThreads = readThreads;
  }

  /**
   * The share of a call's answer; given back when the client has taken it or gone. To be called
   * before the call's own method returns: later gRPC takes no handlers.
   */
  HeapBudget.Share share(StreamObserver<?> client) {
    var share = readThreads.heap().share(TextAnswers.copies());
    var call = (ServerCallStreamObserver<?>) client;
    Runnable over = share::close;
    call.setOnCancelHandler(over);
    call.setOnCloseHandler(over);
    return share;
  }

  /**
   * Fails if the answer to a command would be too large; done on a thread that may read, there are
   * many keys to look at.
   *
   * @param measure asks for the room of the answer
   * @param refusal why the caller may not do it: then it is not told how much there is either
   */
  CompletableFuture<?> check(
      ServingMember member,
      BiConsumer<KvReads, AnswerRoom> measure,
      HeapBudget.Share share,
      Supplier<@Nullable Status> refusal) {
    return readThreads.supply(
        () -> {
          try {
            measure.accept(member.state().get().reads(), share);
            return true;
          } catch (ExceededException e) {
            var refused = refusal.get();
            throw (refused == null ? e.status() : refused).asRuntimeException();
          }
        });
  }
}
