package dev.quorate.node.rpc;

import com.google.protobuf.MessageLite;
import dev.quorate.api.command.Command;
import dev.quorate.api.etcd.CompactionRequest;
import dev.quorate.api.etcd.CompactionResponse;
import dev.quorate.api.etcd.DeleteRangeRequest;
import dev.quorate.api.etcd.DeleteRangeResponse;
import dev.quorate.api.etcd.KVGrpc;
import dev.quorate.api.etcd.PutRequest;
import dev.quorate.api.etcd.PutResponse;
import dev.quorate.api.etcd.RangeRequest;
import dev.quorate.api.etcd.RangeResponse;
import dev.quorate.api.etcd.RangeStreamResponse;
import dev.quorate.api.etcd.ResponseHeader;
import dev.quorate.api.etcd.TxnRequest;
import dev.quorate.api.etcd.TxnResponse;
import dev.quorate.node.kv.ApplyResult;
import dev.quorate.node.kv.KvError;
import dev.quorate.node.kv.KvReads;
import dev.quorate.node.kv.KvStateMachine;
import dev.quorate.node.kv.RequestAccess;
import dev.quorate.node.kv.Transactions;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * etcd's KV service. It works on the thread that brings the request, or the state that the request
 * waited for; only reads of many keys move to threads of their own.
 */
public final class KvService extends KVGrpc.KVImplBase {
  private final Supplier<@Nullable ServingMember> serving;
  private final AccessControl access;
  private final KvLimits limits;
  private final QuotaGate quota;
  private final RequestValidator validator;
  private final ReadThreads readThreads;
  private final LargeDeletes largeDeletes;

  /** Serves whoever is there when a request comes; null: nobody. */
  public KvService(
      Supplier<@Nullable ServingMember> serving,
      AccessControl access,
      KvLimits limits,
      ReadThreads readThreads) {
    this.serving = serving;
    this.access = access;
    this.limits = limits;
    this.quota = new QuotaGate(limits);
    this.validator = new RequestValidator(limits.maxRequestBytes(), limits.maxTxnOperations());
    this.readThreads = readThreads;
    this.largeDeletes = new LargeDeletes(readThreads, limits.maxDeletionHeapBytes());
  }

  @Override
  public void range(RangeRequest request, StreamObserver<RangeResponse> client) {
    var member = member(client, request.getSerializable());
    if (member == null || refused(validator.validate(request), client)) {
      return;
    }
    read(
        member,
        request.getSerializable(),
        request.getRangeEnd().isEmpty(),
        needs -> needs.range(request.getKey(), request.getRangeEnd()),
        reads -> reads.range(request),
        KvService::rangeResponse,
        client);
  }

  @Override
  public void rangeStream(RangeRequest request, StreamObserver<RangeStreamResponse> client) {
    var member = member(client, false);
    if (member == null || refused(validator.validateStream(request), client)) {
      return;
    }
    var credentials = access.credentials(member.state().get());
    var stream =
        new RangeStream(
            member,
            request,
            limits.maxRequestBytes(),
            readThreads,
            () ->
                access.refuseRange(
                    member.state().get(), credentials, request.getKey(), request.getRangeEnd()),
            downcast(client));
    whenReadable(member, request.getSerializable(), client, stream::begin);
  }

  private static <R> ServerCallStreamObserver<R> downcast(StreamObserver<R> client) {
    return (ServerCallStreamObserver<R>) client;
  }

  @Override
  public void put(PutRequest request, StreamObserver<PutResponse> client) {
    var member = member(client, false);
    if (member == null
        || quota.refuses(member, client)
        || refused(validator.validate(request), client)) {
      return;
    }
    write(member, Command.newBuilder().setPut(request), KvService::putResponse, client);
  }

  @Override
  public void deleteRange(DeleteRangeRequest request, StreamObserver<DeleteRangeResponse> client) {
    var member = member(client, false);
    if (member == null || refused(validator.validate(request), client)) {
      return;
    }
    var command = Command.newBuilder().setDeleteRange(request);
    if (!refused(sign(member, command), client)) {
      largeDeletes.check(
          member,
          List.of(request),
          client,
          () -> submit(member, command, KvService::deleteRangeResponse, client));
    }
  }

  @Override
  public void txn(TxnRequest request, StreamObserver<TxnResponse> client) {
    var member = member(client, false);
    if (member == null
        || (Transactions.hasPut(request) && quota.refuses(member, client))
        || refused(validator.validate(request), client)) {
      return;
    }
    if (Transactions.readOnly(request)) {
      read(
          member,
          Transactions.serializable(request),
          false,
          needs -> needs.txn(request),
          reads -> reads.txn(request),
          KvService::txnResponse,
          client);
    } else {
      var command = Command.newBuilder().setTxn(request);
      if (!refused(sign(member, command), client)) {
        largeDeletes.check(
            member,
            Transactions.rangeDeletes(request),
            client,
            () -> submit(member, command, KvService::txnResponse, client));
      }
    }
  }

  @Override
  public void compact(CompactionRequest request, StreamObserver<CompactionResponse> client) {
    var member = member(client, false);
    if (member != null && !refused(refuseUnlessRoot(member), client)) {
      write(member, Command.newBuilder().setCompact(request), KvService::compactResponse, client);
    }
  }

  /** Who serves this request; null if nobody does, and the client knows why. */
  private @Nullable ServingMember member(StreamObserver<?> client, boolean servedByLearners) {
    // Without a handler a client that went away makes the answer throw on the apply thread.
    downcast(client).setOnCancelHandler(() -> {});
    var member = serving.get();
    if (member == null) {
      fail(client, EtcdErrors.NOT_SERVING);
      return null;
    }
    if (!servedByLearners && member.isLearner()) {
      fail(client, EtcdErrors.NOT_FOR_LEARNERS);
      return null;
    }
    return member;
  }

  private @Nullable Status refuseUnlessRoot(ServingMember member) {
    var state = member.state().get();
    return access.refuseUnlessRoot(state, access.credentials(state));
  }

  private static boolean refused(@Nullable Status error, StreamObserver<?> client) {
    if (error != null) {
      fail(client, error);
    }
    return error != null;
  }

  private <R> void write(
      ServingMember member,
      Command.Builder command,
      BiFunction<MessageLite, ResponseHeader, R> response,
      StreamObserver<R> client) {
    if (!refused(sign(member, command), client)) {
      submit(member, command, response, client);
    }
  }

  /** On the thread that brings the request: it knows what the call shows of its caller. */
  private @Nullable Status sign(ServingMember member, Command.Builder command) {
    var state = member.state().get();
    return access.sign(state, access.credentials(state), command);
  }

  private static <R> void submit(
      ServingMember member,
      Command.Builder command,
      BiFunction<MessageLite, ResponseHeader, R> response,
      StreamObserver<R> client) {
    var _ =
        member
            .proposals()
            .submit(command)
            .whenComplete(
                (result, failure) -> {
                  if (failure != null) {
                    fail(client, EtcdErrors.of(failure));
                  } else {
                    answer(member, result, response, client);
                  }
                });
  }

  private <R> void read(
      ServingMember member,
      boolean serializable,
      boolean small,
      Function<RequestAccess, @Nullable KvError> permission,
      Function<KvReads, ApplyResult> question,
      BiFunction<MessageLite, ResponseHeader, R> response,
      StreamObserver<R> client) {
    var credentials = access.credentials(member.state().get());
    Function<KvStateMachine, ApplyResult> permitted =
        state -> readIfPermitted(state, credentials, permission, question);
    Runnable read =
        small
            ? () -> readNow(member, permitted, response, client)
            : () -> {
              if (!readThreads.execute(() -> readNow(member, permitted, response, client))) {
                fail(client, EtcdErrors.TOO_MANY_REQUESTS);
              }
            };
    whenReadable(member, serializable, client, read);
  }

  /** At once, or when this member has applied what was committed when the request came. */
  private static void whenReadable(
      ServingMember member, boolean serializable, StreamObserver<?> client, Runnable read) {
    if (serializable) {
      read.run();
      return;
    }
    var _ =
        member
            .reads()
            .linearizable()
            .whenComplete(
                (_, failure) -> {
                  if (failure != null) {
                    fail(client, EtcdErrors.of(failure));
                  } else {
                    read.run();
                  }
                });
  }

  /**
   * Decided as late as possible, and once more behind the read: permissions may change under it.
   */
  private ApplyResult readIfPermitted(
      KvStateMachine state,
      Credentials credentials,
      Function<RequestAccess, @Nullable KvError> permission,
      Function<KvReads, ApplyResult> question) {
    var before = state.auth();
    throwIf(access.refuse(state, credentials, permission));
    var result = question.apply(state.reads());
    throwIf(access.refuseIfChanged(before, state));
    return result;
  }

  private static void throwIf(@Nullable Status refusal) {
    if (refusal != null) {
      throw refusal.asRuntimeException();
    }
  }

  private static <R> void readNow(
      ServingMember member,
      Function<KvStateMachine, ApplyResult> question,
      BiFunction<MessageLite, ResponseHeader, R> response,
      StreamObserver<R> client) {
    if (downcast(client).isCancelled()) {
      return;
    }
    try {
      answer(member, question.apply(member.state().get()), response, client);
    } catch (StatusRuntimeException e) {
      fail(client, e.getStatus());
    } catch (RuntimeException e) {
      // The storage failed or closed under the read; a client must not wait for it for ever.
      fail(client, Status.UNAVAILABLE.withDescription("quorate: the read failed: " + e));
    }
  }

  private static <R> void answer(
      ServingMember member,
      ApplyResult result,
      BiFunction<MessageLite, ResponseHeader, R> response,
      StreamObserver<R> client) {
    switch (result) {
      case ApplyResult.Done done -> {
        client.onNext(response.apply(done.response(), member.header(done)));
        client.onCompleted();
      }
      case ApplyResult.Refused refused -> fail(client, EtcdErrors.of(refused.error()));
    }
  }

  private static void fail(StreamObserver<?> client, Status error) {
    client.onError(error.asRuntimeException());
  }

  private static RangeResponse rangeResponse(MessageLite response, ResponseHeader header) {
    return ((RangeResponse) response).toBuilder().setHeader(header).build();
  }

  private static PutResponse putResponse(MessageLite response, ResponseHeader header) {
    return ((PutResponse) response).toBuilder().setHeader(header).build();
  }

  private static DeleteRangeResponse deleteRangeResponse(
      MessageLite response, ResponseHeader header) {
    return ((DeleteRangeResponse) response).toBuilder().setHeader(header).build();
  }

  private static TxnResponse txnResponse(MessageLite response, ResponseHeader header) {
    return ((TxnResponse) response).toBuilder().setHeader(header).build();
  }

  private static CompactionResponse compactResponse(MessageLite response, ResponseHeader header) {
    return ((CompactionResponse) response).toBuilder().setHeader(header).build();
  }
}
