package dev.quorate.e2e.kubernetes;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.quorate.e2e.machine.Checkout;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The operator as Helm installs it. */
final class OperatorRelease {
  static final String NAME = "quorate-operator";
  static final String NAMESPACE = "quorate-system";
  static final String CHART = Checkout.path("charts/quorate-operator");

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String MINE = "--selector=app.kubernetes.io/instance=" + NAME;
  private static final List<String> EFFECTIVE =
      List.of("spec", "rules", "subjects", "roleRef", "aggregationRule");

  private final KubernetesUnderTest kubernetes;

  OperatorRelease(KubernetesUnderTest kubernetes) {
    this.kubernetes = kubernetes;
  }

  /** Makes the namespace, under the strictest rules for pods. */
  void prepareNamespace() {
    kubernetes.apply(
        """
        apiVersion: v1
        kind: Namespace
        metadata: {name: %s, labels: {pod-security.kubernetes.io/enforce: restricted}}
        """
            .formatted(NAMESPACE));
  }

  void install(String... more) {
    helm(List.of("install", NAME, CHART, "--wait", "--timeout=180s"), more);
  }

  void upgradeTo(String chart, String... more) {
    helm(List.of("upgrade", NAME, chart, "--wait", "--timeout=180s"), more);
  }

  void test() {
    helm(List.of("test", NAME, "--timeout=180s"));
  }

  void uninstall() {
    helm(List.of("uninstall", NAME, "--wait", "--timeout=180s"));
  }

  private void helm(List<String> command, String... more) {
    var all = new ArrayList<>(command);
    all.add("--namespace=" + NAMESPACE);
    all.addAll(List.of(more));
    kubernetes.helm(all.toArray(String[]::new));
  }

  /** What the API server has of it, without what only tells who made it: by kind and name. */
  Map<String, JsonNode> effect() {
    var effect = new TreeMap<String, JsonNode>();
    for (String kinds :
        List.of(
            "deployments,serviceaccounts,roles,rolebindings,poddisruptionbudgets",
            "clusterroles,clusterrolebindings,customresourcedefinitions")) {
      String found =
          kubernetes.kubectl("get", kinds, "--namespace=" + NAMESPACE, MINE, "-o", "json");
      for (JsonNode object : parsed(found).path("items")) {
        var said = JSON.createObjectNode();
        EFFECTIVE.stream().filter(object::has).forEach(f -> said.set(f, object.get(f)));
        effect.put(object.path("kind").asText() + " " + object.at("/metadata/name").asText(), said);
      }
    }
    return effect;
  }

  private static JsonNode parsed(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new AssertionError("not JSON: " + text, e);
    }
  }
}
