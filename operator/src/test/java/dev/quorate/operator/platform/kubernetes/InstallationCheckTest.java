package dev.quorate.operator.platform.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class InstallationCheckTest {
  private static final Instant NOW = Instant.parse("2026-11-30T08:00:00Z");

  private final FakeApiServer server;
  private final KubernetesClient client;

  InstallationCheckTest() throws IOException {
    server = new FakeApiServer();
    client = server.client();
  }

  @BeforeEach
  void lead() {
    heldSince("2026-11-30T07:59:55.000000Z");
  }

  @AfterEach
  void close() {
    client.close();
    server.close();
  }

  private void heldSince(String time) {
    server.lease =
        """
        {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease",
         "metadata": {"name": "quorate-operator", "namespace": "operators"},
         "spec": {"holderIdentity": "pod-a_1", "renewTime": "%s"}}
        """
            .formatted(time);
  }

  private InstallationCheck check(String... namespaces) {
    return new InstallationCheck(client, InstantSource.fixed(NOW), Set.of(namespaces), "operators");
  }

  @Test
  void allIsWell() {
    assertThat(check().mistakes()).isEmpty();
    assertThat(check().limits()).isEmpty();
    assertThat(check().leaderless()).isEmpty();
  }

  @Test
  void namesEveryRightThatIsMissing() {
    server.forbidden.add("services");
    assertThat(check().mistakes())
        .hasSize(5)
        .contains("the service account may not patch services: bind it to a role that may");
  }

  @Test
  void namesTheNamespaceInWhichARightIsMissing() {
    server.forbidden.add("raftclusters/team-b");
    assertThat(check("team-a", "team-b").mistakes())
        .contains(
            "the service account may not patch raftclusters/status.quorate.dev in namespace"
                + " team-b: bind it to a role that may")
        .noneMatch(mistake -> mistake.contains("team-a"));
  }

  @Test
  void saysThatTheDefinitionIsMissing() {
    server.knowsRaftCluster = false;
    assertThat(check().mistakes())
        .singleElement()
        .asString()
        .contains("does not know RaftCluster", "apply the custom resource definition");
  }

  @Test
  void doesWithoutMachinesAndSaysWhatIsNotSeen() {
    assertThat(MachineAccess.granted(client)).isTrue();
    server.forbidden.add("nodes");
    assertThat(MachineAccess.granted(client)).isFalse();
    assertThat(check().mistakes()).isEmpty();
    assertThat(check().limits())
        .singleElement()
        .asString()
        .contains("nodes cannot be read", "rbac.readNodes=true");
  }

  @Test
  void saysThatNobodyLeadsOrNoMore() {
    server.lease = "";
    assertThat(check().leaderless())
        .containsExactly(
            "nobody holds the lease operators/quorate-operator: see the logs of the operator's"
                + " pods");
    heldSince("2026-11-30T07:59:00.000000Z");
    assertThat(check().leaderless())
        .singleElement()
        .asString()
        .contains("was not renewed since", "pod-a_1");
  }
}
