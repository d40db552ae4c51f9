package dev.quorate.charts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What of the spec is allowed is the custom resource's, see {@link GeneratedFilesTest}. */
class ClusterChartTest {
  private static JsonNode cluster(Map<String, Object> values) {
    return one(Chart.CLUSTER.render(values), "RaftCluster");
  }

  private static JsonNode one(List<JsonNode> objects, String kind) {
    var found = objects.stream().filter(object -> Yaml.kind(object).equals(kind)).toList();
    assertThat(found).as(kind).hasSize(1);
    return found.getFirst();
  }

  @Test
  void isAcceptedByLint() {
    assertThat(Chart.CLUSTER.lint()).isEmpty();
  }

  @Test
  void asksForThreeMembersWhoseVolumesAreKept() {
    var cluster = cluster(Map.of());
    assertThat(Yaml.name(cluster)).isEqualTo("demo");
    assertThat(cluster.at("/metadata/namespace").asText()).isEqualTo("team-a");
    assertThat(cluster.path("spec"))
        .isEqualTo(Yaml.parse("{replicas: 3, storage: {size: 10Gi}, deletionPolicy: Retain}"));
  }

  @Test
  void passesEveryFieldOnAsItIs() {
    var spec =
        cluster(
                Map.of(
                    "replicas", 5,
                    "version", "0.2.0",
                    "storage.size", "20Gi",
                    "storage.storageClassName", "fast",
                    "raft.electionTimeoutMilliseconds", 50_000,
                    "resources.limits.memory", "1Gi",
                    "podTemplate.env[0].name", "LANG",
                    "podTemplate.env[0].value", "C",
                    "paused", true,
                    "deletionPolicy", "Delete"))
            .path("spec");
    assertThat(spec)
        .isEqualTo(
            Yaml.parse(
                """
                replicas: 5
                version: 0.2.0
                storage: {size: 20Gi, storageClassName: fast}
                raft: {electionTimeoutMilliseconds: 50000}
                resources: {limits: {memory: 1Gi}}
                podTemplate: {env: [{name: LANG, value: C}]}
                paused: true
                deletionPolicy: Delete
                """));
  }

  @ParameterizedTest
  @CsvSource({
    "replicas, 10, replicas",
    "replicas, three, replicas",
    "replica, 3, replica",
    "storage.size, banana, storage/size",
    "storage.class, fast, storage",
    "deletionPolicy, Keep, deletionPolicy",
    "raft.heartbeatMilliseconds, 1, raft/heartbeatMilliseconds",
    "image.digest, abc, image",
    "networkPolicy.enable, true, networkPolicy",
    "fullnameOverride, Demo_1, fullnameOverride"
  })
  void refusesAMistakeAndNamesIt(String value, String mistake, String named) {
    assertThatThrownBy(() -> Chart.CLUSTER.render(Map.of(value, mistake)))
        .hasMessageContaining(named);
  }

  @Test
  void testsTheServiceUnderTheStrictestRulesForPods() {
    var objects = Chart.CLUSTER.render(Map.of("fullnameOverride", "store"));
    PodRules.assertRestricted(objects, 1);
    var pod = one(objects, "Pod");
    assertThat(Chart.CLUSTER.documents(Map.of())).as("without tests").hasSize(1);
    assertThat(Yaml.texts(pod.at("/spec/containers/0/args")))
        .containsExactly(
            "check-cluster",
            "--endpoint=https://store.team-a.svc:2379",
            "--tls-directory=/client-tls");
    assertThat(pod.at("/spec/volumes/1/secret/secretName").asText()).isEqualTo("store-client-tls");
  }

  @Test
  void testsAClusterInPlainTextWithoutCertificates() {
    var objects = Chart.CLUSTER.render(Map.of("fullnameOverride", "store", "tls.mode", "Disabled"));
    var pod = one(objects, "Pod");
    assertThat(Yaml.texts(pod.at("/spec/containers/0/args")))
        .containsExactly("check-cluster", "--endpoint=http://store.team-a.svc:2379");
    assertThat(pod.at("/spec/volumes")).hasSize(1);
  }

  @Test
  void letsMembersAndTheOperatorIntoARestrictedNetwork() {
    var objects =
        Chart.CLUSTER.render(
            Map.of(
                "networkPolicy.enabled",
                true,
                "networkPolicy.operatorNamespace",
                "operators",
                "networkPolicy.clientsFrom[0].podSelector.matchLabels.app",
                "shop"));
    var policy = one(objects, "NetworkPolicy");
    var members = policy.at("/spec/podSelector");
    assertThat(members)
        .isEqualTo(
            Yaml.parse(
                "{matchLabels: {app.kubernetes.io/name: quorate-node, app.kubernetes.io/instance: demo}}"));
    assertThat(policy.at("/spec/ingress/0/from/0/podSelector/matchLabels/app").asText())
        .isEqualTo("shop");
    assertThat(policy.at("/spec/ingress/1/from/0/podSelector")).isEqualTo(members);
    assertThat(
            policy.at(
                "/spec/ingress/1/from/1/namespaceSelector/matchLabels/kubernetes.io~1metadata.name"))
        .hasToString("\"operators\"");
    assertThat(policy.at("/spec/ingress/2").has("from")).isFalse();
  }
}
