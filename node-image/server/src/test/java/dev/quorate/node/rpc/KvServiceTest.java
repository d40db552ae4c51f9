package dev.quorate.node.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.protobuf.ByteString;
import dev.quorate.api.etcd.AlarmType;
import dev.quorate.api.etcd.CompactionRequest;
import dev.quorate.api.etcd.Compare;
import dev.quorate.api.etcd.DeleteRangeRequest;
import dev.quorate.api.etcd.KVGrpc;
import dev.quorate.api.etcd.PutRequest;
import dev.quorate.api.etcd.RangeRequest;
import dev.quorate.api.etcd.RequestOp;
import dev.quorate.api.etcd.ResponseHeader;
import dev.quorate.api.etcd.TxnRequest;
import dev.quorate.node.replication.ReplicationException.Reason;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a client of the KV service gets, errors with code and text. */
final class KvServiceTest {
  private static final KvLimits LIMITS = new KvLimits(3 << 19, 128, 1 << 20, 1, 1);

  private final ReadThreads readThreads = new ReadThreads(LIMITS);
  private final SoleMember member = new SoleMember(false);
  private volatile @Nullable ServingMember serving = member.serving();
  private Server server;
  private ManagedChannel channel;
  private KVGrpc.KVBlockingStub kv;

  @BeforeEach
  void start() throws IOException {
    String name = InProcessServerBuilder.generateName();
    server =
        InProcessServerBuilder.forName(name)
            .directExecutor()
            .addService(new KvService(() -> serving, AccessControl.none(), LIMITS, readThreads))
            .build()
            .start();
    channel = InProcessChannelBuilder.forName(name).directExecutor().build();
    kv = KVGrpc.newBlockingStub(channel);
  }

  @AfterEach
  void stop() {
    channel.shutdownNow();
    server.shutdownNow();
    readThreads.close();
  }

  @Test
  void headersTellWhoAnsweredAtWhichRevision() {
    assertThat(kv.range(range("a").build()).getHeader()).isEqualTo(header(1));
    assertThat(kv.put(put("a", "1").build()).getHeader()).isEqualTo(header(2));
    assertThat(kv.put(put("a", "2").build()).getHeader()).isEqualTo(header(3));
    assertThat(kv.deleteRange(delete("b").build()).getHeader()).isEqualTo(header(3));
    var old = kv.range(range("a").setRevision(2).build());
    assertThat(old.getHeader()).isEqualTo(header(3));
    assertThat(old.getKvs(0).getValue()).isEqualTo(bytes("1"));
    var txn = kv.txn(TxnRequest.newBuilder().addSuccess(op(put("c", "3"))).build());
    assertThat(txn.getHeader()).isEqualTo(header(4));
    assertThat(txn.getResponses(0).getResponsePut().getHeader())
        .isEqualTo(ResponseHeader.newBuilder().setRevision(4).build());
    var compacted = kv.compact(CompactionRequest.newBuilder().setRevision(3).build());
    assertThat(compacted.getHeader()).isEqualTo(header(4));
  }

  /** It may take many steps back from what the key is, and nothing else waits for that. */
  @Test
  void whatAKeyWasIsReadBesideTheNetwork() throws Exception {
    kv.put(put("a", "1").build());
    kv.put(put("a", "2").build());
    try (var busy = new BusyReadThreads(readThreads, LIMITS)) {
      assertThat(busy).isNotNull();
      assertThat(kv.range(range("a").build()).getKvs(0).getValue()).isEqualTo(bytes("2"));
      fails(
          Code.RESOURCE_EXHAUSTED,
          "etcdserver: too many requests",
          () -> kv.range(range("a").setRevision(2).build()));
    }
  }

  @Test
  void onlySerializableReadsSkipTheLeader() {
    var read = range("a").setSerializable(true);
    kv.range(read.build());
    kv.range(read.setRangeEnd(bytes("z")).build());
    kv.txn(TxnRequest.newBuilder().addSuccess(op(read)).build());
    assertThat(member.linearizableReads()).isZero();
    kv.range(range("a").build());
    kv.txn(TxnRequest.newBuilder().addSuccess(op(read)).addFailure(op(range("b"))).build());
    assertThat(member.linearizableReads()).isEqualTo(2);
    assertThat(member.commands).isEmpty();
  }

  @Test
  void refusesWhatCannotBeMeant() {
    var empty = "etcdserver: key is not provided";
    fails(Code.INVALID_ARGUMENT, empty, () -> kv.range(range("").build()));
    fails(Code.INVALID_ARGUMENT, empty, () -> kv.put(put("", "v").build()));
    fails(Code.INVALID_ARGUMENT, empty, () -> kv.deleteRange(delete("").build()));
    fails(Code.INVALID_ARGUMENT, empty, () -> txn(op(put("", "v"))));
    fails(
        Code.INVALID_ARGUMENT,
        empty,
        () -> kv.txn(TxnRequest.newBuilder().addCompare(Compare.getDefaultInstance()).build()));
    fails(
        Code.INVALID_ARGUMENT,
        "etcdserver: value is provided",
        () -> kv.put(put("a", "v").setIgnoreValue(true).build()));
    fails(
        Code.INVALID_ARGUMENT,
        "etcdserver: lease is provided",
        () -> kv.put(put("a", "v").setIgnoreLease(true).setLease(1).build()));
    fails(
        Code.INVALID_ARGUMENT,
        "etcdserver: invalid sort option",
        () -> kv.range(range("a").setSortOrderValue(9).build()));
    fails(
        Code.INVALID_ARGUMENT,
        "etcdserver: key not found",
        () -> txn(RequestOp.getDefaultInstance()));
    assertThat(member.commands).isEmpty();
  }

  @Test
  void refusesWhatDoesNotMeetTheState() {
    fails(
        Code.INVALID_ARGUMENT,
        "etcdserver: key not found",
        () -> kv.put(put("a", "").setIgnoreValue(true).build()));
    fails(
        Code.NOT_FOUND,
        "etcdserver: requested lease not found",
        () -> kv.put(put("a", "v").setLease(5).build()));
    String future = "etcdserver: mvcc: required revision is a future revision";
    fails(Code.OUT_OF_RANGE, future, () -> kv.range(range("a").setRevision(2).build()));
    fails(Code.OUT_OF_RANGE, future, () -> compact(2));
    kv.put(put("a", "1").build());
    kv.put(put("a", "2").build());
    compact(3);
    String compacted = "etcdserver: mvcc: required revision has been compacted";
    fails(Code.OUT_OF_RANGE, compacted, () -> kv.range(range("a").setRevision(2).build()));
    fails(Code.OUT_OF_RANGE, compacted, () -> txn(op(range("a").setRevision(2))));
    fails(Code.OUT_OF_RANGE, compacted, () -> compact(3));
  }

  @Test
  void nestedTransactionsShareTheBudgetOfOperations() {
    var many = new RequestOp[100];
    Arrays.fill(many, op(range("a")));
    var nested = TxnRequest.newBuilder().addAllSuccess(Arrays.asList(many));
    txn(many);
    var error = "etcdserver: too many operations in txn request";
    var tooMany = new RequestOp[129];
    Arrays.fill(tooMany, op(range("a")));
    fails(Code.INVALID_ARGUMENT, error, () -> txn(tooMany));
    var outer = Arrays.copyOf(many, 29);
    outer[0] = RequestOp.newBuilder().setRequestTxn(nested).build();
    fails(Code.INVALID_ARGUMENT, error, () -> txn(outer));
    txn(Arrays.copyOf(outer, 28));
  }

  @Test
  void transactionsAreNestedSoDeepAndNoDeeper() {
    var txn = txnOf(op(put("a", "1")));
    for (int depth = 1; depth < 32; depth++) {
      txn = txnOf(nested(txn, txnOf()));
    }
    assertThat(kv.txn(txn).getSucceeded()).isTrue();
    var tooDeep = txnOf(nested(txn, txnOf()));
    fails(
        Code.INVALID_ARGUMENT,
        "quorate: more than 32 transactions are nested in each other; nest fewer",
        () -> kv.txn(tooDeep));
  }

  @Test
  void noKeyIsChangedTwiceInOneBranch() {
    duplicate(op(put("a", "1")), op(put("a", "2")));
    duplicate(op(put("b", "1")), op(delete("a").setRangeEnd(bytes("c"))));
    duplicate(op(delete("a")), op(put("a", "1")));
    duplicate(op(put("a", "1")), nested(txnOf(op(put("a", "2"))), txnOf()));
    duplicate(op(delete("a")), nested(txnOf(), txnOf(op(put("a", "2")))));
    duplicate(nested(txnOf(op(delete("a"))), txnOf()), op(put("a", "1")));
    // One of two branches happens, and deletes may overlap.
    txn(nested(txnOf(op(put("a", "1"))), txnOf(op(put("a", "2")))));
    txn(op(delete("a").setRangeEnd(bytes("c"))), op(delete("b")));
    txn(op(put("c", "1")), op(delete("a").setRangeEnd(bytes("c"))));
    // As in etcd, a delete without an end is not held against a put.
    txn(op(put("x", "1")), op(delete("a").setRangeEnd(ByteString.copyFrom(new byte[1]))));
  }

  private void duplicate(RequestOp... ops) {
    fails(Code.INVALID_ARGUMENT, "etcdserver: duplicate key given in txn request", () -> txn(ops));
  }

  @Test
  void refusesRequestsThatAreTooLarge() {
    var large = ByteString.copyFrom(new byte[3 << 19]);
    fails(
        Code.INVALID_ARGUMENT,
        "etcdserver: request is too large",
        () -> kv.deleteRange(delete("").setKey(large).build()));
    assertThat(member.commands).isEmpty();
  }

  @Test
  void aFullDatabaseRaisesAnAlarmAndRefusesPutsUntilItIsCleared() {
    var half = ByteString.copyFrom(new byte[300 << 10]);
    kv.put(put("a", "").setValue(half).build());
    kv.put(put("b", "").setValue(half).build());
    assertThat(member.state.databaseSizeBytes()).isGreaterThan(1 << 20);
    String error = "etcdserver: mvcc: database space exceeded";
    fails(Code.RESOURCE_EXHAUSTED, error, () -> kv.put(put("c", "1").build()));
    assertThat(member.state.members().hasAlarm(AlarmType.NOSPACE)).isTrue();
    fails(Code.RESOURCE_EXHAUSTED, error, () -> txn(op(put("c", "1"))));
    fails(Code.RESOURCE_EXHAUSTED, error, () -> txn(nested(txnOf(op(put("c", "1"))), txnOf())));
    assertThat(kv.deleteRange(delete("a").build()).getDeleted()).isEqualTo(1);
    assertThat(kv.range(range("b").build()).getCount()).isEqualTo(1);
    txn(op(delete("b")));
  }

  @Test
  void whatARequestCostsCountsAsIfItWereInTheDatabase() {
    long room = (1 << 20) - member.state.measureDatabase();
    String error = "etcdserver: mvcc: database space exceeded";
    // 256 bytes and the key are the cost of a put, whatever it takes in truth.
    var full = ByteString.copyFrom(new byte[Math.toIntExact(room) - 257]);
    fails(Code.RESOURCE_EXHAUSTED, error, () -> kv.put(put("a", "").setValue(full).build()));
    assertThat(member.state.members().hasAlarm(AlarmType.NOSPACE)).isTrue();
  }

  @Test
  void whatFitsWithItsCostIsTaken() {
    long room = (1 << 20) - member.state.measureDatabase();
    var half = ByteString.copyFrom(new byte[Math.toIntExact(room / 2) - 258]);
    var put = op(put("a", "").setValue(half));
    // The dearer branch counts, and nested ones as well.
    txn(nested(txnOf(op(put("b", "1"))), txnOf(put)));
    assertThat(member.state.members().hasAlarm(AlarmType.NOSPACE)).isFalse();
    fails(
        Code.RESOURCE_EXHAUSTED,
        "etcdserver: mvcc: database space exceeded",
        () -> txn(put, nested(txnOf(op(put("b", "").setValue(half))), txnOf())));
  }

  @Test
  void saysInEtcdsWordsWhyAProposalOrReadDidNotGetThrough() {
    member.refuse(Reason.NO_LEADER);
    fails(Code.UNAVAILABLE, "etcdserver: no leader", () -> kv.put(put("a", "1").build()));
    fails(Code.UNAVAILABLE, "etcdserver: no leader", () -> kv.range(range("a").build()));
    assertThat(kv.range(range("a").setSerializable(true).build()).getCount()).isZero();
    member.refuse(Reason.TOO_MANY_REQUESTS);
    fails(
        Code.RESOURCE_EXHAUSTED,
        "etcdserver: too many requests",
        () -> kv.put(put("a", "1").build()));
    member.refuse(Reason.TIMEOUT);
    fails(Code.UNAVAILABLE, "etcdserver: request timed out", () -> kv.put(put("a", "1").build()));
    serving = null;
    var failure = failure(() -> kv.range(range("a").build()));
    assertThat(failure.getStatus().getCode()).isEqualTo(Code.UNAVAILABLE);
    assertThat(failure.getStatus().getDescription()).contains("serves no clients");
  }

  @Test
  void rangesThatFindAllThreadsBusyAreToldToTryLater() {
    var end = new CountDownLatch(1);
    var running = new CountDownLatch(1);
    Runnable slow =
        () -> {
          running.countDown();
          awaitQuietly(end);
        };
    assertThat(readThreads.execute(slow)).isTrue();
    awaitQuietly(running);
    assertThat(readThreads.execute(slow)).isTrue();
    fails(
        Code.RESOURCE_EXHAUSTED,
        "etcdserver: too many requests",
        () -> kv.range(range("a").setRangeEnd(bytes("z")).build()));
    assertThat(kv.range(range("a").build()).getCount()).as("one key needs no thread").isZero();
    end.countDown();
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aLearnerServesOnlySerializableRanges() {
    serving = new SoleMember(true).serving();
    String error = "etcdserver: rpc not supported for learner";
    fails(Code.FAILED_PRECONDITION, error, () -> kv.range(range("a").build()));
    fails(Code.FAILED_PRECONDITION, error, () -> kv.put(put("a", "1").build()));
    fails(Code.FAILED_PRECONDITION, error, () -> txn(op(range("a").setSerializable(true))));
    fails(Code.FAILED_PRECONDITION, error, () -> compact(1));
    assertThat(kv.range(range("a").setSerializable(true).build()).getCount()).isZero();
  }

  private void compact(long revision) {
    kv.compact(CompactionRequest.newBuilder().setRevision(revision).setPhysical(true).build());
  }

  private void txn(RequestOp... ops) {
    kv.txn(txnOf(ops));
  }

  private static TxnRequest txnOf(RequestOp... ops) {
    return TxnRequest.newBuilder().addAllSuccess(Arrays.asList(ops)).build();
  }

  private static RequestOp nested(TxnRequest then, TxnRequest otherwise) {
    return RequestOp.newBuilder()
        .setRequestTxn(
            TxnRequest.newBuilder()
                .addAllSuccess(then.getSuccessList())
                .addAllFailure(otherwise.getSuccessList()))
        .build();
  }

  private static RequestOp op(PutRequest.Builder put) {
    return RequestOp.newBuilder().setRequestPut(put).build();
  }

  private static RequestOp op(RangeRequest.Builder range) {
    return RequestOp.newBuilder().setRequestRange(range).build();
  }

  private static RequestOp op(DeleteRangeRequest.Builder delete) {
    return RequestOp.newBuilder().setRequestDeleteRange(delete).build();
  }

  private static PutRequest.Builder put(String key, String value) {
    return PutRequest.newBuilder().setKey(bytes(key)).setValue(bytes(value));
  }

  private static RangeRequest.Builder range(String key) {
    return RangeRequest.newBuilder().setKey(bytes(key));
  }

  private static DeleteRangeRequest.Builder delete(String key) {
    return DeleteRangeRequest.newBuilder().setKey(bytes(key));
  }

  private static ByteString bytes(String text) {
    return ByteString.copyFromUtf8(text);
  }

  private static ResponseHeader header(long revision) {
    return ResponseHeader.newBuilder()
        .setClusterId(SoleMember.CLUSTER_ID)
        .setMemberId(SoleMember.MEMBER_ID)
        .setRaftTerm(SoleMember.TERM)
        .setRevision(revision)
        .build();
  }

  private static void fails(Code code, String text, ThrowingCallable call) {
    assertThat(failure(call).getStatus())
        .satisfies(
            status -> {
              assertThat(status.getDescription()).isEqualTo(text);
              assertThat(status.getCode()).isEqualTo(code);
            });
  }

  private static StatusRuntimeException failure(ThrowingCallable call) {
    return assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(call).actual();
  }
}
