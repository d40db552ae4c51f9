package dev.quorate.node.rpc;

import static dev.quorate.node.rpc.SecuredServer.assertFails;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.google.protobuf.ByteString;
import dev.quorate.api.command.Command;
import dev.quorate.api.election.ElectionGrpc;
import dev.quorate.api.election.LeaderRequest;
import dev.quorate.api.etcd.AlarmRequest;
import dev.quorate.api.etcd.AuthGrpc;
import dev.quorate.api.etcd.AuthRoleAddRequest;
import dev.quorate.api.etcd.CompactionRequest;
import dev.quorate.api.etcd.Compare;
import dev.quorate.api.etcd.DefragmentRequest;
import dev.quorate.api.etcd.DeleteRangeRequest;
import dev.quorate.api.etcd.DowngradeRequest;
import dev.quorate.api.etcd.HashKVRequest;
import dev.quorate.api.etcd.HashRequest;
import dev.quorate.api.etcd.KVGrpc;
import dev.quorate.api.etcd.LeaseGrantRequest;
import dev.quorate.api.etcd.LeaseGrpc;
import dev.quorate.api.etcd.LeaseLeasesRequest;
import dev.quorate.api.etcd.LeaseRevokeRequest;
import dev.quorate.api.etcd.LeaseTimeToLiveRequest;
import dev.quorate.api.etcd.MemberAddRequest;
import dev.quorate.api.etcd.MemberListRequest;
import dev.quorate.api.etcd.MemberPromoteRequest;
import dev.quorate.api.etcd.MemberRemoveRequest;
import dev.quorate.api.etcd.MemberUpdateRequest;
import dev.quorate.api.etcd.MoveLeaderRequest;
import dev.quorate.api.etcd.Permission;
import dev.quorate.api.etcd.PutRequest;
import dev.quorate.api.etcd.RangeRequest;
import dev.quorate.api.etcd.RequestOp;
import dev.quorate.api.etcd.SnapshotRequest;
import dev.quorate.api.etcd.StatusRequest;
import dev.quorate.api.etcd.TxnRequest;
import dev.quorate.api.lock.LockGrpc;
import dev.quorate.api.lock.LockRequest;
import dev.quorate.api.lock.UnlockRequest;
import dev.quorate.node.auth.SimpleTokens;
import dev.quorate.node.kv.ApplyResult;
import dev.quorate.node.kv.KvError;
import io.grpc.Channel;
import java.time.Duration;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Who may do what, on every service. The tests named after an advisory keep closed what was once
 * open in etcd.
 */
final class AccessControlTest {
  private final SecuredServer server = new SecuredServer().enabled();
  private Channel aliceChannel;
  private KVGrpc.KVBlockingStub alice;
  private KVGrpc.KVBlockingStub nobody;

  @BeforeEach
  void logIn() {
    aliceChannel = server.as("alice", "a");
    alice = server.kv(aliceChannel);
    nobody = server.kv(server.anonymous());
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void withoutPermissionNothingWorks() {
    assertDenied(() -> alice.put(put("a")));
    assertDenied(() -> alice.range(range("a", "")));
    assertDenied(() -> alice.deleteRange(delete("a", "")));
    assertDenied(() -> alice.txn(TxnRequest.newBuilder().addSuccess(op(range("a", ""))).build()));
    assertDenied(() -> alice.rangeStream(range("a", "")).next());
    for (ThrowingCallable call :
        List.<ThrowingCallable>of(
            () -> nobody.put(put("a")),
            () -> nobody.range(range("a", "")),
            () -> nobody.deleteRange(delete("a", "")),
            () -> nobody.rangeStream(range("a", "")).next())) {
      assertFails(EtcdErrors.USER_EMPTY, call);
    }
  }

  @Test
  void readersReadAndWritersWrite() {
    server.permit(Permission.Type.READ, "r", "s");
    server.permit(Permission.Type.WRITE, "w", "x");
    alice.range(range("r1", "r9"));
    alice.rangeStream(range("r1", "r9")).forEachRemaining(_ -> {});
    assertDenied(() -> alice.put(put("r1")));
    alice.put(put("w1"));
    alice.deleteRange(delete("w1", "w2"));
    assertDenied(() -> alice.range(range("w1", "")));
    assertDenied(() -> alice.range(range("r", "\0")));
    assertDenied(() -> alice.deleteRange(delete("w", "xx")));
  }

  @Test
  void whatWasThereBeforeIsForReaders() {
    server.permit(Permission.Type.WRITE, "a", "");
    alice.put(put("a"));
    assertDenied(() -> alice.put(put("a").toBuilder().setPrevKv(true).build()));
    assertDenied(() -> alice.deleteRange(delete("a", "").toBuilder().setPrevKv(true).build()));
    server.permit(Permission.Type.READWRITE, "a", "");
    alice.put(put("a").toBuilder().setPrevKv(true).build());
    alice.deleteRange(delete("a", "").toBuilder().setPrevKv(true).build());
  }

  @Test
  void comparingIsReading() {
    server.permit(Permission.Type.WRITE, "a", "");
    var compare = Compare.newBuilder().setKey(bytes("secret")).setVersion(1);
    assertDenied(
        () ->
            alice.txn(
                TxnRequest.newBuilder().addCompare(compare).addSuccess(op(put("a"))).build()));
  }

  /** CVE-2026-33343: operations in nested transactions were not looked at. */
  @Test
  void nestedTransactionsAreCheckedOnBothBranches() {
    server.permit(Permission.Type.READWRITE, "a", "");
    var bad =
        List.of(
            op(range("secret", "")),
            op(put("secret")),
            op(put("a").toBuilder().setKey(bytes("secret")).setPrevKv(true).build()),
            RequestOp.newBuilder().setRequestDeleteRange(delete("secret", "")).build());
    for (var op : bad) {
      var inner = TxnRequest.newBuilder().addFailure(op);
      var outer =
          TxnRequest.newBuilder()
              .addSuccess(op(put("a")))
              .addSuccess(RequestOp.newBuilder().setRequestTxn(inner));
      assertDenied(() -> alice.txn(outer.build()));
      assertDenied(
          () ->
              alice.txn(
                  TxnRequest.newBuilder()
                      .addFailure(RequestOp.newBuilder().setRequestTxn(outer))
                      .build()));
    }
    var compare = Compare.newBuilder().setKey(bytes("secret")).setVersion(1);
    var comparing = TxnRequest.newBuilder().addCompare(compare);
    assertDenied(
        () ->
            alice.txn(
                TxnRequest.newBuilder()
                    .addSuccess(RequestOp.newBuilder().setRequestTxn(comparing))
                    .build()));
    assertThat(alice.range(range("a", "")).getCount()).as("nothing was done by halves").isZero();
  }

  /** 3.6.11: prev_kv of a put inside a transaction was not looked at. */
  @Test
  void prevKvInsideATransactionNeedsReading() {
    server.permit(Permission.Type.WRITE, "a", "");
    var put = put("a").toBuilder().setPrevKv(true).build();
    assertDenied(() -> alice.txn(TxnRequest.newBuilder().addSuccess(op(put)).build()));
    var nested = TxnRequest.newBuilder().addSuccess(op(put));
    assertDenied(
        () ->
            alice.txn(
                TxnRequest.newBuilder()
                    .addSuccess(RequestOp.newBuilder().setRequestTxn(nested))
                    .build()));
  }

  /** CVE-2026-33413: maintenance, alarms and the list of members answered everybody. */
  @Test
  void strangersGetNothingOfMaintenanceAndCluster() {
    var maintenance = server.maintenance(server.anonymous());
    var cluster = server.cluster(server.anonymous());
    for (ThrowingCallable call :
        List.<ThrowingCallable>of(
            () -> maintenance.status(StatusRequest.getDefaultInstance()),
            () -> maintenance.alarm(AlarmRequest.getDefaultInstance()),
            () -> maintenance.alarm(activate()),
            () -> maintenance.downgrade(DowngradeRequest.getDefaultInstance()),
            () -> maintenance.defragment(DefragmentRequest.getDefaultInstance()),
            () -> maintenance.hash(HashRequest.getDefaultInstance()),
            () -> maintenance.hashKV(HashKVRequest.getDefaultInstance()),
            () -> maintenance.snapshot(SnapshotRequest.getDefaultInstance()).next(),
            () -> maintenance.moveLeader(MoveLeaderRequest.getDefaultInstance()),
            () -> cluster.memberList(MemberListRequest.getDefaultInstance()),
            () -> cluster.memberAdd(MemberAddRequest.getDefaultInstance()),
            () -> cluster.memberRemove(MemberRemoveRequest.getDefaultInstance()),
            () -> cluster.memberUpdate(MemberUpdateRequest.getDefaultInstance()),
            () -> cluster.memberPromote(MemberPromoteRequest.getDefaultInstance()),
            () -> nobody.compact(CompactionRequest.getDefaultInstance()))) {
      assertFails(EtcdErrors.USER_EMPTY, call);
    }
    assertThat(server.member.membershipRequests).isEmpty();
    assertThat(server.member.transferTargets).isEmpty();
  }

  /** CVE-2026-33413: leases of others answered everybody too. */
  @Test
  void strangersGetNothingOfLeasesLocksAndElections() {
    var leases = LeaseGrpc.newBlockingStub(server.anonymous());
    var locks = LockGrpc.newBlockingStub(server.anonymous());
    var elections = ElectionGrpc.newBlockingStub(server.anonymous());
    for (ThrowingCallable call :
        List.<ThrowingCallable>of(
            () -> leases.leaseGrant(grant(7)),
            () -> leases.leaseRevoke(revoke(7)),
            () -> leases.leaseTimeToLive(timeToLive(7)),
            () -> leases.leaseLeases(LeaseLeasesRequest.getDefaultInstance()),
            () -> locks.lock(LockRequest.newBuilder().setName(bytes("a")).build()),
            () -> locks.unlock(UnlockRequest.newBuilder().setKey(bytes("a")).build()),
            () -> elections.leader(LeaderRequest.newBuilder().setName(bytes("a")).build()))) {
      assertFails(EtcdErrors.USER_EMPTY, call);
    }
  }

  /** 3.6.11: a key could be attached to a lease whose other keys the caller may not write. */
  @Test
  void attachingToALeaseNeedsWritingAllItsKeysAlsoInsideATransaction() {
    server.permit(Permission.Type.READWRITE, "a", "");
    var rootChannel = server.as("root", "r");
    LeaseGrpc.newBlockingStub(rootChannel).leaseGrant(grant(7));
    var put = put("a").toBuilder().setLease(7).build();
    alice.put(put);
    server.kv(rootChannel).put(put("secret").toBuilder().setLease(7).build());
    assertDenied(() -> alice.put(put));
    var txn = TxnRequest.newBuilder().addSuccess(op(put));
    assertDenied(() -> alice.txn(txn.build()));
    assertDenied(
        () ->
            alice.txn(
                TxnRequest.newBuilder()
                    .addFailure(RequestOp.newBuilder().setRequestTxn(txn))
                    .build()));
    var leases = LeaseGrpc.newBlockingStub(aliceChannel);
    assertDenied(() -> leases.leaseRevoke(revoke(7)));
    assertDenied(() -> leases.leaseTimeToLive(timeToLive(7)));
    assertDenied(() -> leases.leaseLeases(LeaseLeasesRequest.getDefaultInstance()));
    leases.leaseTimeToLive(timeToLive(7).toBuilder().setKeys(false).build());
    leases.leaseGrant(grant(8));
    leases.leaseRevoke(revoke(8));
  }

  @Test
  void locksNeedTheirKeys() {
    var locks = LockGrpc.newBlockingStub(aliceChannel);
    var request = LockRequest.newBuilder().setName(bytes("lock")).build();
    assertDenied(() -> locks.lock(request));
    server.permit(Permission.Type.READWRITE, "lock/", "lock0");
    var key = locks.lock(request).getKey();
    locks.unlock(UnlockRequest.newBuilder().setKey(key).build());
    assertDenied(() -> locks.unlock(UnlockRequest.newBuilder().setKey(bytes("x")).build()));
  }

  private static LeaseGrantRequest grant(long id) {
    return LeaseGrantRequest.newBuilder().setID(id).setTTL(60).build();
  }

  private static LeaseRevokeRequest revoke(long id) {
    return LeaseRevokeRequest.newBuilder().setID(id).build();
  }

  private static LeaseTimeToLiveRequest timeToLive(long id) {
    return LeaseTimeToLiveRequest.newBuilder().setID(id).setKeys(true).build();
  }

  @Test
  void usersSeeStatusAlarmsAndMembersAndOnlyRootChangesThem() {
    var maintenance = server.maintenance(aliceChannel);
    var cluster = server.cluster(aliceChannel);
    maintenance.status(StatusRequest.getDefaultInstance());
    maintenance.alarm(AlarmRequest.getDefaultInstance());
    cluster.memberList(MemberListRequest.getDefaultInstance());
    for (ThrowingCallable call :
        List.<ThrowingCallable>of(
            () -> maintenance.alarm(activate()),
            () -> maintenance.hash(HashRequest.getDefaultInstance()),
            () -> maintenance.hashKV(HashKVRequest.getDefaultInstance()),
            () -> maintenance.downgrade(DowngradeRequest.getDefaultInstance()),
            () -> maintenance.defragment(DefragmentRequest.getDefaultInstance()),
            () -> maintenance.snapshot(SnapshotRequest.getDefaultInstance()).next(),
            () -> maintenance.moveLeader(MoveLeaderRequest.getDefaultInstance()),
            () -> cluster.memberAdd(MemberAddRequest.getDefaultInstance()),
            () -> cluster.memberRemove(MemberRemoveRequest.getDefaultInstance()),
            () -> alice.compact(CompactionRequest.getDefaultInstance()))) {
      assertDenied(call);
    }
    var root = server.as("root", "r");
    server.maintenance(root).hash(HashRequest.getDefaultInstance());
    assertThatCode(() -> server.kv(root).put(put("any"))).doesNotThrowAnyException();
    server.kv(root).compact(CompactionRequest.newBuilder().setRevision(2).build());
  }

  /** GHSA-xg4h-6gfc-h4m8: permission for one key let everything from that key on be watched. */
  @Test
  void aSingleKeyDoesNotOpenTheWatchOfAllKeysBehindIt() {
    server.permit(Permission.Type.READ, "a", "");
    var watching = WatchingClient.open(aliceChannel);
    var refused = watching.created(WatchingClient.key("a").setRangeEnd(bytes("\0")));
    assertThat(refused.getCreated()).isTrue();
    assertThat(refused.getCanceled()).isTrue();
    assertThat(refused.getWatchId()).isEqualTo(-1);
    assertThat(refused.getCancelReason()).isEqualTo("etcdserver: permission denied");
    assertDenied(() -> alice.range(range("a", "\0")));
    assertThat(watching.created(WatchingClient.key("a")).getCanceled()).isFalse();
  }

  @Test
  void strangersWatchNothing() {
    var watching = WatchingClient.open(server.anonymous());
    assertThat(watching.created(WatchingClient.key("a")).getCancelReason())
        .isEqualTo("etcdserver: user name is empty");
    var guessing = WatchingClient.open(server.withToken("guess"));
    assertThat(guessing.created(WatchingClient.key("a")).getCancelReason())
        .isEqualTo("etcdserver: invalid auth token");
  }

  @Test
  void aCertificateNamesAUserOnlyWhereThatIsWanted() {
    var tokens = new SimpleTokens(Duration.ofMinutes(5));
    var state = server.member.state;
    var named = new Credentials(null, "root");
    assertThat(AccessControl.with(tokens, true).refuseUnlessRoot(state, named)).isNull();
    assertThat(AccessControl.with(tokens, false).refuseUnlessRoot(state, named))
        .isEqualTo(EtcdErrors.USER_EMPTY);
    var both = new Credentials("bad", "root");
    assertThat(AccessControl.with(tokens, true).refuseUnlessRoot(state, both))
        .as("a token counts more than a certificate")
        .isEqualTo(EtcdErrors.INVALID_AUTH_TOKEN);
  }

  @Test
  void aWriteIsDecidedByTheRevisionItCarries() {
    server.permit(Permission.Type.READWRITE, "a", "");
    long revision = server.member.state.auth().revision();
    assertThat(submit("alice", revision)).isInstanceOf(ApplyResult.Done.class);
    AuthGrpc.newBlockingStub(server.as("root", "r"))
        .roleAdd(AuthRoleAddRequest.newBuilder().setName("other").build());
    assertThat(submit("alice", revision))
        .isEqualTo(new ApplyResult.Refused(KvError.OLD_AUTH_REVISION));
    assertThat(submit("", 0)).isEqualTo(new ApplyResult.Refused(KvError.USER_EMPTY));
    assertThat(submit("carol", revision + 1))
        .isEqualTo(new ApplyResult.Refused(KvError.PERMISSION_DENIED));
  }

  private ApplyResult submit(String user, long revision) {
    return server
        .member
        .submit(Command.newBuilder().setPut(put("a")).setUser(user).setAuthRevision(revision))
        .join();
  }

  private static void assertDenied(ThrowingCallable call) {
    assertFails(EtcdErrors.PERMISSION_DENIED, call);
  }

  private static AlarmRequest activate() {
    return AlarmRequest.newBuilder().setAction(AlarmRequest.AlarmAction.ACTIVATE).build();
  }

  private static PutRequest put(String key) {
    return PutRequest.newBuilder().setKey(bytes(key)).build();
  }

  private static RangeRequest range(String key, String end) {
    return RangeRequest.newBuilder().setKey(bytes(key)).setRangeEnd(bytes(end)).build();
  }

  private static DeleteRangeRequest delete(String key, String end) {
    return DeleteRangeRequest.newBuilder().setKey(bytes(key)).setRangeEnd(bytes(end)).build();
  }

  private static RequestOp op(RangeRequest range) {
    return RequestOp.newBuilder().setRequestRange(range).build();
  }

  private static RequestOp op(PutRequest put) {
    return RequestOp.newBuilder().setRequestPut(put).build();
  }

  private static ByteString bytes(String text) {
    return ByteString.copyFromUtf8(text);
  }
}
