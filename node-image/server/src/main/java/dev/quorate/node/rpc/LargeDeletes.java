package dev.quorate.node.rpc;

import dev.quorate.api.etcd.DeleteRangeRequest;
import io.grpc.stub.StreamObserver;
import java.util.List;

/**
 * Keeps deletes of more keys than a heap holds at once out of the log: there they would end every
 * member, and again at every start. What is found here is the state of a moment ago, so the limit
 * leaves room.
 */
final class LargeDeletes {
  private final ReadThreads readThreads;
  private final long limitBytes;

  LargeDeletes(ReadThreads readThreads, long limitBytes) {
    this.readThreads = readThreads;
    this.limitBytes = limitBytes;
  }

  /** Goes on with the request, on a thread that may read if it must look at many keys before. */
  void check(
      ServingMember member,
      List<DeleteRangeRequest> deletes,
      StreamObserver<?> client,
      Runnable request) {
    if (deletes.stream().allMatch(delete -> delete.getRangeEnd().isEmpty())) {
      request.run();
      return;
    }
    boolean accepted = readThreads.execute(() -> look(member, deletes, client, request));
    if (!accepted) {
      Calls.fail(client, EtcdErrors.TOO_MANY_REQUESTS);
    }
  }

  private void look(
      ServingMember member,
      List<DeleteRangeRequest> deletes,
      StreamObserver<?> client,
      Runnable request) {
    boolean fits;
    try {
      long bytes = member.state().get().reads().deletionHeapBytes(deletes, limitBytes);
      fits = bytes <= limitBytes;
    } catch (RuntimeException e) {
      Calls.fail(client, EtcdErrors.of(e));
      return;
    }
    if (fits) {
      request.run();
    } else {
      Calls.fail(client, EtcdErrors.TOO_MANY_DELETES);
    }
  }
}
