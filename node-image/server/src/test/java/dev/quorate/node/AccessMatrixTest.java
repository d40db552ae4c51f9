package dev.quorate.node;

import static dev.quorate.node.SecuredCluster.DENIED;
import static dev.quorate.node.SecuredCluster.USER_EMPTY;
import static dev.quorate.node.SecuredCluster.bytes;
import static dev.quorate.node.SecuredCluster.put;
import static dev.quorate.node.SecuredCluster.range;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.MessageLite;
import dev.quorate.api.election.CampaignRequest;
import dev.quorate.api.election.ElectionGrpc;
import dev.quorate.api.election.LeaderKey;
import dev.quorate.api.election.LeaderRequest;
import dev.quorate.api.election.ProclaimRequest;
import dev.quorate.api.election.ResignRequest;
import dev.quorate.api.etcd.AlarmRequest;
import dev.quorate.api.etcd.AuthGrpc;
import dev.quorate.api.etcd.AuthRoleGetRequest;
import dev.quorate.api.etcd.AuthRoleListRequest;
import dev.quorate.api.etcd.AuthStatusRequest;
import dev.quorate.api.etcd.AuthUserGetRequest;
import dev.quorate.api.etcd.AuthUserListRequest;
import dev.quorate.api.etcd.ClusterGrpc;
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
import dev.quorate.api.etcd.LeaseKeepAliveRequest;
import dev.quorate.api.etcd.LeaseKeepAliveResponse;
import dev.quorate.api.etcd.LeaseLeasesRequest;
import dev.quorate.api.etcd.LeaseRevokeRequest;
import dev.quorate.api.etcd.LeaseTimeToLiveRequest;
import dev.quorate.api.etcd.MaintenanceGrpc;
import dev.quorate.api.etcd.MemberAddRequest;
import dev.quorate.api.etcd.MemberListRequest;
import dev.quorate.api.etcd.MemberPromoteRequest;
import dev.quorate.api.etcd.MemberRemoveRequest;
import dev.quorate.api.etcd.MemberUpdateRequest;
import dev.quorate.api.etcd.MoveLeaderRequest;
import dev.quorate.api.etcd.Permission;
import dev.quorate.api.etcd.RequestOp;
import dev.quorate.api.etcd.SnapshotRequest;
import dev.quorate.api.etcd.StatusRequest;
import dev.quorate.api.etcd.TxnRequest;
import dev.quorate.api.etcd.WatchCreateRequest;
import dev.quorate.api.etcd.WatchGrpc;
import dev.quorate.api.etcd.WatchRequest;
import dev.quorate.api.etcd.WatchResponse;
import dev.quorate.api.lock.LockGrpc;
import dev.quorate.api.lock.LockRequest;
import dev.quorate.api.lock.UnlockRequest;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every call of etcd's API at a member that does not lead, over the network: as root, as a user who
 * may read and write under "own/" and nothing else, and as nobody.
 */
@Timeout(180)
final class AccessMatrixTest {
  /** Attached to a key that alice may neither read nor write. */
  private static final long SECRET_LEASE = 7;

  private static final String FINE = "fine";

  /**
   * @param toUser what alice is told
   */
  private record Call(String name, String toUser, Function<Channel, String> made) {}

  @TempDir Path directory;
  private final List<Call> calls = new ArrayList<>();

  @Test
  void everybodyMayDoWhatEtcdLetsThem() throws Exception {
    keyValueCalls();
    leaseCalls();
    contestCalls();
    maintenanceCalls();
    memberCalls();
    authCalls();
    try (var cluster = new SecuredCluster(directory, 2)) {
      cluster.permit(Permission.Type.READWRITE, "own/", "own0");
      int at = cluster.follower();
      var root = cluster.withToken(at, cluster.logIn(at, "root", "r"));
      LeaseGrpc.newBlockingStub(root)
          .leaseGrant(LeaseGrantRequest.newBuilder().setID(SECRET_LEASE).setTTL(600).build());
      KVGrpc.newBlockingStub(root).put(put("secret").toBuilder().setLease(SECRET_LEASE).build());
      var alice = cluster.withToken(at, cluster.logIn(at, "alice", "a"));
      var nobody = cluster.anonymous(at);
      var wrong = new ArrayList<String>();
      for (var call : calls) {
        boolean open = call.name().equals("AuthStatus");
        expect(wrong, call, "nobody", nobody, open ? FINE : USER_EMPTY);
        expect(wrong, call, "a guess", cluster.withToken(at, "x"), SecuredCluster.INVALID_TOKEN);
        expect(wrong, call, "alice", alice, call.toUser());
      }
      assertThat(KVGrpc.newBlockingStub(root).range(range("secret")).getCount()).isEqualTo(1);
      for (var call : calls) {
        String told = call.made().apply(root);
        if (told.equals(DENIED) || told.equals(USER_EMPTY)) {
          wrong.add("%s as root: %s".formatted(call.name(), told));
        }
      }
      assertThat(wrong).isEmpty();
    }
  }

  private static void expect(
      List<String> wrong, Call call, String who, Channel channel, String expected) {
    String told = call.made().apply(channel);
    if (!told.equals(expected)) {
      wrong.add("%s as %s: %s instead of %s".formatted(call.name(), who, told, expected));
    }
  }

  private void keyValueCalls() {
    kv("Range", DENIED, kv -> kv.range(range("secret")));
    kv("Range of an own key", FINE, kv -> kv.range(range("own/1")));
    kv(
        "Range beyond the own keys",
        DENIED,
        kv -> kv.range(range("own/1").toBuilder().setRangeEnd(bytes("\0")).build()));
    kv(
        "serializable Range",
        DENIED,
        kv -> kv.range(range("secret").toBuilder().setSerializable(true).build()));
    kv("RangeStream", DENIED, kv -> kv.rangeStream(range("secret")).next());
    kv("RangeStream of an own key", FINE, kv -> kv.rangeStream(range("own/1")).next());
    kv("Put", DENIED, kv -> kv.put(put("secret")));
    kv("Put of an own key", FINE, kv -> kv.put(put("own/1")));
    kv(
        "Put with a lease of others",
        DENIED,
        kv -> kv.put(put("own/1").toBuilder().setLease(SECRET_LEASE).build()));
    kv("DeleteRange", DENIED, kv -> kv.deleteRange(delete("secret", "")));
    kv("DeleteRange of everything", DENIED, kv -> kv.deleteRange(delete("a", "\0")));
    kv("DeleteRange of own keys", FINE, kv -> kv.deleteRange(delete("own/", "own0")));
    var read = RequestOp.newBuilder().setRequestRange(range("secret"));
    var write = RequestOp.newBuilder().setRequestPut(put("secret"));
    var own = RequestOp.newBuilder().setRequestPut(put("own/1"));
    kv("Txn that reads", DENIED, kv -> kv.txn(TxnRequest.newBuilder().addFailure(read).build()));
    kv("Txn that writes", DENIED, kv -> kv.txn(TxnRequest.newBuilder().addFailure(write).build()));
    kv(
        "nested Txn",
        DENIED,
        kv ->
            kv.txn(
                TxnRequest.newBuilder()
                    .addSuccess(own)
                    .addFailure(
                        RequestOp.newBuilder()
                            .setRequestTxn(TxnRequest.newBuilder().addFailure(write)))
                    .build()));
    kv(
        "Txn that compares",
        DENIED,
        kv ->
            kv.txn(
                TxnRequest.newBuilder()
                    .addCompare(Compare.newBuilder().setKey(bytes("secret")))
                    .addSuccess(own)
                    .build()));
    kv("Txn of an own key", FINE, kv -> kv.txn(TxnRequest.newBuilder().addSuccess(own).build()));
    kv("Compact", DENIED, kv -> kv.compact(CompactionRequest.newBuilder().setRevision(1).build()));
    add("Watch", DENIED, channel -> watched(channel, "secret"));
    add("Watch of an own key", FINE, channel -> watched(channel, "own/1"));
  }

  private void kv(String name, String toUser, Function<KVGrpc.KVBlockingStub, MessageLite> call) {
    add(name, toUser, channel -> told(() -> call.apply(KVGrpc.newBlockingStub(channel))));
  }

  private void leaseCalls() {
    var grant = LeaseGrantRequest.newBuilder().setTTL(600).build();
    lease("LeaseGrant", FINE, leases -> leases.leaseGrant(grant));
    lease(
        "LeaseRevoke of an unknown lease",
        "NOT_FOUND: etcdserver: requested lease not found",
        leases -> leases.leaseRevoke(LeaseRevokeRequest.newBuilder().setID(99).build()));
    lease(
        "LeaseTimeToLive",
        FINE,
        leases -> leases.leaseTimeToLive(timeToLive().setKeys(false).build()));
    lease(
        "LeaseTimeToLive with keys",
        DENIED,
        leases -> leases.leaseTimeToLive(timeToLive().setKeys(true).build()));
    lease(
        "LeaseLeases",
        DENIED,
        leases -> leases.leaseLeases(LeaseLeasesRequest.getDefaultInstance()));
    add("LeaseKeepAlive", DENIED, channel -> renewed(channel, SECRET_LEASE));
    add("LeaseKeepAlive of an unknown lease", FINE, channel -> renewed(channel, 99));
  }

  private void lease(
      String name, String toUser, Function<LeaseGrpc.LeaseBlockingStub, MessageLite> call) {
    add(name, toUser, channel -> told(() -> call.apply(LeaseGrpc.newBlockingStub(channel))));
  }

  private void contestCalls() {
    add(
        "Lock",
        DENIED,
        channel ->
            told(
                () ->
                    LockGrpc.newBlockingStub(channel)
                        .lock(LockRequest.newBuilder().setName(bytes("secret")).build())));
    add(
        "Unlock",
        DENIED,
        channel ->
            told(
                () ->
                    LockGrpc.newBlockingStub(channel)
                        .unlock(UnlockRequest.newBuilder().setKey(bytes("secret")).build())));
    var leader = LeaderKey.newBuilder().setName(bytes("e")).setKey(bytes("e/1")).setRev(1);
    election(
        "Campaign",
        DENIED,
        elections -> elections.campaign(CampaignRequest.newBuilder().setName(bytes("e")).build()));
    election(
        "Proclaim",
        DENIED,
        elections -> elections.proclaim(ProclaimRequest.newBuilder().setLeader(leader).build()));
    election(
        "Resign",
        DENIED,
        elections -> elections.resign(ResignRequest.newBuilder().setLeader(leader).build()));
    var name = LeaderRequest.newBuilder().setName(bytes("f")).build();
    election("Leader", DENIED, elections -> elections.leader(name));
    // Root would wait for a leader: the one that campaigned just before under another name.
    var campaigned = LeaderRequest.newBuilder().setName(bytes("e")).build();
    election("Observe", DENIED, elections -> elections.observe(campaigned).next());
  }

  private void election(
      String name, String toUser, Function<ElectionGrpc.ElectionBlockingStub, MessageLite> call) {
    add(name, toUser, channel -> told(() -> call.apply(ElectionGrpc.newBlockingStub(channel))));
  }

  private void maintenanceCalls() {
    var activate = AlarmRequest.newBuilder().setAction(AlarmRequest.AlarmAction.DEACTIVATE).build();
    maintenance("Status", FINE, it -> it.status(StatusRequest.getDefaultInstance()));
    maintenance("Alarm GET", FINE, it -> it.alarm(AlarmRequest.getDefaultInstance()));
    maintenance("Alarm DEACTIVATE", DENIED, it -> it.alarm(activate));
    maintenance("Hash", DENIED, it -> it.hash(HashRequest.getDefaultInstance()));
    maintenance("HashKV", DENIED, it -> it.hashKV(HashKVRequest.getDefaultInstance()));
    maintenance("Defragment", DENIED, it -> it.defragment(DefragmentRequest.getDefaultInstance()));
    maintenance("Snapshot", DENIED, it -> it.snapshot(SnapshotRequest.getDefaultInstance()).next());
    maintenance("MoveLeader", DENIED, it -> it.moveLeader(MoveLeaderRequest.getDefaultInstance()));
    maintenance("Downgrade", DENIED, it -> it.downgrade(DowngradeRequest.getDefaultInstance()));
  }

  private void maintenance(
      String name,
      String toUser,
      Function<MaintenanceGrpc.MaintenanceBlockingStub, MessageLite> call) {
    add(name, toUser, channel -> told(() -> call.apply(MaintenanceGrpc.newBlockingStub(channel))));
  }

  private void memberCalls() {
    member("MemberList", FINE, it -> it.memberList(MemberListRequest.getDefaultInstance()));
    member("MemberAdd", DENIED, it -> it.memberAdd(MemberAddRequest.getDefaultInstance()));
    member("MemberRemove", DENIED, it -> it.memberRemove(MemberRemoveRequest.getDefaultInstance()));
    member("MemberUpdate", DENIED, it -> it.memberUpdate(MemberUpdateRequest.getDefaultInstance()));
    member(
        "MemberPromote", DENIED, it -> it.memberPromote(MemberPromoteRequest.getDefaultInstance()));
  }

  private void member(
      String name, String toUser, Function<ClusterGrpc.ClusterBlockingStub, MessageLite> call) {
    add(name, toUser, channel -> told(() -> call.apply(ClusterGrpc.newBlockingStub(channel))));
  }

  private void authCalls() {
    auth("AuthStatus", FINE, it -> it.authStatus(AuthStatusRequest.getDefaultInstance()));
    auth("UserList", DENIED, it -> it.userList(AuthUserListRequest.getDefaultInstance()));
    auth("RoleList", DENIED, it -> it.roleList(AuthRoleListRequest.getDefaultInstance()));
    auth(
        "UserGet of oneself",
        FINE,
        it -> it.userGet(AuthUserGetRequest.newBuilder().setName("alice").build()));
    auth(
        "UserGet of another",
        DENIED,
        it -> it.userGet(AuthUserGetRequest.newBuilder().setName("root").build()));
    auth(
        "RoleGet of an own role",
        FINE,
        it -> it.roleGet(AuthRoleGetRequest.newBuilder().setRole("own").build()));
    auth(
        "RoleGet of another",
        DENIED,
        it -> it.roleGet(AuthRoleGetRequest.newBuilder().setRole("root").build()));
  }

  private void auth(
      String name, String toUser, Function<AuthGrpc.AuthBlockingStub, MessageLite> call) {
    add(name, toUser, channel -> told(() -> call.apply(AuthGrpc.newBlockingStub(channel))));
  }

  private void add(String name, String toUser, Function<Channel, String> call) {
    calls.add(new Call(name, toUser, call));
  }

  private static String told(Supplier<?> call) {
    try {
      var _ = call.get();
      return FINE;
    } catch (StatusRuntimeException e) {
      return e.getStatus().getCode() + ": " + e.getStatus().getDescription();
    }
  }

  /** A refused watch names no code, only the text. */
  private static String watched(Channel channel, String key) {
    var first = new First<WatchResponse>();
    var requests = WatchGrpc.newStub(channel).watch(first);
    var create = WatchCreateRequest.newBuilder().setKey(bytes(key));
    requests.onNext(WatchRequest.newBuilder().setCreateRequest(create).build());
    String reason = first.value().getCancelReason();
    requests.onError(Status.CANCELLED.asRuntimeException());
    return List.of(DENIED, USER_EMPTY, SecuredCluster.INVALID_TOKEN).stream()
        .filter(text -> text.endsWith(": " + reason))
        .findFirst()
        .orElse(reason.isEmpty() ? FINE : reason);
  }

  private static String renewed(Channel channel, long lease) {
    var first = new First<LeaseKeepAliveResponse>();
    var requests = LeaseGrpc.newStub(channel).leaseKeepAlive(first);
    requests.onNext(LeaseKeepAliveRequest.newBuilder().setID(lease).build());
    String told = told(first::value);
    requests.onError(Status.CANCELLED.asRuntimeException());
    return told;
  }

  /** The first that a stream answers. */
  private static final class First<T> implements StreamObserver<T> {
    private final CompletableFuture<T> first = new CompletableFuture<>();

    T value() {
      try {
        return first.orTimeout(30, TimeUnit.SECONDS).join();
      } catch (CompletionException e) {
        throw e.getCause() instanceof StatusRuntimeException cause ? cause : e;
      }
    }

    @Override
    public void onNext(T value) {
      first.complete(value);
    }

    @Override
    public void onError(Throwable failure) {
      first.completeExceptionally(failure);
    }

    @Override
    public void onCompleted() {}
  }

  private static LeaseTimeToLiveRequest.Builder timeToLive() {
    return LeaseTimeToLiveRequest.newBuilder().setID(SECRET_LEASE);
  }

  private static DeleteRangeRequest delete(String key, String end) {
    return DeleteRangeRequest.newBuilder().setKey(bytes(key)).setRangeEnd(bytes(end)).build();
  }
}
