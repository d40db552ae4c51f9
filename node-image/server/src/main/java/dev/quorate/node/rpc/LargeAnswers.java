package dev.quorate.node.rpc;

import dev.quorate.api.etcd.RangeRequest;
import dev.quorate.node.rpc.HeapBudget.ExceededException;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps answers of many keys within a part of the heap, all that are under way together. What a
 * command answers with is looked at before it is proposed, for then it is the state of a moment
 * ago, but when it is applied it is too late to refuse.
 */
final class LargeAnswers {
  private final ReadThreads readThreads;
  private final HeapBudget budget;

  LargeAnswers(ReadThreads readThreads, long limitBytes) {
    this.readThreads = readThreads;
    this.budget = new HeapBudget(limitBytes);
  }

  /**
   * The share of a call's answer; given back when the client has taken it or gone. To be called
   * before the call's own method returns: later gRPC takes no handlers.
   */
  HeapBudget.Share share(StreamObserver<?> client) {
    var share = budget.share();
    var call = (ServerCallStreamObserver<?>) client;
    call.setOnCancelHandler(share::close);
    call.setOnCloseHandler(share::close);
    return share;
  }

  /**
   * Fails if the answers to these ranges are too large; done on a thread that may read, there are
   * many keys to look at.
   *
   * @param refusal why the caller may not do it: then it is not told how much there is either
   */
  CompletableFuture<?> check(
      ServingMember member,
      List<RangeRequest> answers,
      HeapBudget.Share share,
      Supplier<@Nullable Status> refusal) {
    return readThreads.supply(
        () -> {
          try {
            member.state().get().reads().measure(answers, share::takePair);
            return true;
          } catch (ExceededException e) {
            var refused = refusal.get();
            throw (refused == null ? error(e) : refused).asRuntimeException();
          }
        });
  }

  static Status error(ExceededException failure) {
    return failure.isAlone() ? EtcdErrors.ANSWER_TOO_LARGE : EtcdErrors.TOO_MANY_REQUESTS;
  }
}
