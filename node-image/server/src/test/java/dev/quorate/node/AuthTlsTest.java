package dev.quorate.node;

import static dev.quorate.node.SecuredCluster.DENIED;
import static dev.quorate.node.SecuredCluster.INVALID_TOKEN;
import static dev.quorate.node.SecuredCluster.USER_EMPTY;
import static dev.quorate.node.SecuredCluster.assertFails;
import static dev.quorate.node.SecuredCluster.bytes;
import static dev.quorate.node.SecuredCluster.put;
import static dev.quorate.node.SecuredCluster.range;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.quorate.api.etcd.AuthEnableRequest;
import dev.quorate.api.etcd.AuthGrpc;
import dev.quorate.api.etcd.AuthRoleAddRequest;
import dev.quorate.api.etcd.AuthRoleGrantPermissionRequest;
import dev.quorate.api.etcd.AuthUserAddRequest;
import dev.quorate.api.etcd.AuthUserGrantRoleRequest;
import dev.quorate.api.etcd.AuthUserListRequest;
import dev.quorate.api.etcd.KVGrpc;
import dev.quorate.api.etcd.LeaseGrantRequest;
import dev.quorate.api.etcd.LeaseGrpc;
import dev.quorate.api.etcd.Permission;
import dev.quorate.api.etcd.RangeRequest;
import dev.quorate.api.etcd.UserAddOptions;
import dev.quorate.api.etcd.WatchCreateRequest;
import dev.quorate.api.etcd.WatchGrpc;
import dev.quorate.api.etcd.WatchRequest;
import dev.quorate.api.etcd.WatchResponse;
import dev.quorate.api.lock.LockGrpc;
import dev.quorate.api.lock.LockRequest;
import dev.quorate.api.lock.UnlockRequest;
import dev.quorate.node.tls.TestAuthority;
import dev.quorate.node.tls.TestAuthority.Issued;
import io.grpc.Channel;
import io.grpc.ChannelCredentials;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Certificates as names of users, through real TLS handshakes. */
@Timeout(120)
final class AuthTlsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String NO_PASSWORD = "";

  @TempDir Path directory;
  private final List<ManagedChannel> channels = new ArrayList<>();
  private TestAuthority authority;
  private TestNode node;

  @BeforeEach
  void prepare() throws Exception {
    authority = new TestAuthority("ca", directory);
    node = new TestNode("one", directory.resolve("one"), "https", credentials(issue("probe")));
  }

  @AfterEach
  void stop() {
    channels.forEach(ManagedChannel::shutdownNow);
    node.close();
  }

  @Test
  void theCommonNameOfACertificateIsItsUser() throws Exception {
    start();
    enableAuth();
    var root = as("root");
    var alice = as("alice");
    KVGrpc.newBlockingStub(root).put(put("secret"));
    var users = AuthGrpc.newBlockingStub(root).userList(AuthUserListRequest.getDefaultInstance());
    assertThat(users.getUsersList()).containsExactly("alice", "bob", "root");
    var kv = KVGrpc.newBlockingStub(alice);
    kv.put(put("a"));
    assertThat(kv.range(range("a")).getCount()).isEqualTo(1);
    assertFails(DENIED, () -> kv.put(put("secret")));
    assertFails(DENIED, () -> kv.range(range("secret")));
    assertThat(watch(alice, "a")).isEmpty();
    assertThat(watch(alice, "secret")).isEqualTo("etcdserver: permission denied");
    LeaseGrpc.newBlockingStub(alice)
        .leaseGrant(LeaseGrantRequest.newBuilder().setID(5).setTTL(60).build());
    assertFails(DENIED, () -> KVGrpc.newBlockingStub(as("stranger")).range(range("a")));
    assertFails(
        INVALID_TOKEN, () -> KVGrpc.newBlockingStub(with(root, "token", "x")).range(range("a")));
    assertFails(
        USER_EMPTY,
        () ->
            KVGrpc.newBlockingStub(with(root, "grpcgateway-accept", "*/*")).range(range("secret")));
  }

  /** etcd's gateway showed its own certificate for its clients; ours shows none of anybody. */
  @Test
  void theGatewayTakesNobodysCertificateForAUser() throws Exception {
    start();
    enableAuth();
    try (var client = http(issue("root"))) {
      var refused = post(client, "/v3/kv/range", "{\"key\":\"YQ==\"}");
      assertThat(refused.statusCode()).isEqualTo(400);
      assertThat(refused.body()).contains("etcdserver: user name is empty");
      assertThat(post(client, "/v3/auth/user/list", "{}").statusCode()).isEqualTo(400);
      assertThat(post(client, "/v3/maintenance/status", "{}").statusCode()).isEqualTo(400);
      var token =
          post(client, "/v3/auth/authenticate", "{\"name\":\"bob\",\"password\":\"b\"}").body();
      token = token.replaceAll(".*\"token\":\"([^\"]+)\".*", "$1");
      var served = post(client, "/v3/kv/range", "{\"key\":\"YQ==\"}", "Authorization", token);
      assertThat(served.statusCode()).as(served.body()).isEqualTo(200);
    }
  }

  @Test
  void aCallThatWaitsWhileAuthIsEnabledIsStillItsUsers() throws Exception {
    start();
    addUsers();
    var first = LockGrpc.newBlockingStub(as("root"));
    var held = first.lock(LockRequest.newBuilder().setName(bytes("l")).build()).getKey();
    var second =
        LockGrpc.newFutureStub(as("root"))
            .lock(LockRequest.newBuilder().setName(bytes("l")).build());
    var all = RangeRequest.newBuilder().setKey(bytes("l/")).setRangeEnd(bytes("l0")).build();
    var kv = KVGrpc.newBlockingStub(as("root"));
    await().atMost(PATIENCE).until(() -> kv.range(all).getCount() == 2);
    AuthGrpc.newBlockingStub(as("root")).authEnable(AuthEnableRequest.getDefaultInstance());
    first.unlock(UnlockRequest.newBuilder().setKey(held).build());
    assertThat(second.get(30, TimeUnit.SECONDS).getKey()).isNotEqualTo(held);
  }

  /** From the advisories: a revoked certificate came in by the port that serves HTTP alone. */
  @Test
  void revokedCertificatesAreRefusedOnThePortForHttpToo() throws Exception {
    var lost = issue("root");
    try (var port = new ReservedPort();
        var stolen = http(lost);
        var kept = http(issue("kept"))) {
      String url = "https://127.0.0.1:" + port.number();
      start("--listen-client-http-urls=" + url, "--client-crl-file=" + authority.revoke(lost));
      var request = HttpRequest.newBuilder(URI.create(url + "/health")).build();
      assertThat(kept.send(request, HttpResponse.BodyHandlers.ofString()).statusCode())
          .isEqualTo(200);
      assertThatExceptionOfType(IOException.class)
          .isThrownBy(() -> stolen.send(request, HttpResponse.BodyHandlers.ofString()));
    }
  }

  private void start(String... more) throws Exception {
    var server = issue("server");
    node.start(
        Stream.concat(
                Stream.of(
                    "--bcrypt-cost=4",
                    "--cert-file=" + server.certificate(),
                    "--key-file=" + server.key(),
                    "--peer-cert-file=" + server.certificate(),
                    "--peer-key-file=" + server.key(),
                    "--peer-trusted-ca-file=" + authority.certificate(),
                    "--trusted-ca-file=" + authority.certificate(),
                    "--client-cert-auth"),
                Stream.of(more))
            .toArray(String[]::new));
    await()
        .atMost(PATIENCE)
        .ignoreException(StatusRuntimeException.class)
        .until(() -> node.kv().put(put("first")).hasHeader());
  }

  private void enableAuth() throws Exception {
    addUsers();
    AuthGrpc.newBlockingStub(as("root")).authEnable(AuthEnableRequest.getDefaultInstance());
  }

  /** Root and alice, who only have certificates, and bob, who has a password and root's role. */
  private void addUsers() throws Exception {
    var auth = AuthGrpc.newBlockingStub(as("anybody"));
    addUser(auth, "root", NO_PASSWORD, "root");
    addUser(auth, "bob", "b", "root");
    auth.roleAdd(AuthRoleAddRequest.newBuilder().setName("own").build());
    auth.roleGrantPermission(
        AuthRoleGrantPermissionRequest.newBuilder()
            .setName("own")
            .setPerm(
                Permission.newBuilder().setPermType(Permission.Type.READWRITE).setKey(bytes("a")))
            .build());
    addUser(auth, "alice", NO_PASSWORD, "own");
  }

  private static void addUser(
      AuthGrpc.AuthBlockingStub auth, String name, String password, String role) {
    auth.userAdd(
        AuthUserAddRequest.newBuilder()
            .setName(name)
            .setPassword(password)
            .setOptions(UserAddOptions.newBuilder().setNoPassword(password.equals(NO_PASSWORD)))
            .build());
    auth.userGrantRole(AuthUserGrantRoleRequest.newBuilder().setUser(name).setRole(role).build());
  }

  private Issued issue(String commonName) {
    return authority.issue(commonName);
  }

  private Channel as(String commonName) throws IOException {
    var channel =
        NettyChannelBuilder.forAddress(
                "127.0.0.1", node.clientPort(), credentials(issue(commonName)))
            .build();
    channels.add(channel);
    return channel;
  }

  private static Channel with(Channel channel, String name, String value) {
    var headers = new Metadata();
    headers.put(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER), value);
    return ClientInterceptors.intercept(
        channel, MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  private ChannelCredentials credentials(Issued issued) throws IOException {
    return TlsChannelCredentials.newBuilder()
        .trustManager(authority.certificate().toFile())
        .keyManager(issued.certificate().toFile(), issued.key().toFile())
        .build();
  }

  /** Why a watch is refused; empty if it is not. */
  private static String watch(Channel channel, String key) {
    var first = new CompletableFuture<WatchResponse>();
    var requests =
        WatchGrpc.newStub(channel)
            .watch(
                new StreamObserver<>() {
                  @Override
                  public void onNext(WatchResponse response) {
                    first.complete(response);
                  }

                  @Override
                  public void onError(Throwable failure) {
                    first.completeExceptionally(failure);
                  }

                  @Override
                  public void onCompleted() {}
                });
    var create = WatchCreateRequest.newBuilder().setKey(bytes(key));
    requests.onNext(WatchRequest.newBuilder().setCreateRequest(create).build());
    return first.orTimeout(30, TimeUnit.SECONDS).join().getCancelReason();
  }

  private HttpResponse<String> post(HttpClient client, String path, String body, String... headers)
      throws IOException, InterruptedException {
    var request =
        HttpRequest.newBuilder(URI.create(node.clientUrl() + path))
            .POST(HttpRequest.BodyPublishers.ofString(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private HttpClient http(Issued issued) throws Exception {
    var keys = KeyStore.getInstance("PKCS12");
    keys.load(null, null);
    var key =
        Base64.getMimeDecoder()
            .decode(Files.readString(issued.key()).replaceAll("-----[A-Z ]+-----", ""));
    keys.setKeyEntry(
        "own",
        KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(key)),
        new char[0],
        new Certificate[] {certificate(issued.certificate())});
    var trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("ca", certificate(authority.certificate()));
    var own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    own.init(keys, new char[0]);
    var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    var context = SSLContext.getInstance("TLS");
    context.init(own.getKeyManagers(), trust.getTrustManagers(), null);
    return HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).sslContext(context).build();
  }

  private static Certificate certificate(Path file) throws Exception {
    try (var stream = Files.newInputStream(file)) {
      return CertificateFactory.getInstance("X.509").generateCertificate(stream);
    }
  }
}
