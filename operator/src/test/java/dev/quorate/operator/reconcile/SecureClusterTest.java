package dev.quorate.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.crds.Condition;
import dev.quorate.crds.RaftCluster;
import dev.quorate.crds.RaftClusterStatus;
import dev.quorate.operator.certificate.CertificateTimes;
import dev.quorate.operator.observe.MemberConnections;
import dev.quorate.operator.platform.SecretData;
import dev.quorate.operator.secret.MemorySecrets;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Certificates before members, whole passes at a time. */
class SecureClusterTest {
  private static final int MANY_PASSES = 60;

  private final FakeMembers members = new FakeMembers();
  private final FakePlatform platform = new FakePlatform(members);
  private final MemorySecrets secrets = new MemorySecrets();
  private final MemberConnections connections = new MemberConnections(members::dial, _ -> {});
  private Instant now = Instant.parse("2026-01-01T12:00:00Z");
  private final ClusterReconciler reconciler =
      new ClusterReconciler(
          connections, CertificateTimes.DEFAULT, (InstantSource) () -> now, () -> 1L);

  @AfterEach
  void close() {
    connections.close();
    members.close();
  }

  @Test
  void makesCertificatesBeforeMembersAndThenNothingMore() {
    platform.secrets = secrets;
    var cluster = cluster("{}");
    reconciler.reconcile(cluster, platform);
    assertThat(secrets.read("demo-peer-tls")).isNotNull();
    assertThat(platform.running).isEmpty();
    var status = settle(cluster);
    assertThat(status.summary()).isEqualTo("Healthy");
    assertThat(certificates(status).status()).isEqualTo(Condition.Status.TRUE);
    int statusWrites = platform.statusWrites;
    var before = secrets.read("demo-peer-tls");
    now = now.plus(Duration.ofDays(30));
    settle(cluster);
    assertThat(platform.statusWrites).isEqualTo(statusWrites);
    assertThat(secrets.read("demo-peer-tls")).isEqualTo(before);
  }

  @Test
  void makesNoMemberUntilTheProvidedSecretIsThereAndGood() {
    platform.secrets = secrets;
    var cluster = cluster("{mode: Provided, client: {secretRef: {name: web}}}");
    var status = settle(cluster);
    assertThat(status.summary()).isEqualTo("Blocked");
    assertThat(certificates(status).reason()).isEqualTo("SecretMissing");
    assertThat(certificates(status).message()).contains("Secret web (spec.tls.client.secretRef)");
    assertThat(platform.running).isEmpty();

    var good = Objects.requireNonNull(secrets.read("demo-peer-tls"));
    secrets.put("web", good);
    status = settle(cluster);
    assertThat(status.summary()).isEqualTo("Healthy");
    assertThat(certificates(status).reason()).isEqualTo("CertificatesCurrent");

    secrets.put("web", new SecretData(good.entries().headMap("tls.crt"), "9"));
    status = settle(cluster);
    assertThat(certificates(status).reason()).isEqualTo("SecretInvalid");
    assertThat(certificates(status).message()).contains("has no tls.crt: add it, as PEM");
  }

  /** Members that run have what they need, and what helps them needs no Secret. */
  @Test
  void leadershipMovesAwayFromACordonedMachineWhileASecretIsMissing() {
    var cluster = settledWithItsSecret();
    var leader = Objects.requireNonNull(settle(cluster).leader());
    spoilItsSecret();
    assertThat(settle(cluster).summary()).isEqualTo("Blocked");
    platform.onLeavingMachine.add(leader);
    assertThat(settle(cluster).leader()).isNotEqualTo(leader);
  }

  @Test
  void whatIsUnknownIsToldRatherThanWhatIsInTheWay() {
    var cluster = settledWithItsSecret();
    spoilItsSecret();
    platform.running.forEach(member -> members.stop(FakePlatform.peerUrl(member)));
    var status = settle(cluster);
    assertThat(status.summary()).isEqualTo("Unknown");
    assertThat(certificates(status).reason()).isEqualTo("SecretInvalid");
    assertThat(
            status.conditions().stream()
                .filter(condition -> condition.type().equals("Degraded"))
                .map(Condition::status))
        .containsExactly(Condition.Status.UNKNOWN);
  }

  @Test
  void saysWhereThereIsNoPlaceForCertificates() {
    var status = settle(cluster("{}"));
    assertThat(status.summary()).isEqualTo("Blocked");
    assertThat(certificates(status).message()).contains("write tls: {mode: Disabled}");
  }

  @Test
  void secretsThatCannotBeReadAreUnknownAndHoldUpEverythingElse() {
    platform.secrets = secrets;
    secrets.takenByOthers("demo-peer-ca");
    var status = settle(cluster("{}"));
    assertThat(certificates(status).status()).isEqualTo(Condition.Status.UNKNOWN);
    assertThat(certificates(status).reason()).isEqualTo("SecretsUnreadable");
    assertThat(platform.running).isEmpty();
  }

  private RaftCluster settledWithItsSecret() {
    platform.secrets = secrets;
    var cluster = cluster("{mode: Provided, client: {secretRef: {name: web}}}");
    settle(cluster);
    secrets.put("web", Objects.requireNonNull(secrets.read("demo-peer-tls")));
    settle(cluster);
    return cluster;
  }

  private void spoilItsSecret() {
    var good = Objects.requireNonNull(secrets.read("web"));
    secrets.put("web", new SecretData(good.entries().headMap("tls.crt"), "9"));
  }

  private RaftClusterStatus settle(RaftCluster cluster) {
    var outcome = reconciler.reconcile(cluster, platform);
    for (int pass = 0; pass < MANY_PASSES && outcome.lookAgain().isZero(); pass++) {
      outcome = reconciler.reconcile(cluster, platform);
    }
    return outcome.status();
  }

  private static Condition certificates(RaftClusterStatus status) {
    return status.conditions().stream()
        .filter(condition -> condition.type().equals("CertificatesValid"))
        .findFirst()
        .orElseThrow();
  }

  private static RaftCluster cluster(String tls) {
    return Serialization.unmarshal(
        """
        apiVersion: quorate.dev/v1alpha1
        kind: RaftCluster
        metadata: {name: demo, namespace: default, uid: 0-1-2, generation: 1}
        spec: {replicas: 3, storage: {size: 1Gi}, tls: %s}
        """
            .formatted(tls),
        RaftCluster.class);
  }
}
