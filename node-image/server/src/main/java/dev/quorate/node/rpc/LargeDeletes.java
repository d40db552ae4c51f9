package dev.quorate.node.rpc;

import dev.quorate.api.etcd.DeleteRangeRequest;
import io.grpc.Status;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps deletes whose answers do not fit into a heap, because of the previous values in them, out
 * of the log: there they would end every member, and again at every start. What is found here is
 * the state of a moment ago, so the limit leaves room.
 */
final class LargeDeletes {
  private final ReadThreads readThreads;
  private final long limitBytes;

  LargeDeletes(ReadThreads readThreads, long limitBytes) {
    this.readThreads = readThreads;
    this.limitBytes = limitBytes;
  }

  /**
   * Fails if the previous values are too large; done on a thread that may read, there are many keys
   * to look at.
   *
   * @param refusal why the caller may not do it: then it is not told how much there is either
   */
  CompletableFuture<?> check(
      ServingMember member, List<DeleteRangeRequest> deletes, Supplier<@Nullable Status> refusal) {
    return readThreads.supply(
        () -> {
          long bytes = member.state().get().reads().previousHeapBytes(deletes, limitBytes);
          if (bytes > limitBytes) {
            var refused = refusal.get();
            throw (refused == null ? EtcdErrors.TOO_MANY_DELETES : refused).asRuntimeException();
          }
          return bytes;
        });
  }
}
