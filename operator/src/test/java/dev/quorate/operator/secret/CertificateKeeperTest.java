package dev.quorate.operator.secret;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.quorate.crds.RaftCluster;
import dev.quorate.operator.certificate.CertificateReport;
import dev.quorate.operator.certificate.CertificateReport.State;
import dev.quorate.operator.certificate.CertificateTimes;
import dev.quorate.operator.platform.PlatformException;
import dev.quorate.operator.platform.SecretData;
import dev.quorate.operator.x509.CertificateMaker;
import dev.quorate.operator.x509.CertificateRequest;
import dev.quorate.operator.x509.KeyPairPem;
import dev.quorate.operator.x509.PemReader;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What is in the Secrets after a pass, with real keys. */
class CertificateKeeperTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final CertificateMaker MAKER = new CertificateMaker(new SecureRandom());

  private final MemorySecrets secrets = new MemorySecrets();
  private final CertificateKeeper keeper = new CertificateKeeper(MAKER, CertificateTimes.DEFAULT);
  private RaftCluster cluster = cluster("{}");

  @Test
  void makesTwoAuthoritiesAndWhatTheySign() throws Exception {
    var report = keep(START);
    assertThat(report.state()).isEqualTo(State.CURRENT);
    assertThat(secrets.held.keySet())
        .containsExactly(
            "demo-client-ca",
            "demo-client-tls",
            "demo-operator-tls",
            "demo-peer-ca",
            "demo-peer-tls",
            "demo-server-tls");
    assertThat(PemReader.hosts(certificate("demo-peer-tls")))
        .containsExactlyInAnyOrder("*.demo-peers.default.svc", "localhost", "127.0.0.1");
    assertThat(certificate("demo-operator-tls").getSubjectX500Principal().getName())
        .isEqualTo("CN=quorate-operator");
    assertThat(PemReader.hosts(certificate("demo-operator-tls"))).isEmpty();
    for (var leaf : List.of("demo-peer-tls", "demo-operator-tls")) {
      assertThat(PemReader.signed(certificate("demo-peer-ca"), certificate(leaf))).isTrue();
      assertThat(PemReader.signed(certificate("demo-client-ca"), certificate(leaf))).isFalse();
    }
    for (var leaf : List.of("demo-server-tls", "demo-client-tls")) {
      assertThat(PemReader.signed(certificate("demo-client-ca"), certificate(leaf))).isTrue();
      var data = held(leaf);
      assertThat(data.text("ca.crt")).isEqualTo(held("demo-client-ca").text("tls.crt"));
      assertThat(PemReader.belongTogether(PemReader.key(data.text("tls.key")), certificate(leaf)))
          .isTrue();
    }
  }

  @Test
  void writesNothingWhileNothingIsDue() {
    keep(START);
    int writes = secrets.writes;
    var report = keep(START.plus(Duration.ofDays(59)));
    assertThat(secrets.writes).isEqualTo(writes);
    assertThat(report.lookAgain()).isEqualTo(Duration.ofDays(1));
  }

  @Test
  void renewsCertificatesAfterTwoThirdsOfTheirLife() throws Exception {
    keep(START);
    var before = certificate("demo-peer-tls");
    var authority = held("demo-peer-ca");
    keep(START.plus(Duration.ofDays(60)));
    assertThat(certificate("demo-peer-tls")).isNotEqualTo(before);
    assertThat(certificate("demo-peer-tls").getNotAfter().toInstant())
        .isEqualTo(START.plus(Duration.ofDays(150)));
    assertThat(held("demo-peer-ca")).isEqualTo(authority);
  }

  @Test
  void replacesADeletedAuthorityWithoutForgettingTheOldOne() throws Exception {
    keep(START);
    var old = certificate("demo-client-ca");
    secrets.held.remove("demo-client-ca");
    var report = keep(START.plusSeconds(60));
    assertThat(report.state()).isEqualTo(State.ROTATING);
    assertThat(report.message())
        .contains("demo-client-ca is being replaced; waiting for clients to read");
    assertThat(believed("demo-server-tls")).hasSize(2).contains(old);
    assertThat(PemReader.signed(old, certificate("demo-server-tls"))).isTrue();

    var promoted = START.plusSeconds(60).plus(Duration.ofHours(24));
    keep(promoted);
    assertThat(PemReader.signed(old, certificate("demo-server-tls"))).isFalse();
    assertThat(believed("demo-client-tls")).hasSize(2).contains(old);

    assertThat(keep(promoted.plus(Duration.ofHours(24))).state()).isEqualTo(State.CURRENT);
    assertThat(believed("demo-client-tls"))
        .containsExactly(certificate("demo-client-ca"))
        .doesNotContain(old);
    assertThat(held("demo-client-ca").entries().keySet()).containsExactly("tls.crt", "tls.key");
  }

  @Test
  void touchesNothingWhileThatIsNotWanted() {
    keep(START);
    int writes = secrets.writes;
    var late = START.plus(Duration.ofDays(91));
    var report = keeper.keep(cluster, secrets, UnseenCluster.demo(), false, late);
    assertThat(report.state()).isEqualTo(State.EXPIRED);
    assertThat(report.message()).contains("spec.paused: false");
    assertThat(secrets.writes).isEqualTo(writes);
    assertThat(keep(late).state()).isEqualTo(State.CURRENT);
  }

  @Test
  void doesNotTakeOverWhatSomebodyElsePutThere() {
    secrets.ofOthers.add("demo-peer-ca");
    assertThatExceptionOfType(PlatformException.class).isThrownBy(() -> keep(START));
    assertThat(secrets.writes).isZero();
  }

  @Test
  void whatCannotBeReadIsNamedWithACure() {
    keep(START);
    secrets.held.put("demo-peer-ca", data("tls.crt", "rubbish"));
    assertThatExceptionOfType(PlatformException.class)
        .isThrownBy(() -> keep(START))
        .withMessageContaining("Secret demo-peer-ca holds no certificate")
        .withMessageContaining("delete it");
  }

  @Test
  void looksAtProvidedSecretsAndNamesWhatIsWrong() throws Exception {
    cluster =
        cluster("{mode: Provided, client: {secretRef: {name: web}}, peer: {secretRef: {name: p}}}");
    assertThat(keep(START).state()).isEqualTo(State.SECRET_MISSING);
    assertThat(keep(START).message())
        .contains("Secret web (spec.tls.client.secretRef) does not exist: make it with tls.crt");

    var authority = MAKER.authority("company", START, Duration.ofDays(365));
    secrets.held.put("web", issued(authority, "web.example"));
    secrets.held.put("p", issued(authority, "elsewhere.example"));
    var report = keep(START);
    assertThat(report.state()).isEqualTo(State.SECRET_INVALID);
    assertThat(report.message())
        .contains("Secret p (spec.tls.peer.secretRef)")
        .contains("without the DNS name *.demo-peers.default.svc");

    secrets.held.put("p", issued(authority, "*.demo-peers.default.svc"));
    assertThat(keep(START).state()).isEqualTo(State.CURRENT);
    assertThat(secrets.held.keySet())
        .containsExactly("demo-operator-tls", "demo-peer-ca", "p", "web");
    var access = Objects.requireNonNull(keeper.access(cluster, secrets));
    assertThat(access.believed()).isEqualTo(authority.certificate());
    assertThat(access.certificate()).isEqualTo(held("demo-operator-tls").text("tls.crt"));

    var mixed = new TreeMap<>(held("web").entries());
    mixed.put("tls.key", held("p").text("tls.key"));
    secrets.held.put("web", new SecretData(mixed, "x"));
    assertThat(keep(START).message()).contains("is not the key of tls.crt");
    mixed.remove("ca.crt");
    secrets.held.put("web", new SecretData(mixed, "y"));
    assertThat(keep(START).message()).contains("has no ca.crt: add it");
    secrets.held.put("web", issued(authority, "web.example"));
    assertThat(keep(START.plus(Duration.ofDays(31))).state()).isEqualTo(State.EXPIRED);
  }

  @Test
  void membersOfAProvidedClusterMayHaveTheOperatorsCertificates() {
    cluster = cluster("{mode: Provided, client: {secretRef: {name: web}}}");
    keep(START);
    assertThat(secrets.held.keySet())
        .containsExactly("demo-operator-tls", "demo-peer-ca", "demo-peer-tls");
  }

  @Test
  void withoutTlsThereIsNothingToKeep() {
    cluster = cluster("{mode: Disabled}");
    assertThat(keep(START).state()).isEqualTo(State.DISABLED);
    assertThat(secrets.writes).isZero();
    assertThat(keeper.access(cluster, secrets)).isNull();
  }

  private CertificateReport keep(Instant now) {
    return keeper.keep(cluster, secrets, UnseenCluster.demo(), true, now);
  }

  private static SecretData issued(KeyPairPem authority, String host) throws Exception {
    var pair =
        MAKER.issue(
            new CertificateRequest("given", List.of(host), true, true),
            authority,
            START,
            Duration.ofDays(30));
    var entries = new TreeMap<String, String>();
    entries.put("tls.crt", pair.certificate());
    entries.put("tls.key", pair.key());
    entries.put("ca.crt", authority.certificate());
    return new SecretData(entries, "1");
  }

  private static SecretData data(String key, String text) {
    var entries = new TreeMap<String, String>();
    entries.put(key, text);
    return new SecretData(entries, "1");
  }

  private SecretData held(String name) {
    return Objects.requireNonNull(secrets.held.get(name), name);
  }

  private X509Certificate certificate(String name) throws Exception {
    return PemReader.certificates(held(name).text("tls.crt")).getFirst();
  }

  private List<X509Certificate> believed(String name) throws Exception {
    return PemReader.certificates(held(name).text("ca.crt"));
  }

  private static RaftCluster cluster(String tls) {
    return Serialization.unmarshal(
        """
        apiVersion: quorate.dev/v1alpha1
        kind: RaftCluster
        metadata: {name: demo, namespace: default, uid: u-1}
        spec: {replicas: 3, storage: {size: 1Gi}, tls: %s}
        """
            .formatted(tls),
        RaftCluster.class);
  }
}
