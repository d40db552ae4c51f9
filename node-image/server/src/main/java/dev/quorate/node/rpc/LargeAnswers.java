package dev.quorate.node.rpc;

import com.google.protobuf.ByteString;
import dev.quorate.node.kv.AnswerRoom;
import dev.quorate.node.kv.KvReads;
import dev.quorate.node.rpc.HeapBudget.ExceededException;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.List;
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
  private static final int FEW_KEYS = 4;

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
   * Fails if the answer to a command would be too large.
   *
   * @param keys whose pairs are all it answers with: a few are looked at here and now
   * @param measure asks for the room of any other answer; done on a thread that may read, there may
   *     be many keys to look at
   * @param refusal why the caller may not do it: then it is not told how much there is either
   */
  CompletableFuture<?> check(
      ServingMember member,
      @Nullable List<ByteString> keys,
      BiConsumer<KvReads, AnswerRoom> measure,
      HeapBudget.Share share,
      Supplier<@Nullable Status> refusal) {
    if (keys == null || keys.size() > FEW_KEYS) {
      return readThreads.supply(() -> look(member, measure, share, refusal));
    }
    try {
      return CompletableFuture.completedFuture(
          look(member, (reads, room) -> reads.measure(keys, room), share, refusal));
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private static boolean look(
      ServingMember member,
      BiConsumer<KvReads, AnswerRoom> measure,
      HeapBudget.Share share,
      Supplier<@Nullable Status> refusal) {
    try {
      measure.accept(member.state().get().reads(), share);
      return true;
    } catch (ExceededException e) {
      var refused = refusal.get();
      throw (refused == null ? e.status() : refused).asRuntimeException();
    }
  }
}
