package dev.quorate.node;

import static dev.quorate.node.SecuredCluster.DENIED;
import static dev.quorate.node.SecuredCluster.INVALID_TOKEN;
import static dev.quorate.node.SecuredCluster.OLD_REVISION;
import static dev.quorate.node.SecuredCluster.assertFails;
import static dev.quorate.node.SecuredCluster.bytes;
import static dev.quorate.node.SecuredCluster.put;
import static dev.quorate.node.SecuredCluster.range;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.common.util.concurrent.ListenableFuture;
import dev.quorate.api.etcd.AlarmRequest;
import dev.quorate.api.etcd.AuthDisableRequest;
import dev.quorate.api.etcd.AuthGrpc;
import dev.quorate.api.etcd.AuthRoleAddRequest;
import dev.quorate.api.etcd.AuthRoleAddResponse;
import dev.quorate.api.etcd.AuthRoleRevokePermissionRequest;
import dev.quorate.api.etcd.AuthUserAddRequest;
import dev.quorate.api.etcd.AuthUserChangePasswordRequest;
import dev.quorate.api.etcd.AuthUserGetRequest;
import dev.quorate.api.etcd.AuthUserListRequest;
import dev.quorate.api.etcd.AuthenticateRequest;
import dev.quorate.api.etcd.AuthenticateResponse;
import dev.quorate.api.etcd.ClusterGrpc;
import dev.quorate.api.etcd.CompactionRequest;
import dev.quorate.api.etcd.KVGrpc;
import dev.quorate.api.etcd.LeaseGrantRequest;
import dev.quorate.api.etcd.LeaseGrpc;
import dev.quorate.api.etcd.MaintenanceGrpc;
import dev.quorate.api.etcd.MemberAddRequest;
import dev.quorate.api.etcd.MemberListRequest;
import dev.quorate.api.etcd.Permission;
import dev.quorate.api.etcd.RangeRequest;
import dev.quorate.api.etcd.SnapshotRequest;
import dev.quorate.api.etcd.StatusRequest;
import dev.quorate.api.etcd.WatchCreateRequest;
import dev.quorate.api.etcd.WatchGrpc;
import dev.quorate.api.etcd.WatchRequest;
import dev.quorate.api.etcd.WatchResponse;
import io.grpc.Channel;
import io.grpc.Context;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Key;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Users and their tokens on real members over the network. */
@Timeout(180)
final class AuthNodeTest {
  private static final long PATIENCE_SECONDS = 30;
  private static final int LOGINS_AT_ONCE = 100;

  @TempDir Path directory;

  @Test
  void simpleTokensAreGoodAtEveryMemberUntilItStartsAgain() throws Exception {
    try (var cluster = new SecuredCluster(directory, 3)) {
      cluster.permit(Permission.Type.READWRITE, "a", "");
      for (int from = 0; from < cluster.size(); from++) {
        String token = cluster.logIn(from, "alice", "a");
        for (int to = 0; to < cluster.size(); to++) {
          assertGood(cluster.withToken(to, token));
        }
      }
      String token = cluster.logIn(0, "alice", "a");
      cluster.restart(1);
      var forgotten = kv(cluster.withToken(1, token));
      assertFails(INVALID_TOKEN, () -> forgotten.range(range("a")));
      assertFails(INVALID_TOKEN, () -> forgotten.put(put("a")));
      assertGood(cluster.withToken(0, token));
      assertGood(cluster.withToken(1, cluster.logIn(2, "alice", "a")));

      cluster.root().authDisable(AuthDisableRequest.getDefaultInstance());
      kv(cluster.withToken(2, token)).put(put("anything"));
    }
  }

  @Test
  void signedTokensAreGoodAtEveryMemberAndAfterAStart() throws Exception {
    var keys = keys();
    String flag = "--auth-token=jwt,sign-method=ES256,priv-key=" + privateKey(keys);
    try (var cluster = new SecuredCluster(directory, 3, flag)) {
      cluster.permit(Permission.Type.READWRITE, "a", "");
      String token = cluster.logIn(0, "alice", "a");
      for (int to = 0; to < cluster.size(); to++) {
        assertGood(cluster.withToken(to, token));
      }
      cluster.restart(1, flag);
      assertGood(cluster.withToken(1, token));

      cluster.root().roleAdd(AuthRoleAddRequest.newBuilder().setName("other").build());
      for (int to = 0; to < cluster.size(); to++) {
        var old = kv(cluster.withToken(to, token));
        assertFails(OLD_REVISION, () -> old.range(range("a")));
        assertFails(OLD_REVISION, () -> old.put(put("a")));
      }
      assertGood(cluster.withToken(2, cluster.logIn(1, "alice", "a")));
    }
  }

  /** Not for keys alone: who has lost a password must be able to shut out who has found it. */
  @Test
  void noSignedTokenOutlivesAChangeOfUsers() throws Exception {
    String flag = "--auth-token=jwt,sign-method=ES256,priv-key=" + privateKey(keys());
    try (var cluster = new SecuredCluster(directory, 3, flag)) {
      String alice = cluster.logIn(0, "alice", "a");
      String root = cluster.logIn(0, "root", "r");
      AuthGrpc.newBlockingStub(cluster.withToken(0, root)).userChangePassword(password("new"));
      for (int to = 0; to < cluster.size(); to++) {
        // Behind this the member knows of the change.
        cluster.logIn(to, "root", "new");
        var old = new OldToken(cluster.withToken(to, root));
        old.isRefusedTo(auth -> auth.userChangePassword(password("mine")));
        old.isRefusedTo(auth -> auth.userAdd(AuthUserAddRequest.newBuilder().setName("e").build()));
        old.isRefusedTo(
            auth -> auth.userGet(AuthUserGetRequest.newBuilder().setName("root").build()));
        old.isRefusedTo(auth -> auth.userList(AuthUserListRequest.getDefaultInstance()));
        old.isRefusedTo(auth -> auth.authDisable(AuthDisableRequest.getDefaultInstance()));
        old.isRefusedMaintenance();
        new OldToken(cluster.withToken(to, alice)).isRefusedWhatEverybodyMay();
      }
    }
  }

  private static AuthUserChangePasswordRequest password(String password) {
    return AuthUserChangePasswordRequest.newBuilder().setName("root").setPassword(password).build();
  }

  /** What nothing is done for. */
  private record OldToken(Channel channel) {
    void isRefusedTo(Consumer<AuthGrpc.AuthBlockingStub> change) {
      assertFails(OLD_REVISION, () -> change.accept(AuthGrpc.newBlockingStub(channel)));
    }

    void isRefusedMaintenance() {
      var maintenance = MaintenanceGrpc.newBlockingStub(channel);
      assertFails(
          OLD_REVISION, () -> maintenance.snapshot(SnapshotRequest.getDefaultInstance()).next());
      assertFails(OLD_REVISION, () -> maintenance.alarm(AlarmRequest.getDefaultInstance()));
      assertFails(
          OLD_REVISION,
          () -> kv(channel).compact(CompactionRequest.newBuilder().setRevision(1).build()));
      var add = MemberAddRequest.newBuilder().addPeerURLs("http://127.0.0.1:1").build();
      assertFails(OLD_REVISION, () -> ClusterGrpc.newBlockingStub(channel).memberAdd(add));
    }

    void isRefusedWhatEverybodyMay() {
      var lease = LeaseGrantRequest.newBuilder().setTTL(60).build();
      assertFails(OLD_REVISION, () -> LeaseGrpc.newBlockingStub(channel).leaseGrant(lease));
      assertFails(
          OLD_REVISION,
          () ->
              ClusterGrpc.newBlockingStub(channel)
                  .memberList(MemberListRequest.getDefaultInstance()));
      assertFails(
          OLD_REVISION,
          () ->
              MaintenanceGrpc.newBlockingStub(channel).status(StatusRequest.getDefaultInstance()));
    }
  }

  /** Tokens in memory are good as long as they are there, as in etcd. */
  @Test
  void administratorsDoNotGetInEachOthersWay() throws Exception {
    try (var cluster = new SecuredCluster(directory, 3)) {
      var roles = new ArrayList<ListenableFuture<AuthRoleAddResponse>>();
      for (int i = 0; i < 9; i++) {
        int to = i % cluster.size();
        var auth = AuthGrpc.newFutureStub(cluster.withToken(to, cluster.logIn(to, "root", "r")));
        roles.add(auth.roleAdd(AuthRoleAddRequest.newBuilder().setName("r" + i).build()));
      }
      for (var role : roles) {
        assertThat(role.get(PATIENCE_SECONDS, TimeUnit.SECONDS).hasHeader()).isTrue();
      }
    }
  }

  @Test
  void keysAreExchangedMemberByMember() throws Exception {
    var old = keys();
    var next = keys();
    String oldPublic = ",pub-key=" + publicKey(old);
    String nextPublic = ",pub-key=" + publicKey(next);
    String oldPrivate = ",priv-key=" + privateKey(old);
    String method = "--auth-token=jwt,sign-method=ES256";
    try (var cluster = new SecuredCluster(directory, 3, method + oldPrivate)) {
      cluster.permit(Permission.Type.READWRITE, "a", "");
      for (int i = 0; i < cluster.size(); i++) {
        cluster.restart(
            i,
            method
                + oldPublic
                + nextPublic
                + (i == 0 ? ",priv-key=" + privateKey(next) : oldPrivate));
      }
      String newToken = cluster.logIn(0, "alice", "a");
      String oldToken = cluster.logIn(1, "alice", "a");
      for (int to = 0; to < cluster.size(); to++) {
        assertGood(cluster.withToken(to, oldToken));
        assertGood(cluster.withToken(to, newToken));
      }
      cluster.restart(2, method + nextPublic);
      assertGood(cluster.withToken(2, newToken));
      assertFails(INVALID_TOKEN, () -> kv(cluster.withToken(2, oldToken)).range(range("a")));
      assertFails(
          "UNKNOWN: auth: token signing attempted with verify-only key",
          () -> cluster.logIn(2, "alice", "a"));
    }
  }

  /** As in etcd: who may watch is asked when a watch is created. */
  @Test
  void aWatchGoesOnWhenItsPermissionIsTakenAway() throws Exception {
    try (var cluster = new SecuredCluster(directory, 1)) {
      cluster.permit(Permission.Type.READ, "a", "");
      var alice = cluster.withToken(0, cluster.logIn(0, "alice", "a"));
      var responses = new LinkedBlockingQueue<WatchResponse>();
      var requests = WatchGrpc.newStub(alice).watch(into(responses));
      requests.onNext(watch("a"));
      assertThat(next(responses).getCanceled()).isFalse();
      cluster
          .root()
          .roleRevokePermission(
              AuthRoleRevokePermissionRequest.newBuilder()
                  .setRole("own")
                  .setKey(bytes("a"))
                  .build());
      kv(cluster.withToken(0, cluster.logIn(0, "root", "r"))).put(put("a"));
      assertThat(next(responses).getEventsCount()).isEqualTo(1);
      requests.onNext(watch("a"));
      assertThat(next(responses).getCancelReason()).isEqualTo("etcdserver: permission denied");
      assertFails(DENIED, () -> kv(alice).range(range("a")));
      requests.onCompleted();
    }
  }

  @Test
  void badPasswordsDoNotHoldUpPuts() throws Exception {
    try (var cluster = new SecuredCluster(directory, 1, "--bcrypt-cost=10")) {
      var root = kv(cluster.withToken(0, cluster.logIn(0, "root", "r")));
      var flood = new Flood(cluster.anonymous(0));
      flood.begin();
      for (int i = 0; i < 100; i++) {
        root.withDeadlineAfter(5, TimeUnit.SECONDS).put(put("k" + i));
      }
      assertThat(flood.underWay()).as("log-ins are still waiting").isPositive();
      // Who was right a short while ago is not behind them in the line.
      assertThat(cluster.logIn(0, "root", "r")).isNotEmpty();
      flood.end();
      assertThat(flood.answers.keySet())
          .containsExactlyInAnyOrder(
              "INVALID_ARGUMENT: etcdserver: authentication failed, invalid user ID or password",
              "RESOURCE_EXHAUSTED: etcdserver: too many requests");
    }
  }

  /**
   * Log-ins with a wrong password, many at any time: each that is answered is followed by another.
   */
  private static final class Flood {
    private static final AuthenticateRequest WRONG =
        AuthenticateRequest.newBuilder().setName("alice").setPassword("wrong").build();

    private final AuthGrpc.AuthStub auth;
    private final Context.CancellableContext context = Context.current().withCancellation();
    private final AtomicInteger underWay = new AtomicInteger();
    final ConcurrentHashMap<String, Integer> answers = new ConcurrentHashMap<>();

    Flood(Channel channel) {
      auth = AuthGrpc.newStub(channel);
    }

    void begin() {
      for (int i = 0; i < LOGINS_AT_ONCE; i++) {
        context.run(this::logIn);
      }
    }

    private void logIn() {
      underWay.incrementAndGet();
      auth.authenticate(
          WRONG,
          new StreamObserver<>() {
            @Override
            public void onNext(AuthenticateResponse response) {
              answers.merge("a token", 1, Integer::sum);
            }

            @Override
            public void onError(Throwable failure) {
              if (!context.isCancelled()) {
                var status = ((StatusRuntimeException) failure).getStatus();
                answers.merge(status.getCode() + ": " + status.getDescription(), 1, Integer::sum);
                context.run(Flood.this::logIn);
              }
              underWay.decrementAndGet();
            }

            @Override
            public void onCompleted() {
              underWay.decrementAndGet();
            }
          });
    }

    int underWay() {
      return underWay.get();
    }

    void end() {
      context.cancel(null);
      await().atMost(Duration.ofSeconds(PATIENCE_SECONDS)).until(() -> underWay.get() == 0);
    }
  }

  private static void assertGood(Channel alice) {
    var kv = kv(alice);
    assertThat(kv.range(RangeRequest.newBuilder(range("a")).setSerializable(true).build()))
        .isNotNull();
    kv.put(put("a"));
    assertThat(kv.range(range("a")).getCount()).isEqualTo(1);
    assertFails(DENIED, () -> kv.put(put("b")));
  }

  private static KVGrpc.KVBlockingStub kv(Channel channel) {
    return KVGrpc.newBlockingStub(channel);
  }

  private static WatchRequest watch(String key) {
    return WatchRequest.newBuilder()
        .setCreateRequest(WatchCreateRequest.newBuilder().setKey(bytes(key)))
        .build();
  }

  private static WatchResponse next(LinkedBlockingQueue<WatchResponse> responses)
      throws InterruptedException {
    return Objects.requireNonNull(responses.poll(PATIENCE_SECONDS, TimeUnit.SECONDS));
  }

  private static StreamObserver<WatchResponse> into(LinkedBlockingQueue<WatchResponse> responses) {
    return new StreamObserver<>() {
      @Override
      public void onNext(WatchResponse response) {
        responses.add(response);
      }

      @Override
      public void onError(Throwable failure) {}

      @Override
      public void onCompleted() {}
    };
  }

  private static KeyPair keys() throws Exception {
    var generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(256);
    return generator.generateKeyPair();
  }

  private Path privateKey(KeyPair pair) throws IOException {
    return pem("PRIVATE KEY", pair.getPrivate());
  }

  private Path publicKey(KeyPair pair) throws IOException {
    return pem("PUBLIC KEY", pair.getPublic());
  }

  private Path pem(String kind, Key key) throws IOException {
    return Files.writeString(
        Files.createTempFile(directory, "key", ".pem"),
        "-----BEGIN %s-----\n%s\n-----END %s-----\n"
            .formatted(kind, Base64.getMimeEncoder().encodeToString(key.getEncoded()), kind));
  }
}
