package dev.quorate.node.rpc;

import com.google.protobuf.ByteString;
import dev.quorate.api.command.Command;
import dev.quorate.api.etcd.Compare;
import dev.quorate.api.etcd.DeleteRangeRequest;
import dev.quorate.api.etcd.Event;
import dev.quorate.api.etcd.KeyValue;
import dev.quorate.api.etcd.LeaseGrantRequest;
import dev.quorate.api.etcd.LeaseGrantResponse;
import dev.quorate.api.etcd.PutRequest;
import dev.quorate.api.etcd.RangeRequest;
import dev.quorate.api.etcd.RangeResponse;
import dev.quorate.api.etcd.RequestOp;
import dev.quorate.api.etcd.ResponseHeader;
import dev.quorate.api.etcd.TxnRequest;
import dev.quorate.api.etcd.TxnResponse;
import dev.quorate.node.kv.AnswerRoom;
import dev.quorate.node.kv.ApplyResult;
import io.grpc.Status;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;

/**
 * Keys that contend under one name, as etcd's concurrency recipes lay them out: name, a slash, and
 * the lease in hexadecimal. The key that was created first has won; the others wait for the one
 * before them to go.
 */
final class Contest {
  private static final long SESSION_TTL_SECONDS = 60;

  private final ServingMember member;
  private final AccessControl access;
  private final QuotaGate quota;
  private final RequestValidator validator;
  private final Credentials credentials;
  private final ReadThreads readThreads;
  private final LongSupplier leaseIds;
  private final ByteString prefix;

  /** Made on the thread that brings the request: it knows what the call shows of its caller. */
  Contest(Contests contests, ServingMember member, ByteString name) {
    this.member = member;
    this.access = contests.access();
    this.quota = new QuotaGate(contests.limits());
    this.validator =
        new RequestValidator(
            contests.limits().maxRequestBytes(), contests.limits().maxTxnOperations());
    // A contest lasts: auth may be enabled while it does, so what the call shows is always kept.
    this.credentials = Credentials.current();
    this.readThreads = contests.readThreads();
    this.leaseIds = contests.leaseIds();
    this.prefix = name.concat(ByteString.copyFromUtf8("/"));
  }

  ServingMember member() {
    return member;
  }

  /** An answer and the header to send with it. */
  record Found<T>(T answer, ResponseHeader header) {}

  /** The client's lease, or one that ends in a minute; nobody renews it for the client. */
  CompletableFuture<Long> session(long lease) {
    if (lease != 0) {
      return CompletableFuture.completedFuture(lease);
    }
    if (quota.isFull(member, RequestCost.LEASE_BYTES)) {
      return refused(EtcdErrors.NO_SPACE);
    }
    var grant =
        LeaseGrantRequest.newBuilder()
            .setID(leaseIds.getAsLong())
            .setTTL(Math.max(SESSION_TTL_SECONDS, member.leases().minTtlSeconds()));
    return write(Command.newBuilder().setLeaseGrant(grant))
        .thenApply(done -> ((LeaseGrantResponse) done.response()).getID());
  }

  ByteString key(long lease) {
    return prefix.concat(ByteString.copyFromUtf8(Long.toString(lease, 16)));
  }

  /**
   * Enters with a key unless it is in already.
   *
   * @return whether it is new, with a range of the key if it is not
   */
  CompletableFuture<Found<TxnResponse>> enter(long lease, ByteString value) {
    var key = key(lease);
    var put = PutRequest.newBuilder().setKey(key).setValue(value).setLease(lease);
    return txn(
        TxnRequest.newBuilder()
            .addCompare(createdAt(key, 0))
            .addSuccess(RequestOp.newBuilder().setRequestPut(put))
            .addFailure(
                RequestOp.newBuilder().setRequestRange(RangeRequest.newBuilder().setKey(key))));
  }

  /** Whether a key is the same that was created then. */
  static Compare.Builder createdAt(ByteString key, long revision) {
    return Compare.newBuilder()
        .setKey(key)
        .setTarget(Compare.CompareTarget.CREATE)
        .setResult(Compare.CompareResult.EQUAL)
        .setCreateRevision(revision);
  }

  /** Gives a place in the line back, whatever comes of it, and fails as before. */
  <T> CompletableFuture<T> leave(ByteString key, long createRevision, Throwable failure) {
    return txn(departure(key, createRevision))
        .handle((_, _) -> null)
        .thenCompose(_ -> CompletableFuture.failedFuture(failure));
  }

  /** Deletes a key if it is the same that was created then. */
  static TxnRequest.Builder departure(ByteString key, long createRevision) {
    var delete = DeleteRangeRequest.newBuilder().setKey(key);
    return TxnRequest.newBuilder()
        .addCompare(createdAt(key, createRevision))
        .addSuccess(RequestOp.newBuilder().setRequestDeleteRange(delete));
  }

  CompletableFuture<Found<TxnResponse>> txn(TxnRequest.Builder request) {
    var built = request.build();
    var wrong =
        quota.isFull(member, RequestCost.of(built))
            ? EtcdErrors.NO_SPACE
            : validator.validate(built);
    if (wrong != null) {
      return refused(wrong);
    }
    return write(Command.newBuilder().setTxn(built))
        .thenApply(done -> new Found<>((TxnResponse) done.response(), member.header(done)));
  }

  private static <T> CompletableFuture<T> refused(Status why) {
    return CompletableFuture.failedFuture(why.asRuntimeException());
  }

  CompletableFuture<ApplyResult.Done> write(Command.Builder command) {
    return access.submit(member, credentials, command).thenApply(Calls::done);
  }

  /** A linearizable read of one key, or of a few small ones. */
  CompletableFuture<Found<RangeResponse>> range(RangeRequest.Builder request) {
    return range(request, AnswerRoom.UNBOUNDED);
  }

  private CompletableFuture<Found<RangeResponse>> range(
      RangeRequest.Builder request, AnswerRoom room) {
    var built = request.build();
    return member
        .reads()
        .linearizable()
        .thenCompose(_ -> readThreads.supply(() -> readIfPermitted(built, room)))
        .thenApply(Calls::done)
        .thenApply(done -> new Found<>((RangeResponse) done.response(), member.header(done)));
  }

  private ApplyResult readIfPermitted(RangeRequest request, AnswerRoom room) {
    return access.read(
        member.state().get(),
        credentials,
        needs -> needs.range(request.getKey(), request.getRangeEnd()),
        reads -> reads.range(request, room));
  }

  /** Who has won, if anybody is in. */
  CompletableFuture<Found<Optional<KeyValue>>> winner(AnswerRoom room) {
    return range(
            all()
                .setSortTarget(RangeRequest.SortTarget.CREATE)
                .setSortOrder(RangeRequest.SortOrder.ASCEND)
                .setLimit(1),
            room)
        .thenApply(found -> new Found<>(only(found.answer()), found.header()));
  }

  private static Optional<KeyValue> only(RangeResponse response) {
    return response.getKvsList().stream().findFirst();
  }

  /** Since when the key is in. */
  static long created(Found<TxnResponse> entered) {
    return entered.answer().getSucceeded()
        ? entered.header().getRevision()
        : entered.answer().getResponses(0).getResponseRange().getKvs(0).getCreateRevision();
  }

  /** Waits until no key is left that was created before a revision. */
  CompletableFuture<Void> awaitTurn(long createRevision, Patience patience) {
    var before =
        all()
            .setMaxCreateRevision(createRevision - 1)
            .setSortTarget(RangeRequest.SortTarget.CREATE)
            .setSortOrder(RangeRequest.SortOrder.DESCEND)
            .setKeysOnly(true)
            .setLimit(1);
    return patience
        .await(range(before))
        .thenCompose(
            found -> {
              var last = only(found.answer());
              return last.isEmpty()
                  ? CompletableFuture.<Void>completedFuture(null)
                  : patience
                      .await(deletion(last.get().getKey(), found.header().getRevision()))
                      .thenCompose(_ -> awaitTurn(createRevision, patience));
            });
  }

  private CompletableFuture<Event> deletion(ByteString key, long fromRevision) {
    return EventWatch.deletion(member, key, fromRevision);
  }

  /** All keys under the name; behind the slash comes the zero. */
  RangeRequest.Builder all() {
    var end = prefix.substring(0, prefix.size() - 1).concat(ByteString.copyFromUtf8("0"));
    return RangeRequest.newBuilder().setKey(prefix).setRangeEnd(end);
  }
}
