package dev.quorate.node.rpc;

import com.google.protobuf.ByteString;
import dev.quorate.api.command.Command;
import dev.quorate.api.etcd.DeleteRangeRequest;
import dev.quorate.api.etcd.RangeRequest;
import dev.quorate.api.etcd.RangeResponse;
import dev.quorate.api.etcd.TxnResponse;
import dev.quorate.api.lock.LockGrpc;
import dev.quorate.api.lock.LockRequest;
import dev.quorate.api.lock.LockResponse;
import dev.quorate.api.lock.UnlockRequest;
import dev.quorate.api.lock.UnlockResponse;
import dev.quorate.node.rpc.Contest.Found;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.CompletableFuture;

/**
 * etcd's Lock service: a key under the lock's name is the place in the line, and who is first in it
 * holds the lock until the key is deleted or its lease ends.
 */
public final class LockService extends LockGrpc.LockImplBase {
  private final Contests contests;

  public LockService(Contests contests) {
    this.contests = contests;
  }

  @Override
  public void lock(LockRequest request, StreamObserver<LockResponse> client) {
    var contest = contests.enter(request.getName(), client);
    if (contest == null) {
      return;
    }
    var patience = Patience.of((ServerCallStreamObserver<LockResponse>) client);
    var locked =
        contest.session(request.getLease()).thenCompose(lease -> acquire(contest, lease, patience));
    Calls.finishWaiting(locked, client, () -> client.onNext(locked.join()));
  }

  private static CompletableFuture<LockResponse> acquire(
      Contest contest, long lease, Patience patience) {
    var key = contest.key(lease);
    return contest
        .enter(lease, ByteString.EMPTY)
        .thenCompose(entered -> awaitTurn(contest, key, entered, patience))
        .thenApply(
            found -> {
              if (found.answer().getKvsCount() == 0) {
                throw EtcdErrors.SESSION_EXPIRED.asRuntimeException();
              }
              return LockResponse.newBuilder().setHeader(found.header()).setKey(key).build();
            });
  }

  /**
   * The key when its turn has come. The place is given back if that fails, but not one that was
   * there before: it may hold the lock.
   */
  private static CompletableFuture<Found<RangeResponse>> awaitTurn(
      Contest contest, ByteString key, Found<TxnResponse> entered, Patience patience) {
    long created = Contest.created(entered);
    var ready =
        contest
            .awaitTurn(created, patience)
            .thenCompose(_ -> contest.range(RangeRequest.newBuilder().setKey(key)));
    return entered.answer().getSucceeded()
        ? ready.exceptionallyCompose(failure -> contest.leave(key, created, failure))
        : ready;
  }

  @Override
  public void unlock(UnlockRequest request, StreamObserver<UnlockResponse> client) {
    var member = contests.member(client);
    if (member == null) {
      return;
    }
    if (request.getKey().isEmpty()) {
      Calls.fail(client, EtcdErrors.EMPTY_KEY);
      return;
    }
    var delete = DeleteRangeRequest.newBuilder().setKey(request.getKey());
    Calls.answer(
        member,
        contests.access().submit(member, Command.newBuilder().setDeleteRange(delete)),
        (_, header) -> UnlockResponse.newBuilder().setHeader(header).build(),
        client);
  }
}
