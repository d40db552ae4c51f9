package dev.quorate.charts;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/** The strictest of Kubernetes' pod security standards, and what we ask of ourselves beyond it. */
final class PodRules {
  private PodRules() {}

  static void assertRestricted(List<JsonNode> objects, int count) {
    var pods =
        objects.stream()
            .map(
                object ->
                    switch (Yaml.kind(object)) {
                      case "Pod" -> object.path("spec");
                      case "Deployment" -> object.at("/spec/template/spec");
                      default -> object.at("/nothing");
                    })
            .filter(JsonNode::isObject)
            .toList();
    assertThat(pods).as("pods").hasSize(count);
    assertThat(pods).allSatisfy(PodRules::assertRestricted);
  }

  private static void assertRestricted(JsonNode pod) {
    var security = pod.path("securityContext");
    assertThat(security.path("runAsNonRoot").asBoolean()).isTrue();
    assertThat(security.path("runAsUser").asInt()).isGreaterThanOrEqualTo(10_000);
    assertThat(security.at("/seccompProfile/type").asText()).isEqualTo("RuntimeDefault");
    for (String forbidden : List.of("hostNetwork", "hostPID", "hostIPC")) {
      assertThat(pod.path(forbidden).asBoolean()).as(forbidden).isFalse();
    }
    assertThat(pod.path("volumes"))
        .allSatisfy(volume -> assertThat(volume.has("emptyDir") || volume.has("secret")).isTrue());
    assertThat(pod.path("containers")).isNotEmpty().allSatisfy(PodRules::assertContainer);
  }

  private static void assertContainer(JsonNode container) {
    var security = container.path("securityContext");
    assertThat(security.path("allowPrivilegeEscalation").asBoolean(true)).isFalse();
    assertThat(security.path("readOnlyRootFilesystem").asBoolean()).isTrue();
    assertThat(Yaml.texts(security.at("/capabilities/drop"))).containsExactly("ALL");
    assertThat(container.at("/resources/requests/memory").isMissingNode()).isFalse();
    assertThat(container.at("/resources/limits/memory").isMissingNode()).isFalse();
    assertThat(container.path("image").asText()).doesNotEndWith(":latest").contains(":");
  }
}
