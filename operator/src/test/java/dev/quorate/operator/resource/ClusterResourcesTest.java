package dev.quorate.operator.resource;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.crds.RaftCluster;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClusterResourcesTest {
  private static final NodeImages IMAGES = new NodeImages("quorate.dev/node", "0.1.0");

  private static final RaftCluster PLAIN =
      cluster(
          """
          replicas: 3
          storage: {size: 10Gi}
          """);

  private static final RaftCluster IN_PLAIN_TEXT =
      cluster("{replicas: 3, storage: {size: 10Gi}, tls: {mode: Disabled}}");

  private static final RaftCluster WITH_EVERYTHING =
      cluster(
          """
          replicas: 5
          image:
            repository: registry.example/quorate/node
            digest: sha256:0000000000000000000000000000000000000000000000000000000000000000
            pullPolicy: Always
            pullSecrets: [{name: credentials}]
          storage: {size: 100Gi, storageClassName: fast}
          resources:
            requests: {cpu: 500m, memory: 1Gi}
            limits: {memory: 1Gi}
          raft: {heartbeatMilliseconds: 50, electionTimeoutMilliseconds: 500}
          deletionPolicy: Delete
          tls:
            mode: Provided
            client: {secretRef: {name: web}, clientAuthentication: Optional}
            peer: {secretRef: {name: peers}}
          podTemplate:
            metadata:
              labels: {team: storage, app.kubernetes.io/instance: not-this}
              annotations: {example.com/note: hello}
            env:
              - {name: JAVA_TOOL_OPTIONS, value: -Xlog:gc}
              - {name: POD_NAME, value: not-this}
          """);

  @Test
  void plainMember() {
    GoldenYaml.assertSame("member.yaml", List.of(StatefulSetFactory.of(PLAIN, "demo-0", IMAGES)));
  }

  @Test
  void memberInPlainText() {
    GoldenYaml.assertSame(
        "member-in-plain-text.yaml",
        List.of(StatefulSetFactory.of(IN_PLAIN_TEXT, "demo-0", IMAGES)));
  }

  @Test
  void memberWithEverythingThatCanBeSaid() {
    GoldenYaml.assertSame(
        "member-with-everything.yaml",
        List.of(StatefulSetFactory.of(WITH_EVERYTHING, "demo-0", IMAGES)));
  }

  @Test
  void sharedObjects() {
    GoldenYaml.assertSame(
        "shared.yaml",
        List.of(
            ServiceFactory.clients(PLAIN),
            ServiceFactory.peers(PLAIN),
            PodDisruptionBudgetFactory.of(PLAIN, 2)));
  }

  @Test
  void versionChoosesTheImageOfTheOperatorsRepository() {
    var named = cluster("{replicas: 1, storage: {size: 1Gi}, version: 0.2.0}");
    assertThat(image(named)).isEqualTo("quorate.dev/node:0.2.0");
    assertThat(image(PLAIN)).isEqualTo("quorate.dev/node:0.1.0");
  }

  @Test
  void theMembersOfAClusterDifferInNothingButTheirName() {
    String first = Serialization.asYaml(StatefulSetFactory.of(PLAIN, "demo-0", IMAGES));
    String second = Serialization.asYaml(StatefulSetFactory.of(PLAIN, "demo-7", IMAGES));
    assertThat(second.replace("demo-7", "demo-0")).isEqualTo(first);
  }

  @Test
  void noVariableOrLabelIsThereTwice() {
    var pod = StatefulSetFactory.of(WITH_EVERYTHING, "demo-0", IMAGES).getSpec().getTemplate();
    assertThat(pod.getSpec().getContainers().getFirst().getEnv())
        .extracting(EnvVar::getName)
        .doesNotHaveDuplicates()
        .contains("JAVA_TOOL_OPTIONS");
    assertThat(pod.getMetadata().getLabels()).containsEntry(Labels.INSTANCE, "demo");
  }

  @Test
  void namesOfAMember() {
    assertThat(Names.peerUrl(PLAIN, "demo-0"))
        .isEqualTo("https://demo-0-0.demo-peers.default.svc:2380");
    assertThat(Names.clientUrl(IN_PLAIN_TEXT, "demo-0"))
        .isEqualTo("http://demo-0-0.demo-peers.default.svc:2379");
    assertThat(TlsNames.endpoint(PLAIN)).isEqualTo("https://demo.default.svc:2379");
    assertThat(Names.volumeClaim("demo-0")).isEqualTo("data-demo-0-0");
    assertThat(Labels.selectorText("demo"))
        .isEqualTo("app.kubernetes.io/instance=demo,app.kubernetes.io/name=quorate-node");
  }

  private static String image(RaftCluster cluster) {
    return StatefulSetFactory.of(cluster, "demo-0", IMAGES)
        .getSpec()
        .getTemplate()
        .getSpec()
        .getContainers()
        .getFirst()
        .getImage();
  }

  private static RaftCluster cluster(String spec) {
    return Serialization.unmarshal(
        """
        apiVersion: quorate.dev/v1alpha1
        kind: RaftCluster
        metadata: {name: demo, namespace: default, uid: 11111111-2222-3333-4444-555555555555}
        spec:
        %s"""
            .formatted(spec.indent(2)),
        RaftCluster.class);
  }
}
