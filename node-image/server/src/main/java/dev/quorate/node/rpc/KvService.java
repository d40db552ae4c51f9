package dev.quorate.node.rpc;

import com.google.protobuf.ByteString;
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
import dev.quorate.node.kv.AnswerRoom;
import dev.quorate.node.kv.ApplyResult;
import dev.quorate.node.kv.KvError;
import dev.quorate.node.kv.KvReads;
import dev.quorate.node.kv.RequestAccess;
import dev.quorate.node.kv.Transactions;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
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
  private final LargeAnswers largeAnswers;

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
    this.largeAnswers = new LargeAnswers(readThreads);
  }

  @Override
  public void range(RangeRequest request, StreamObserver<RangeResponse> client) {
    var member = Calls.serving(serving, client, request.getSerializable());
    if (member == null || Calls.refused(validator.validate(request), client)) {
      return;
    }
    Function<RequestAccess, @Nullable KvError> permission =
        needs -> needs.range(request.getKey(), request.getRangeEnd());
    // What a key was is found by going back from what it is, however many versions that takes.
    if (request.getRangeEnd().isEmpty() && request.getRevision() <= 0) {
      var share = largeAnswers.share(client);
      var one = permitted(member, permission, reads -> reads.range(request, share));
      Runnable read = () -> readNow(member, one, KvService::rangeResponse, client);
      whenReadable(member, request.getSerializable(), client, read);
    } else {
      readMany(
          member,
          request.getSerializable(),
          permission,
          (reads, share) -> reads.range(request, share),
          KvService::rangeResponse,
          client);
    }
  }

  @Override
  public void rangeStream(RangeRequest request, StreamObserver<RangeStreamResponse> client) {
    var member = Calls.servingVoter(serving, client);
    if (member == null || Calls.refused(validator.validateStream(request), client)) {
      return;
    }
    // A stream lasts: auth may be enabled while it does, so what it shows is always kept.
    var credentials = Credentials.current();
    var stream =
        new RangeStream(
            member,
            request,
            limits.maxRequestBytes(),
            readThreads,
            readThreads.heap().share(),
            question ->
                access.read(
                    member.state().get(),
                    credentials,
                    needs -> needs.range(request.getKey(), request.getRangeEnd()),
                    question),
            (ServerCallStreamObserver<RangeStreamResponse>) client);
    whenReadable(member, request.getSerializable(), client, stream::begin);
  }

  @Override
  public void put(PutRequest request, StreamObserver<PutResponse> client) {
    var member = Calls.servingVoter(serving, client);
    if (member == null
        || quota.refuses(member, RequestCost.of(request), client)
        || Calls.refused(validator.validate(request), client)) {
      return;
    }
    var command = Command.newBuilder().setPut(request);
    var keys = Transactions.answeredKeys(request);
    var done =
        submit(
            member,
            command,
            keys,
            (reads, room) -> reads.measure(keys, room),
            needs -> needs.put(request),
            client);
    Calls.answer(member, done, KvService::putResponse, client);
  }

  @Override
  public void deleteRange(DeleteRangeRequest request, StreamObserver<DeleteRangeResponse> client) {
    var member = Calls.servingVoter(serving, client);
    if (member == null || Calls.refused(validator.validate(request), client)) {
      return;
    }
    var command = Command.newBuilder().setDeleteRange(request);
    var deleted =
        submit(
            member,
            command,
            Transactions.answeredKeys(request),
            (reads, room) -> reads.measure(request, room),
            needs -> needs.deleteRange(request),
            client);
    Calls.answer(member, deleted, KvService::deleteRangeResponse, client);
  }

  @Override
  public void txn(TxnRequest request, StreamObserver<TxnResponse> client) {
    var member = Calls.servingVoter(serving, client);
    if (member == null
        || quota.refuses(member, RequestCost.of(request), client)
        || Calls.refused(validator.validate(request), client)) {
      return;
    }
    if (Transactions.readOnly(request)) {
      readMany(
          member,
          Transactions.serializable(request),
          needs -> needs.txn(request),
          (reads, share) -> reads.txn(request, share),
          KvService::txnResponse,
          client);
      return;
    }
    var command = Command.newBuilder().setTxn(request);
    var done =
        submit(
            member,
            command,
            Transactions.answeredKeys(request),
            (reads, room) -> reads.measure(request, room),
            needs -> needs.txn(request),
            client);
    Calls.answer(member, done, KvService::txnResponse, client);
  }

  @Override
  public void compact(CompactionRequest request, StreamObserver<CompactionResponse> client) {
    var member = Calls.servingVoter(serving, client);
    if (member != null && !Calls.refused(refuseUnlessRoot(member), client)) {
      var command = Command.newBuilder().setCompact(request);
      Calls.answer(member, access.submit(member, command), KvService::compactResponse, client);
    }
  }

  private @Nullable Status refuseUnlessRoot(ServingMember member) {
    var state = member.state().get();
    return access.refuseUnlessRoot(state, access.credentials(state));
  }

  /** Submits a command unless what it answers with is too large. */
  private CompletableFuture<ApplyResult> submit(
      ServingMember member,
      Command.Builder command,
      @Nullable List<ByteString> answeredKeys,
      BiConsumer<KvReads, AnswerRoom> measure,
      Function<RequestAccess, @Nullable KvError> permission,
      StreamObserver<?> client) {
    if (answeredKeys != null && answeredKeys.isEmpty()) {
      return access.submit(member, command);
    }
    var credentials = access.credentials(member.state().get());
    var refusal = access.refuseUnlessKnown(member.state().get(), credentials);
    if (refusal != null) {
      return CompletableFuture.failedFuture(refusal.asRuntimeException());
    }
    Supplier<@Nullable Status> refused =
        () -> access.refuse(member.state().get(), credentials, permission);
    return largeAnswers
        .check(member, answeredKeys, measure, largeAnswers.share(client), refused)
        .thenCompose(_ -> access.submit(member, credentials, command));
  }

  private <R> void readMany(
      ServingMember member,
      boolean serializable,
      Function<RequestAccess, @Nullable KvError> permission,
      BiFunction<KvReads, HeapBudget.Share, ApplyResult> question,
      BiFunction<MessageLite, ResponseHeader, R> response,
      StreamObserver<R> client) {
    var share = largeAnswers.share(client);
    var many = permitted(member, permission, reads -> question.apply(reads, share));
    Runnable read =
        () -> {
          if (!readThreads.execute(() -> readNow(member, many, response, client))) {
            Calls.fail(client, EtcdErrors.TOO_MANY_REQUESTS);
          }
        };
    whenReadable(member, serializable, client, read);
  }

  /** Made on the thread that brings the request: it knows what the call shows of its caller. */
  private Supplier<ApplyResult> permitted(
      ServingMember member,
      Function<RequestAccess, @Nullable KvError> permission,
      Function<KvReads, ApplyResult> question) {
    var credentials = access.credentials(member.state().get());
    return () -> access.read(member.state().get(), credentials, permission, question);
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
                    Calls.fail(client, EtcdErrors.of(failure));
                  } else {
                    read.run();
                  }
                });
  }

  private static <R> void readNow(
      ServingMember member,
      Supplier<ApplyResult> question,
      BiFunction<MessageLite, ResponseHeader, R> response,
      StreamObserver<R> client) {
    if (Calls.isCancelled(client)) {
      return;
    }
    try {
      Calls.answer(member, question.get(), response, client);
    } catch (StatusRuntimeException e) {
      Calls.fail(client, e.getStatus());
    } catch (HeapBudget.ExceededException e) {
      Calls.fail(client, e.status());
    } catch (RuntimeException e) {
      // The storage failed or closed under the read; a client must not wait for it for ever.
      Calls.fail(client, Status.UNAVAILABLE.withDescription("quorate: the read failed: " + e));
    }
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
