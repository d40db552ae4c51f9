package dev.quorate.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.quorate.api.etcd.AuthEnableRequest;
import dev.quorate.api.etcd.AuthGrpc;
import dev.quorate.api.etcd.AuthRoleAddRequest;
import dev.quorate.api.etcd.AuthRoleGrantPermissionRequest;
import dev.quorate.api.etcd.AuthUserAddRequest;
import dev.quorate.api.etcd.AuthUserGrantRoleRequest;
import dev.quorate.api.etcd.AuthenticateRequest;
import dev.quorate.api.etcd.KVGrpc;
import dev.quorate.api.etcd.Permission;
import dev.quorate.api.etcd.PutRequest;
import dev.quorate.api.etcd.RangeRequest;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/**
 * Members on real disks and ports with the users root (password "r") and alice ("a"), whose role
 * "own" permits nothing at first.
 */
final class SecuredCluster implements AutoCloseable {
  static final String USER_EMPTY = "INVALID_ARGUMENT: etcdserver: user name is empty";
  static final String DENIED = "PERMISSION_DENIED: etcdserver: permission denied";
  static final String INVALID_TOKEN = "UNAUTHENTICATED: etcdserver: invalid auth token";
  static final String OLD_REVISION = "INVALID_ARGUMENT: etcdserver: revision of auth store is old";

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Metadata.Key<String> TOKEN =
      Metadata.Key.of("token", Metadata.ASCII_STRING_MARSHALLER);
  private static final ClientInterceptor PATIENT =
      new ClientInterceptor() {
        @Override
        public <Q, A> ClientCall<Q, A> interceptCall(
            MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
          return next.newCall(
              method,
              options.withWaitForReady().withDeadlineAfter(PATIENCE.toSeconds(), TimeUnit.SECONDS));
        }
      };

  private final List<TestNode> nodes = new ArrayList<>();

  /** Starts members that form a cluster, and enables auth. */
  SecuredCluster(Path directory, int members, String... flags) throws Exception {
    for (int i = 0; i < members; i++) {
      String name = "m" + i;
      nodes.add(new TestNode(name, directory.resolve(name)));
    }
    try {
      for (int i = 0; i < members; i++) {
        start(i, flags);
      }
      enableAuth();
    } catch (Exception | AssertionError e) {
      close();
      throw e;
    }
  }

  private void start(int index, String... flags) throws Exception {
    var names = new ArrayList<String>();
    for (int i = 0; i < nodes.size(); i++) {
      names.add("m" + i + "=" + nodes.get(i).peerUrl());
    }
    nodes
        .get(index)
        .start(
            Stream.concat(
                    Stream.of("--bcrypt-cost=4", "--initial-cluster=" + String.join(",", names)),
                    Stream.of(flags))
                .toArray(String[]::new));
  }

  /** Ends a member as SIGTERM does, and starts it with these flags; it knows the leader then. */
  void restart(int index, String... flags) throws Exception {
    assertThat(node(index).stop()).isTrue();
    start(index, flags);
    await().atMost(PATIENCE).until(() -> node(index).status().getLeaderId() != 0);
  }

  private void enableAuth() {
    var auth = AuthGrpc.newBlockingStub(anonymous(0));
    await()
        .atMost(PATIENCE)
        .ignoreException(StatusRuntimeException.class)
        .until(() -> KVGrpc.newBlockingStub(anonymous(0)).put(put("first")).hasHeader());
    addUser(auth, "root", "r");
    grant(auth, "root", "root");
    addUser(auth, "alice", "a");
    auth.roleAdd(AuthRoleAddRequest.newBuilder().setName("own").build());
    grant(auth, "alice", "own");
    auth.authEnable(AuthEnableRequest.getDefaultInstance());
  }

  private static void addUser(AuthGrpc.AuthBlockingStub auth, String name, String password) {
    auth.userAdd(AuthUserAddRequest.newBuilder().setName(name).setPassword(password).build());
  }

  private static void grant(AuthGrpc.AuthBlockingStub auth, String user, String role) {
    auth.userGrantRole(AuthUserGrantRoleRequest.newBuilder().setUser(user).setRole(role).build());
  }

  TestNode node(int index) {
    return nodes.get(index);
  }

  int size() {
    return nodes.size();
  }

  /** A member that does not lead. */
  int follower() {
    await().atMost(PATIENCE).until(() -> nodes.getFirst().status().getLeaderId() != 0);
    var first = nodes.getFirst().status();
    return first.getLeaderId() == first.getMemberId() ? 1 : 0;
  }

  Channel anonymous(int index) {
    return ClientInterceptors.intercept(nodes.get(index).clients(), PATIENT);
  }

  Channel withToken(int index, String token) {
    var headers = new Metadata();
    headers.put(TOKEN, token);
    return ClientInterceptors.intercept(
        anonymous(index), MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  String logIn(int index, String user, String password) {
    return AuthGrpc.newBlockingStub(anonymous(index))
        .authenticate(AuthenticateRequest.newBuilder().setName(user).setPassword(password).build())
        .getToken();
  }

  AuthGrpc.AuthBlockingStub root() {
    return AuthGrpc.newBlockingStub(withToken(0, logIn(0, "root", "r")));
  }

  /** Gives alice's role a permission. */
  void permit(Permission.Type type, String key, String rangeEnd) {
    var permission =
        Permission.newBuilder()
            .setPermType(type)
            .setKey(bytes(key))
            .setRangeEnd(bytes(rangeEnd))
            .build();
    root()
        .roleGrantPermission(
            AuthRoleGrantPermissionRequest.newBuilder().setName("own").setPerm(permission).build());
  }

  static PutRequest put(String key) {
    return PutRequest.newBuilder().setKey(bytes(key)).build();
  }

  static RangeRequest range(String key) {
    return RangeRequest.newBuilder().setKey(bytes(key)).build();
  }

  static ByteString bytes(String text) {
    return ByteString.copyFromUtf8(text);
  }

  /** Fails with this code and text, written as {@code CODE: text}. */
  static void assertFails(String expected, ThrowingCallable call) {
    assertThatExceptionOfType(StatusRuntimeException.class)
        .isThrownBy(call)
        .satisfies(failure -> assertThatStatus(failure.getStatus(), expected));
  }

  private static void assertThatStatus(Status status, String expected) {
    assertThat(status.getCode() + ": " + status.getDescription()).isEqualTo(expected);
  }

  @Override
  public void close() {
    nodes.forEach(TestNode::close);
  }
}
