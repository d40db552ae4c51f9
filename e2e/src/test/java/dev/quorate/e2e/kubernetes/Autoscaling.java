package dev.quorate.e2e.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.util.List;

/**
 * A HorizontalPodAutoscaler that scales a cluster by its scale subresource. Nobody tells it
 * metrics, so what it does follows from the least and the most that it is to allow.
 */
final class Autoscaling {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** It looks four times a minute. */
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final KubernetesUnderTest kubernetes;
  private final RaftClusterUnderTest cluster;
  private final String name;

  Autoscaling(KubernetesUnderTest kubernetes, RaftClusterUnderTest cluster, String name) {
    this.kubernetes = kubernetes;
    this.cluster = cluster;
    this.name = name;
  }

  /** The time is that from the change of the number, which the autoscaler makes when it looks. */
  Duration playTo(int least, int most, int expected) {
    kubernetes.apply(manifest(least, most));
    cluster.awaitState("the autoscaler's number", view -> view.replicas() == expected);
    long began = System.nanoTime();
    RaftClusterView view = cluster.awaitSettled(expected);
    Duration took = Duration.ofNanos(System.nanoTime() - began);
    await("the autoscaler to see %d members".formatted(expected))
        .atMost(PATIENCE)
        .pollInterval(Duration.ofSeconds(1))
        .untilAsserted(() -> seesItself(expected));
    selectsTheMembers(view);
    return took;
  }

  private String manifest(int least, int most) {
    return """
        apiVersion: autoscaling/v2
        kind: HorizontalPodAutoscaler
        metadata: {name: %1$s, namespace: %2$s}
        spec:
          scaleTargetRef: {apiVersion: quorate.dev/v1alpha1, kind: RaftCluster, name: %1$s}
          minReplicas: %3$d
          maxReplicas: %4$d
          metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 80}}}]
        """
        .formatted(name, cluster.namespace(), least, most);
  }

  /** What it lacks at last are metrics alone: before it asks for them it takes the selector. */
  private void seesItself(int expected) {
    JsonNode status = json("get", "hpa", name, "-o", "json").path("status");
    assertThat(status.path("currentReplicas").asInt()).as("%s", status).isEqualTo(expected);
    assertThat(status.path("desiredReplicas").asInt()).as("%s", status).isEqualTo(expected);
    assertThat(condition(status, "AbleToScale")).startsWith("True ");
    assertThat(condition(status, "ScalingActive")).isEqualTo("False FailedGetResourceMetric");
  }

  private static String condition(JsonNode status, String type) {
    for (JsonNode condition : status.path("conditions")) {
      if (condition.path("type").asText().equals(type)) {
        return condition.path("status").asText() + " " + condition.path("reason").asText();
      }
    }
    return "";
  }

  private void selectsTheMembers(RaftClusterView view) {
    String path =
        "/apis/quorate.dev/v1alpha1/namespaces/%s/raftclusters/%s/scale"
            .formatted(cluster.namespace(), name);
    JsonNode scale = parse(kubernetes.kubectl("get", "--raw", path));
    assertThat(scale.at("/status/replicas").asInt()).isEqualTo(view.members().size());
    String selected =
        cluster.kubectl(
            "get",
            "pods",
            "--selector=" + scale.at("/status/selector").asText(),
            "-o",
            "jsonpath={.items[*].metadata.name}");
    assertThat(List.of(selected.split(" ")))
        .containsExactlyInAnyOrderElementsOf(
            view.members().stream().map(member -> cluster.podOf(member.name())).toList());
  }

  private JsonNode json(String... question) {
    return parse(cluster.kubectl(question));
  }

  private static JsonNode parse(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new AssertionError("not JSON: " + text, e);
    }
  }
}
