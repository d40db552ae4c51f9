package dev.quorate.operator.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.quorate.api.admin.AdminGrpc;
import dev.quorate.api.admin.NodeStatus;
import dev.quorate.api.admin.NodeStatusRequest;
import dev.quorate.crds.RaftCluster;
import dev.quorate.operator.certificate.CertificateTimes;
import dev.quorate.operator.platform.AdminAccess;
import dev.quorate.operator.platform.ClusterKey;
import dev.quorate.operator.platform.SecretData;
import dev.quorate.operator.secret.CertificateKeeper;
import dev.quorate.operator.secret.MemorySecrets;
import dev.quorate.operator.secret.UnseenCluster;
import dev.quorate.operator.x509.CertificateMaker;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.grpc.Grpc;
import io.grpc.Server;
import io.grpc.TlsServerCredentials;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The operator at the port of a member, both with the certificates that were made for them. */
class SecureConnectionTest {
  private static final RaftCluster CLUSTER =
      Serialization.unmarshal(
          """
          apiVersion: quorate.dev/v1alpha1
          kind: RaftCluster
          metadata: {name: demo, namespace: default, uid: u-1}
          spec: {replicas: 1, storage: {size: 1Gi}}
          """,
          RaftCluster.class);

  private static final ClusterKey KEY = ClusterKey.of(CLUSTER);

  private final CertificateKeeper keeper =
      new CertificateKeeper(new CertificateMaker(new SecureRandom()), CertificateTimes.DEFAULT);

  private final MemberConnections connections = new MemberConnections(_ -> {});

  @AfterEach
  void close() {
    connections.close();
  }

  @Test
  void isGoodForTheOperatorOfThisClusterAlone() throws Exception {
    var ours = new MemorySecrets();
    var others = new MemorySecrets();
    var access = accessAfterMaking(ours);
    var stranger = accessAfterMaking(others);
    var server = member(Objects.requireNonNull(ours.read("demo-peer-tls")));
    try {
      var url = "https://localhost:" + server.getPort();
      connections.use(KEY, access);
      awaitAnswer(url);
      connections.use(KEY, stranger);
      assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> name(url));
      connections.use(
          KEY, new AdminAccess(access.believed(), stranger.certificate(), stranger.key()));
      assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> name(url));
      connections.use(KEY, access);
      awaitAnswer(url);
    } finally {
      server.shutdownNow();
    }
  }

  @Test
  void isMadeAnewOnlyWhenCertificatesChanged() {
    var access = accessAfterMaking(new MemorySecrets());
    connections.use(KEY, access);
    var client = connections.client(KEY, "https://localhost:1");
    connections.use(KEY, new AdminAccess(access.believed(), access.certificate(), access.key()));
    assertThat(connections.client(KEY, "https://localhost:1")).isSameAs(client);
    connections.use(KEY, accessAfterMaking(new MemorySecrets()));
    assertThat(connections.client(KEY, "https://localhost:1")).isNotSameAs(client);
  }

  /** A member has a second to answer, and a busy machine may need more for a first connection. */
  private void awaitAnswer(String url) {
    await()
        .atMost(Duration.ofSeconds(60))
        .ignoreExceptions()
        .until(() -> name(url).equals("demo-0"));
  }

  private String name(String url) throws ExecutionException, InterruptedException {
    return connections.client(KEY, url).status().get().getName();
  }

  private AdminAccess accessAfterMaking(MemorySecrets secrets) {
    var _ =
        keeper.keep(CLUSTER, secrets, UnseenCluster.demo(), true, InstantSource.system().instant());
    return Objects.requireNonNull(keeper.access(CLUSTER, secrets));
  }

  private static Server member(SecretData shown) throws Exception {
    var credentials =
        TlsServerCredentials.newBuilder()
            .keyManager(stream(shown, SecretData.CERTIFICATE), stream(shown, SecretData.KEY))
            .trustManager(stream(shown, SecretData.BELIEVED))
            .clientAuth(TlsServerCredentials.ClientAuth.REQUIRE)
            .build();
    return Grpc.newServerBuilderForPort(0, credentials)
        .addService(
            new AdminGrpc.AdminImplBase() {
              @Override
              public void status(NodeStatusRequest request, StreamObserver<NodeStatus> client) {
                client.onNext(NodeStatus.newBuilder().setName("demo-0").build());
                client.onCompleted();
              }
            })
        .build()
        .start();
  }

  private static InputStream stream(SecretData data, String entry) {
    return new ByteArrayInputStream(data.text(entry).getBytes(StandardCharsets.US_ASCII));
  }
}
