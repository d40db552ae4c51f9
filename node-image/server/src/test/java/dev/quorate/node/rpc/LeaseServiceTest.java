package dev.quorate.node.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.protobuf.ByteString;
import dev.quorate.api.command.Command;
import dev.quorate.api.etcd.AlarmRequest;
import dev.quorate.api.etcd.AlarmType;
import dev.quorate.api.etcd.Compare;
import dev.quorate.api.etcd.DeleteRangeRequest;
import dev.quorate.api.etcd.KVGrpc;
import dev.quorate.api.etcd.LeaseGrantRequest;
import dev.quorate.api.etcd.LeaseGrpc;
import dev.quorate.api.etcd.LeaseKeepAliveRequest;
import dev.quorate.api.etcd.LeaseKeepAliveResponse;
import dev.quorate.api.etcd.LeaseLeasesRequest;
import dev.quorate.api.etcd.LeaseRevokeRequest;
import dev.quorate.api.etcd.LeaseStatus;
import dev.quorate.api.etcd.LeaseTimeToLiveRequest;
import dev.quorate.api.etcd.LeaseTimeToLiveResponse;
import dev.quorate.api.etcd.PutRequest;
import dev.quorate.api.etcd.RangeRequest;
import dev.quorate.api.etcd.RequestOp;
import dev.quorate.api.etcd.ResponseHeader;
import dev.quorate.api.etcd.TxnRequest;
import dev.quorate.node.replication.ReplicationException.Reason;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a client of the Lease service gets, and what leases do to keys. */
final class LeaseServiceTest {
  private static final KvLimits LIMITS = new KvLimits(3 << 19, 128, 1 << 20, 1, 1);
  private static final long RANDOM_ID = 9;

  private final ReadThreads readThreads = new ReadThreads(LIMITS);
  private final SoleMember member = new SoleMember(false);
  private volatile @Nullable ServingMember serving = member.serving();
  private Server server;
  private ManagedChannel channel;
  private LeaseGrpc.LeaseBlockingStub leases;
  private KVGrpc.KVBlockingStub kv;

  @BeforeEach
  void start() throws IOException {
    String name = InProcessServerBuilder.generateName();
    server =
        InProcessServerBuilder.forName(name)
            .directExecutor()
            .addService(new KvService(() -> serving, AccessControl.none(), LIMITS, readThreads))
            .addService(
                new LeaseService(
                    () -> serving, AccessControl.none(), LIMITS, readThreads, () -> RANDOM_ID))
            .build()
            .start();
    channel = InProcessChannelBuilder.forName(name).directExecutor().build();
    leases = LeaseGrpc.newBlockingStub(channel);
    kv = KVGrpc.newBlockingStub(channel);
  }

  @AfterEach
  void stop() {
    channel.shutdownNow();
    server.shutdownNow();
    readThreads.close();
  }

  @Test
  void grantsWithTheClientsIdOrOneOfItsOwn() {
    var chosen = leases.leaseGrant(grant(7, 10));
    assertThat(chosen.getID()).isEqualTo(7);
    assertThat(chosen.getTTL()).isEqualTo(10);
    assertThat(chosen.getHeader()).isEqualTo(header(1));
    assertThat(leases.leaseGrant(grant(0, 10)).getID()).isEqualTo(RANDOM_ID);
    assertThat(leases.leaseGrant(grant(-5, 10)).getID()).isEqualTo(-5);
    assertThat(leases.leaseLeases(LeaseLeasesRequest.getDefaultInstance()).getLeasesList())
        .extracting(LeaseStatus::getID)
        .containsExactly(7L, 9L, -5L);
  }

  @Test
  void shortTtlsAreRaisedAndLongOnesRefused() {
    assertThat(leases.leaseGrant(grant(1, 1)).getTTL()).isEqualTo(2);
    assertThat(leases.leaseGrant(grant(2, 0)).getTTL()).isEqualTo(2);
    assertThat(leases.leaseGrant(grant(3, -7)).getTTL()).isEqualTo(2);
    assertThat(leases.leaseGrant(grant(4, 9_000_000_000L)).getTTL()).isEqualTo(9_000_000_000L);
    assertError(
        () -> leases.leaseGrant(grant(1, 9_000_000_001L)),
        Code.OUT_OF_RANGE,
        "etcdserver: too large lease TTL");
  }

  @Test
  void saysWithEtcdsWordsWhatIsWrong() {
    leases.leaseGrant(grant(7, 10));
    assertError(
        () -> leases.leaseGrant(grant(7, 10)),
        Code.FAILED_PRECONDITION,
        "etcdserver: lease already exists");
    assertError(
        () -> leases.leaseRevoke(LeaseRevokeRequest.newBuilder().setID(8).build()),
        Code.NOT_FOUND,
        "etcdserver: requested lease not found");
    var unknown = put("a", "1").setLease(8);
    assertError(
        () -> kv.put(unknown.build()), Code.NOT_FOUND, "etcdserver: requested lease not found");
    var nested = TxnRequest.newBuilder().addSuccess(op(unknown));
    var txn =
        TxnRequest.newBuilder()
            .addSuccess(op(put("b", "2")))
            .addSuccess(RequestOp.newBuilder().setRequestTxn(nested));
    assertError(() -> kv.txn(txn.build()), Code.NOT_FOUND, "etcdserver: requested lease not found");
    assertThat(kv.range(range("b")).getCount()).as("nothing was done").isZero();
    assertError(
        () -> kv.put(put("none", "").setLease(8).setIgnoreValue(true).build()),
        Code.NOT_FOUND,
        "etcdserver: requested lease not found");
  }

  @Test
  void noSpaceMeansNoLeases() {
    leases.leaseGrant(grant(7, 10));
    var alarm =
        AlarmRequest.newBuilder()
            .setAction(AlarmRequest.AlarmAction.ACTIVATE)
            .setMemberID(SoleMember.MEMBER_ID)
            .setAlarm(AlarmType.NOSPACE);
    member.submit(Command.newBuilder().setAlarm(alarm)).join();
    assertError(
        () -> leases.leaseGrant(grant(8, 10)),
        Code.RESOURCE_EXHAUSTED,
        "etcdserver: mvcc: database space exceeded");
    assertThat(timeToLive(7, false).getTTL()).isEqualTo(10);
    leases.leaseRevoke(LeaseRevokeRequest.newBuilder().setID(7).build());
  }

  @Test
  void aRevocationDeletesWhatIsAttachedAtOneRevision() {
    leases.leaseGrant(grant(7, 10));
    kv.put(put("b", "1").setLease(7).build());
    kv.put(put("a", "1").setLease(7).build());
    kv.put(put("c", "1").build());
    var found = timeToLive(7, true);
    assertThat(found.getGrantedTTL()).isEqualTo(10);
    assertThat(found.getTTL()).isEqualTo(10);
    assertThat(found.getKeysList()).containsExactly(bytes("a"), bytes("b"));
    assertThat(timeToLive(7, false).getKeysList()).isEmpty();

    var revoked = leases.leaseRevoke(LeaseRevokeRequest.newBuilder().setID(7).build());
    assertThat(revoked.getHeader()).isEqualTo(header(5));
    assertThat(kv.range(range("a")).getCount()).isZero();
    assertThat(kv.range(range("b")).getCount()).isZero();
    assertThat(kv.range(range("c")).getCount()).isEqualTo(1);
    assertThat(kv.range(range("a").toBuilder().setRevision(4).build()).getKvs(0).getLease())
        .isEqualTo(7);
    var gone = timeToLive(7, true);
    assertThat(gone.getTTL()).isEqualTo(-1);
    assertThat(gone.getGrantedTTL()).isZero();
    assertThat(gone.getID()).isEqualTo(7);
    assertThat(gone.getHeader()).isEqualTo(header(5));
  }

  @Test
  void aRevocationWithoutKeysUsesNoRevision() {
    leases.leaseGrant(grant(7, 10));
    var revoked = leases.leaseRevoke(LeaseRevokeRequest.newBuilder().setID(7).build());
    assertThat(revoked.getHeader()).isEqualTo(header(1));
  }

  @Test
  void aKeyHangsOnTheLeaseOfItsLastPut() {
    leases.leaseGrant(grant(7, 10));
    leases.leaseGrant(grant(8, 10));
    kv.put(put("moved", "1").setLease(7).build());
    kv.put(put("moved", "2").setLease(8).build());
    kv.put(put("detached", "1").setLease(7).build());
    kv.put(put("detached", "2").build());
    kv.put(put("kept", "1").setLease(7).build());
    kv.put(put("kept", "2").setIgnoreLease(true).build());
    kv.put(put("deleted", "1").setLease(7).build());
    kv.deleteRange(DeleteRangeRequest.newBuilder().setKey(bytes("deleted")).build());
    assertThat(timeToLive(7, true).getKeysList()).containsExactly(bytes("kept"));
    assertThat(timeToLive(8, true).getKeysList()).containsExactly(bytes("moved"));
    leases.leaseRevoke(LeaseRevokeRequest.newBuilder().setID(7).build());
    assertThat(kv.range(range("moved")).getKvs(0).getLease()).isEqualTo(8);
    assertThat(kv.range(range("detached")).getKvs(0).getLease()).isZero();
    assertThat(kv.range(range("kept")).getCount()).isZero();
  }

  @Test
  void transactionsCompareLeases() {
    leases.leaseGrant(grant(7, 10));
    kv.put(put("a", "1").setLease(7).build());
    var compare =
        Compare.newBuilder()
            .setKey(bytes("a"))
            .setTarget(Compare.CompareTarget.LEASE)
            .setResult(Compare.CompareResult.EQUAL);
    assertThat(kv.txn(TxnRequest.newBuilder().addCompare(compare.setLease(7)).build()))
        .matches(txn -> txn.getSucceeded());
    assertThat(kv.txn(TxnRequest.newBuilder().addCompare(compare.setLease(8)).build()))
        .matches(txn -> !txn.getSucceeded());
  }

  @Test
  void keepAliveAnswersOneByOneAndUnknownLeasesWithZero() throws Exception {
    leases.leaseGrant(grant(7, 10));
    var answers = new Answers();
    var asking = LeaseGrpc.newStub(channel).leaseKeepAlive(answers);
    asking.onNext(keepAlive(7));
    var alive = answers.next();
    assertThat(alive.getTTL()).isEqualTo(10);
    assertThat(alive.getID()).isEqualTo(7);
    assertThat(alive.getHeader()).isEqualTo(header(1));
    asking.onNext(keepAlive(8));
    assertThat(answers.next().getTTL()).isZero();
    asking.onNext(keepAlive(7));
    asking.onNext(keepAlive(7));
    asking.onCompleted();
    assertThat(answers.next().getTTL()).isEqualTo(10);
    assertThat(answers.next().getTTL()).isEqualTo(10);
    assertThat(answers.end()).isEqualTo(Status.OK);
  }

  @Test
  void aKeepAliveThatNobodyAnswersEndsTheStream() throws Exception {
    member.refuse(Reason.NO_LEADER);
    var answers = new Answers();
    LeaseGrpc.newStub(channel).leaseKeepAlive(answers).onNext(keepAlive(7));
    var end = answers.end();
    assertThat(end.getCode()).isEqualTo(Code.UNAVAILABLE);
    assertThat(end.getDescription()).isEqualTo("etcdserver: no leader");
  }

  @Test
  void whoServesNobodySaysSo() throws Exception {
    serving = null;
    assertError(
        () -> leases.leaseGrant(grant(1, 10)),
        Code.UNAVAILABLE,
        EtcdErrors.NOT_SERVING.getDescription());
    var answers = new Answers();
    LeaseGrpc.newStub(channel).leaseKeepAlive(answers).onNext(keepAlive(7));
    assertThat(answers.end().getDescription()).isEqualTo(EtcdErrors.NOT_SERVING.getDescription());
    serving = new SoleMember(true).serving();
    assertError(
        () -> leases.leaseLeases(LeaseLeasesRequest.getDefaultInstance()),
        Code.FAILED_PRECONDITION,
        "etcdserver: rpc not supported for learner");
  }

  private LeaseTimeToLiveResponse timeToLive(long id, boolean keys) {
    return leases.leaseTimeToLive(
        LeaseTimeToLiveRequest.newBuilder().setID(id).setKeys(keys).build());
  }

  private static LeaseGrantRequest grant(long id, long ttlSeconds) {
    return LeaseGrantRequest.newBuilder().setID(id).setTTL(ttlSeconds).build();
  }

  @Test
  void whoDoesNotReadItsRenewalsIsNotAskedForMore() {
    leases.leaseGrant(grant(7, 10));
    var unread = new Unread();
    var asking = LeaseGrpc.newStub(channel).leaseKeepAlive(unread);
    for (int i = 0; i < 20; i++) {
      asking.onNext(keepAlive(7));
    }
    assertThat(member.renewals).hasValue(1);
    Objects.requireNonNull(unread.call.get()).request(20);
    assertThat(member.renewals).hasValue(20);
    assertThat(unread.answers).isEqualTo(20);
    asking.onCompleted();
    assertThat(unread.completed).isTrue();
  }

  private static final class Unread
      implements ClientResponseObserver<LeaseKeepAliveRequest, LeaseKeepAliveResponse> {
    private final AtomicReference<ClientCallStreamObserver<LeaseKeepAliveRequest>> call =
        new AtomicReference<>();
    private int answers;
    private boolean completed;

    @Override
    public void beforeStart(ClientCallStreamObserver<LeaseKeepAliveRequest> stream) {
      call.set(stream);
      stream.disableAutoRequestWithInitial(0);
    }

    @Override
    public void onNext(LeaseKeepAliveResponse response) {
      answers++;
    }

    @Override
    public void onError(Throwable failure) {}

    @Override
    public void onCompleted() {
      completed = true;
    }
  }

  private static LeaseKeepAliveRequest keepAlive(long id) {
    return LeaseKeepAliveRequest.newBuilder().setID(id).build();
  }

  private static ByteString bytes(String text) {
    return ByteString.copyFromUtf8(text);
  }

  private static PutRequest.Builder put(String key, String value) {
    return PutRequest.newBuilder().setKey(bytes(key)).setValue(bytes(value));
  }

  private static RequestOp op(PutRequest.Builder put) {
    return RequestOp.newBuilder().setRequestPut(put).build();
  }

  private static RangeRequest range(String key) {
    return RangeRequest.newBuilder().setKey(bytes(key)).build();
  }

  private static ResponseHeader header(long revision) {
    return ResponseHeader.newBuilder()
        .setClusterId(SoleMember.CLUSTER_ID)
        .setMemberId(SoleMember.MEMBER_ID)
        .setRevision(revision)
        .setRaftTerm(SoleMember.TERM)
        .build();
  }

  private static void assertError(ThrowingCallable call, Code code, @Nullable String text) {
    assertThatExceptionOfType(StatusRuntimeException.class)
        .isThrownBy(call)
        .satisfies(
            e -> {
              assertThat(e.getStatus().getCode()).isEqualTo(code);
              assertThat(e.getStatus().getDescription()).isEqualTo(text);
            });
  }

  /** What comes on a stream, in order, and how it ends. */
  private static final class Answers implements StreamObserver<LeaseKeepAliveResponse> {
    private final LinkedBlockingQueue<LeaseKeepAliveResponse> received =
        new LinkedBlockingQueue<>();
    private final LinkedBlockingQueue<Status> ended = new LinkedBlockingQueue<>();

    LeaseKeepAliveResponse next() throws InterruptedException {
      var answer = received.poll(30, TimeUnit.SECONDS);
      assertThat(answer).isNotNull();
      return answer;
    }

    Status end() throws InterruptedException {
      var end = ended.poll(30, TimeUnit.SECONDS);
      assertThat(end).isNotNull();
      return end;
    }

    @Override
    public void onNext(LeaseKeepAliveResponse response) {
      received.add(response);
    }

    @Override
    public void onError(Throwable failure) {
      ended.add(Status.fromThrowable(failure));
    }

    @Override
    public void onCompleted() {
      ended.add(Status.OK);
    }
  }
}
