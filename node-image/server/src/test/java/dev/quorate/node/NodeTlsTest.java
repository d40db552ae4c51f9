package dev.quorate.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.quorate.api.etcd.KVGrpc;
import dev.quorate.api.etcd.PutRequest;
import dev.quorate.api.etcd.RangeRequest;
import dev.quorate.node.tls.TestAuthority;
import dev.quorate.node.tls.TestAuthority.Issued;
import io.grpc.ChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettySslContextChannelCredentials;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** TLS on the ports of real nodes: who is served, who is not, and what changes while they run. */
@Timeout(120)
final class NodeTlsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir Path directory;
  private TestAuthority authority;
  private Issued server;

  @BeforeEach
  void issue() {
    authority = new TestAuthority("ca", directory);
    server = authority.issue("server");
  }

  @Test
  void onlyClientsWithAGoodCertificateAreServed() throws Exception {
    var strangers = new TestAuthority("strangers", directory);
    try (var node = node("--trusted-ca-file=" + authority.certificate(), "--client-cert-auth")) {
      put(node, credentials(authority.issue("client")));
      put(node, credentials(authority.issueWithRsa("client-with-rsa")));
      assertRefused(node, TlsChannelCredentials.newBuilder().trustManager(file(authority)).build());
      assertRefused(node, credentials(authority.issueExpired("late")));
      assertRefused(node, credentials(strangers.issue("stranger")));
      assertRefused(node, TlsChannelCredentials.newBuilder().trustManager(file(strangers)).build());
      put(node, credentials(authority.issue("client-again")));
    }
  }

  @Test
  void clientsAreChosenByCommonNameOrByHost() throws Exception {
    var trusted = "--trusted-ca-file=" + authority.certificate();
    try (var node = node(trusted, "--client-cert-allowed-cn=one,two")) {
      put(node, credentials(authority.issue("two")));
      assertRefused(node, credentials(authority.issue("three")));
      put(node, credentials(authority.issueFor("last", "CN=three,CN=one")));
      assertRefused(node, credentials(authority.issueFor("not-last", "CN=one,CN=three")));
      put(node, credentials(authority.issueFor("several", "O=here+CN=one,OU=there")));
    }
    try (var node = node(trusted, "--client-cert-allowed-hostname=three")) {
      put(node, credentials(authority.issue("three")));
      assertRefused(node, credentials(authority.issue("two")));
    }
  }

  @Test
  void revokedCertificatesAreRefused() throws Exception {
    var lost = authority.issue("lost");
    try (var node =
        node(
            "--trusted-ca-file=" + authority.certificate(),
            "--client-crl-file=" + authority.revoke(lost))) {
      assertRefused(node, credentials(lost));
      put(node, credentials(authority.issue("kept")));
    }
  }

  @Test
  void grpcAndHttpShareThePort() throws Exception {
    try (var node = node()) {
      put(node, credentials());
      try (var socket = connect(node.clientPort(), "http/1.1")) {
        assertThat(get(socket, "/health")).startsWith("HTTP/1.1 200 OK").contains("\"true\"");
        assertThat(socket.getApplicationProtocol()).isEqualTo("http/1.1");
      }
      try (var socket = connect(node.clientPort())) {
        assertThat(get(socket, "/version")).startsWith("HTTP/1.1 200 OK");
      }
    }
  }

  /** As curl does: with HTTP/2 it would meet gRPC alone. */
  @Test
  void clientsThatTakeBothSpeakHttp1() throws Exception {
    try (var node = node();
        var socket = connect(node.clientPort(), "h2", "http/1.1")) {
      socket.startHandshake();
      assertThat(socket.getApplicationProtocol()).isEqualTo("http/1.1");
      assertThat(get(socket, "/health")).startsWith("HTTP/1.1 200 OK").contains("\"true\"");
    }
  }

  @Test
  void newConnectionsMeetNewCertificates() throws Exception {
    try (var node = node()) {
      var open = channel(node, credentials());
      try {
        put(KVGrpc.newBlockingStub(open));
        var renewed = authority.issue("server");
        await().atMost(PATIENCE).until(() -> serial(node).equals(renewed.serial()));
        Files.writeString(
            renewed.certificate(),
            Files.readString(renewed.certificate()).replaceFirst("\n.{9}", "\n@@@@@@@@@"));
        // It is looked at once a second; what is good stays in use while the files are not.
        await()
            .during(Duration.ofMillis(2500))
            .atMost(PATIENCE)
            .until(() -> serial(node).equals(renewed.serial()));
        var again = authority.issue("server");
        await().atMost(PATIENCE).until(() -> serial(node).equals(again.serial()));
        put(KVGrpc.newBlockingStub(open));
      } finally {
        open.shutdownNow();
      }
    }
  }

  @Test
  void versionsAreBounded() throws Exception {
    try (var node = node("--tls-min-version=TLS1.3")) {
      put(node, credentials());
      try (var socket = connect(node.clientPort())) {
        socket.setEnabledProtocols(new String[] {"TLSv1.2"});
        assertThatExceptionOfType(SSLException.class).isThrownBy(socket::startHandshake);
      }
    }
    try (var node =
        node(
            "--tls-max-version=TLS1.2",
            "--cipher-suites=TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384")) {
      put(node, credentials());
      try (var socket = connect(node.clientPort())) {
        socket.startHandshake();
        assertThat(socket.getSession().getProtocol()).isEqualTo("TLSv1.2");
        assertThat(socket.getSession().getCipherSuite())
            .isEqualTo("TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384");
      }
    }
  }

  /** A handshake costs the server more than the client: one for each connection, and no more. */
  @Test
  void clientsDoNotBeginHandshakesAnew() throws Exception {
    try (var node = node("--tls-max-version=TLS1.2");
        var socket = connect(node.clientPort(), "http/1.1")) {
      socket.setSoTimeout(Math.toIntExact(PATIENCE.toMillis()));
      socket.startHandshake();
      assertThatExceptionOfType(SSLException.class)
          .isThrownBy(
              () -> {
                socket.startHandshake();
                get(socket, "/health");
              });
    }
  }

  @Test
  void membersBelieveOnlyEachOther() throws Exception {
    var strangers = new TestAuthority("strangers", directory);
    var one = member("one");
    var two = member("two");
    var three = member("three");
    try (one;
        two;
        three) {
      var cluster =
          "--initial-cluster=one=%s,two=%s,three=%s"
              .formatted(one.peerUrl(), two.peerUrl(), three.peerUrl());
      for (TestNode node : List.of(one, two, three)) {
        node.start(secure(server, cluster, "--peer-cert-allowed-cn=server"));
      }
      put(one.kv());
      var _ = three.serving();
      await().atMost(PATIENCE).untilAsserted(() -> assertThat(value(three)).isEqualTo("1"));
      var stranger =
          NettyChannelBuilder.forAddress(
                  "127.0.0.1", one.peerPort(), credentials(strangers.issue("stranger")))
              .build();
      var named =
          NettyChannelBuilder.forAddress(
                  "127.0.0.1", one.peerPort(), credentials(authority.issue("other")))
              .build();
      assertUnavailable(KVGrpc.newBlockingStub(stranger));
      assertUnavailable(KVGrpc.newBlockingStub(named));
      stranger.shutdownNow();
      named.shutdownNow();
    }
  }

  @Test
  void certificatesAreMadeWhenNoneAreGiven() throws Exception {
    var credentials =
        NettySslContextChannelCredentials.create(
            GrpcSslContexts.forClient().trustManager(InsecureTrustManagerFactory.INSTANCE).build());
    var one = new TestNode("one", directory.resolve("one"), "https", credentials);
    var two = new TestNode("two", directory.resolve("two"), "https", credentials);
    try (one;
        two) {
      var cluster = "--initial-cluster=one=%s,two=%s".formatted(one.peerUrl(), two.peerUrl());
      for (TestNode node : List.of(one, two)) {
        node.start("--auto-tls", "--peer-auto-tls", cluster);
      }
      put(one.kv());
      assertThat(value(two)).isEqualTo("1");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "--cert-file, absent.pem, does not exist",
    "--cert-file, server-key.pem, holds no certificate: it must be PEM with BEGIN CERTIFICATE",
    "--key-file, server.pem, holds no private key: it must be PEM with BEGIN ... PRIVATE KEY",
    "--trusted-ca-file, server-key.pem, holds no certificate: it must be PEM with BEGIN CERTIFICATE",
  })
  void badFilesAreNamedAndNothingIsStarted(String flag, String file, String problem) {
    try (var node = new TestNode("one", directory.resolve("data"), "https", credentials())) {
      assertThatExceptionOfType(StartException.class)
          .isThrownBy(() -> node.start(secure(server, flag + "=" + directory.resolve(file))))
          .withMessage(directory.resolve(file) + " " + problem);
      assertThat(directory.resolve("data")).doesNotExist();
    }
  }

  private TestNode node(String... flags) throws Exception {
    var node = new TestNode("one", directory.resolve("one"), "https", credentials());
    node.start(secure(server, flags));
    return node;
  }

  private TestNode member(String name) {
    return new TestNode(name, directory.resolve(name), "https", credentials(server));
  }

  private String[] secure(Issued own, String... more) {
    return Stream.concat(
            Stream.of(
                "--cert-file=" + own.certificate(),
                "--key-file=" + own.key(),
                "--peer-cert-file=" + own.certificate(),
                "--peer-key-file=" + own.key(),
                "--peer-trusted-ca-file=" + authority.certificate(),
                "--peer-client-cert-auth"),
            Stream.of(more))
        .toArray(String[]::new);
  }

  private ChannelCredentials credentials() {
    try {
      return TlsChannelCredentials.newBuilder().trustManager(file(authority)).build();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private ChannelCredentials credentials(Issued issued) {
    try {
      return TlsChannelCredentials.newBuilder()
          .trustManager(file(authority))
          .keyManager(issued.certificate().toFile(), issued.key().toFile())
          .build();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static File file(TestAuthority authority) {
    return authority.certificate().toFile();
  }

  private static ManagedChannel channel(TestNode node, ChannelCredentials credentials) {
    return NettyChannelBuilder.forAddress("127.0.0.1", node.clientPort(), credentials).build();
  }

  private static void put(TestNode node, ChannelCredentials credentials) {
    var channel = channel(node, credentials);
    try {
      put(KVGrpc.newBlockingStub(channel));
    } finally {
      channel.shutdownNow();
    }
  }

  private static void put(KVGrpc.KVBlockingStub kv) {
    await()
        .atMost(PATIENCE)
        .ignoreException(StatusRuntimeException.class)
        .until(
            () ->
                kv.withDeadlineAfter(5, TimeUnit.SECONDS)
                    .put(
                        PutRequest.newBuilder()
                            .setKey(ByteString.copyFromUtf8("a"))
                            .setValue(ByteString.copyFromUtf8("1"))
                            .build())
                    .hasHeader());
  }

  private static String value(TestNode node) {
    var answer =
        node.kv().range(RangeRequest.newBuilder().setKey(ByteString.copyFromUtf8("a")).build());
    return answer.getKvsCount() == 0 ? "" : answer.getKvs(0).getValue().toStringUtf8();
  }

  private static void assertRefused(TestNode node, ChannelCredentials credentials) {
    var channel = channel(node, credentials);
    try {
      assertUnavailable(KVGrpc.newBlockingStub(channel));
    } finally {
      channel.shutdownNow();
    }
  }

  private static void assertUnavailable(KVGrpc.KVBlockingStub kv) {
    var request = RangeRequest.newBuilder().setKey(ByteString.copyFromUtf8("a")).build();
    assertThatExceptionOfType(StatusRuntimeException.class)
        .isThrownBy(() -> kv.withDeadlineAfter(20, TimeUnit.SECONDS).range(request))
        .satisfies(
            failure ->
                assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE));
  }

  private BigInteger serial(TestNode node) throws IOException, GeneralSecurityException {
    try (var socket = connect(node.clientPort())) {
      socket.startHandshake();
      var shown = (X509Certificate) socket.getSession().getPeerCertificates()[0];
      return shown.getSerialNumber();
    }
  }

  private SSLSocket connect(int port, String... protocols)
      throws IOException, GeneralSecurityException {
    var store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    try (var stream = Files.newInputStream(authority.certificate())) {
      store.setCertificateEntry(
          "ca", CertificateFactory.getInstance("X.509").generateCertificate(stream));
    }
    var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    var context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    var socket =
        (SSLSocket) context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port);
    var parameters = socket.getSSLParameters();
    parameters.setApplicationProtocols(protocols);
    socket.setSSLParameters(parameters);
    return socket;
  }

  private static String get(SSLSocket socket, String path) throws IOException {
    var request = "GET %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".formatted(path);
    socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
  }
}
