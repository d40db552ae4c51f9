package dev.quorate.node.rpc;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.protobuf.ByteString;
import dev.quorate.api.etcd.AuthEnableRequest;
import dev.quorate.api.etcd.AuthGrpc;
import dev.quorate.api.etcd.AuthRoleAddRequest;
import dev.quorate.api.etcd.AuthRoleGrantPermissionRequest;
import dev.quorate.api.etcd.AuthUserAddRequest;
import dev.quorate.api.etcd.AuthUserGrantRoleRequest;
import dev.quorate.api.etcd.AuthenticateRequest;
import dev.quorate.api.etcd.ClusterGrpc;
import dev.quorate.api.etcd.KVGrpc;
import dev.quorate.api.etcd.MaintenanceGrpc;
import dev.quorate.api.etcd.Permission;
import dev.quorate.node.auth.PasswordHashing;
import dev.quorate.node.auth.SimpleTokens;
import dev.quorate.node.auth.Tokens;
import io.grpc.BindableService;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerInterceptors;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** All services of one member, with users and roles; log-ins are cheap here. */
final class SecuredServer implements AutoCloseable {
  private static final KvLimits LIMITS = new KvLimits(3 << 19, 128, 1 << 20, 1, 1, 10_000);
  private static final Metadata.Key<String> TOKEN =
      Metadata.Key.of("token", Metadata.ASCII_STRING_MARSHALLER);

  private final AtomicLong leaseIds = new AtomicLong(1000);
  final SoleMember member = new SoleMember(false);
  private final ReadThreads readThreads = new ReadThreads(LIMITS);
  private final PasswordHashing hashing = new PasswordHashing(PasswordHashing.MIN_COST);
  private final Server server;
  private final ManagedChannel channel;

  SecuredServer() {
    this(new SimpleTokens(Duration.ofMinutes(5)));
  }

  /** One that knows its callers by these tokens. */
  SecuredServer(Tokens tokens) {
    member.logins = tokens;
    var access = AccessControl.with(tokens, false);
    String name = InProcessServerBuilder.generateName();
    var builder = InProcessServerBuilder.forName(name).directExecutor();
    var contests =
        new Contests(member::serving, access, LIMITS, readThreads, leaseIds::incrementAndGet);
    List<BindableService> services =
        List.of(
            new KvService(member::serving, access, LIMITS, readThreads),
            new AuthService(member::serving, access, new Passwords(hashing, tokens)),
            new WatchService(member::serving, access),
            new ClusterService(member::serving, access),
            new MaintenanceService(member::serving, access, "3.6.0", LIMITS, readThreads),
            new LeaseService(
                member::serving, access, LIMITS, readThreads, leaseIds::incrementAndGet),
            new LockService(contests),
            new ElectionService(contests));
    for (var service : services) {
      builder.addService(
          ServerInterceptors.intercept(service, new CallerInterceptor(member::serving, access)));
    }
    try {
      server = builder.build().start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    channel = InProcessChannelBuilder.forName(name).directExecutor().build();
  }

  /** The users root (password "r") and alice ("a"), a role "reader-writer" for alice; enabled. */
  SecuredServer enabled() {
    addUser("root", "r");
    auth().userGrantRole(grant("root", "root"));
    addUser("alice", "a");
    auth().roleAdd(AuthRoleAddRequest.newBuilder().setName("own").build());
    auth().userGrantRole(grant("alice", "own"));
    auth().authEnable(AuthEnableRequest.getDefaultInstance());
    return this;
  }

  void addUser(String name, String password) {
    auth().userAdd(AuthUserAddRequest.newBuilder().setName(name).setPassword(password).build());
  }

  /** Gives alice's role a permission, as root, and logs nobody out. */
  void permit(Permission.Type type, String key, String rangeEnd) {
    var root = AuthGrpc.newBlockingStub(as("root", "r"));
    root.roleGrantPermission(
        AuthRoleGrantPermissionRequest.newBuilder()
            .setName("own")
            .setPerm(permission(type, key, rangeEnd))
            .build());
  }

  static Permission permission(Permission.Type type, String key, String rangeEnd) {
    return Permission.newBuilder()
        .setPermType(type)
        .setKey(ByteString.copyFromUtf8(key))
        .setRangeEnd(ByteString.copyFromUtf8(rangeEnd))
        .build();
  }

  static AuthUserGrantRoleRequest grant(String user, String role) {
    return AuthUserGrantRoleRequest.newBuilder().setUser(user).setRole(role).build();
  }

  String logIn(String user, String password) {
    return auth()
        .authenticate(AuthenticateRequest.newBuilder().setName(user).setPassword(password).build())
        .getToken();
  }

  Channel anonymous() {
    return channel;
  }

  Channel as(String user, String password) {
    return withToken(logIn(user, password));
  }

  Channel withToken(String token) {
    return withHeader(TOKEN, token);
  }

  Channel withHeader(Metadata.Key<String> key, String value) {
    var headers = new Metadata();
    headers.put(key, value);
    return ClientInterceptors.intercept(
        channel, MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  AuthGrpc.AuthBlockingStub auth() {
    return AuthGrpc.newBlockingStub(channel);
  }

  KVGrpc.KVBlockingStub kv(Channel caller) {
    return KVGrpc.newBlockingStub(caller);
  }

  ClusterGrpc.ClusterBlockingStub cluster(Channel caller) {
    return ClusterGrpc.newBlockingStub(caller);
  }

  MaintenanceGrpc.MaintenanceBlockingStub maintenance(Channel caller) {
    return MaintenanceGrpc.newBlockingStub(caller);
  }

  /** Fails with exactly this code and text. */
  static void assertFails(Status expected, ThrowingCallable call) {
    assertThatExceptionOfType(StatusRuntimeException.class)
        .isThrownBy(call)
        .extracting(StatusRuntimeException::getStatus)
        .extracting(Status::getCode, Status::getDescription)
        .containsExactly(expected.getCode(), expected.getDescription());
  }

  @Override
  public void close() {
    channel.shutdownNow();
    server.shutdownNow();
    member.watches.close();
    readThreads.close();
    hashing.close();
  }
}
