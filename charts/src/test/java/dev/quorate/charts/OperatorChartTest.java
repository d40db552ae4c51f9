package dev.quorate.charts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OperatorChartTest {
  private static final Map<String, Object> TWO_NAMESPACES =
      Map.of("watch.namespaces[0]", "team-a", "watch.namespaces[1]", "team-b");

  @Test
  void isAcceptedByLint() {
    assertThat(Chart.OPERATOR.lint()).isEmpty();
  }

  @Test
  void valuesAndSchemaNameTheSameThings() {
    var schema = new TreeSet<String>();
    schemaPaths("", Yaml.read(Chart.OPERATOR.file("values.schema.json")), schema);
    schema.remove("global");
    var values = new TreeSet<String>();
    paths("", Yaml.read(Chart.OPERATOR.file("values.yaml")), schema, values);
    assertThat(schema).isEqualTo(values);
  }

  @ParameterizedTest
  @CsvSource({
    "replicas, 0, replicas",
    "image.digest, latest, image/digest",
    "image.repository, my image, image/repository",
    "image.pullPolicy, Sometimes, image/pullPolicy",
    "watch.namespaces, team-a, watch/namespaces",
    "watch.namespaces[0], Team_A, watch/namespaces",
    "resources.limits.memory, much, resources/limits/memory",
    "alerts.runbookUrl, nowhere, alerts/runbookUrl",
    "podMonitor.intervalSeconds, 30s, podMonitor/intervalSeconds",
    "replcas, 3, replcas"
  })
  void refusesAMistakeAndNamesIt(String value, String mistake, String named) {
    assertThatThrownBy(() -> Chart.OPERATOR.render(Map.of(value, mistake)))
        .hasMessageContaining(named);
  }

  @Test
  void runsTwoOperatorsUnderTheStrictestRulesForPods() {
    var objects = Chart.OPERATOR.render(Map.of());
    assertThat(only(objects, "Deployment").at("/spec/replicas").asInt()).isEqualTo(2);
    PodRules.assertRestricted(objects, 2);
  }

  @Test
  void keepsTheCustomResourceUnlessToldOtherwise() {
    var keep = "/metadata/annotations/helm.sh~1resource-policy";
    var definition = only(Chart.OPERATOR.render(Map.of()), "CustomResourceDefinition");
    assertThat(definition.at(keep).asText()).isEqualTo("keep");
    assertThat(definition.at("/spec"))
        .as("the schema as it is checked in")
        .isEqualTo(
            Yaml.read(Chart.ROOT.resolve("crds/src/main/resources/raftclusters.quorate.dev-v1.yml"))
                .at("/spec"));
    var deletable =
        only(Chart.OPERATOR.render(Map.of("crds.keep", false)), "CustomResourceDefinition");
    assertThat(deletable.at(keep).isMissingNode()).isTrue();
    assertThat(kinds(Chart.OPERATOR.render(Map.of("crds.enabled", false))))
        .doesNotContain("CustomResourceDefinition");
  }

  @Test
  void needsNoRightsOnTheWholeForAFewNamespaces() {
    var everywhere = Chart.OPERATOR.render(Map.of("rbac.aggregateRoles", false));
    var few =
        Chart.OPERATOR.render(
            with(TWO_NAMESPACES, Map.of("rbac.aggregateRoles", false, "rbac.readNodes", false)));
    assertThat(kinds(few)).doesNotContain("ClusterRole", "ClusterRoleBinding");
    JsonNode rules = named(everywhere, "ClusterRole", "quorate-operator").path("rules");
    assertThat(rules.size()).isGreaterThan(5);
    for (String namespace : List.of("team-a", "team-b")) {
      var role = inNamespace(few, "Role", namespace);
      assertThat(role.path("rules")).isEqualTo(rules);
      var binding = inNamespace(few, "RoleBinding", namespace);
      assertThat(binding.at("/roleRef/name")).isEqualTo(role.at("/metadata/name"));
      assertThat(binding.at("/subjects/0/namespace").asText()).isEqualTo("quorate-system");
    }
    for (JsonNode pod : List.of(only(few, "Deployment").at("/spec/template"), only(few, "Pod"))) {
      assertThat(Yaml.texts(pod.at("/spec/containers/0/args")))
          .contains("--namespaces=team-a,team-b");
    }
  }

  @Test
  void readsNodesByARoleOfItsOwn() {
    var few = Chart.OPERATOR.render(with(TWO_NAMESPACES, Map.of("rbac.aggregateRoles", false)));
    var rules = only(few, "ClusterRole").path("rules");
    assertThat(rules.size()).isEqualTo(1);
    assertThat(Yaml.texts(rules.at("/0/resources"))).containsExactly("nodes");
    assertThat(Yaml.texts(rules.at("/0/verbs"))).containsExactly("get", "list", "watch");
  }

  @Test
  void makesNoRolesWhenSomebodyElseDoes() {
    assertThat(
            kinds(
                Chart.OPERATOR.render(Map.of("rbac.create", false, "rbac.aggregateRoles", false))))
        .doesNotContain("Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding");
  }

  @Test
  void whatNeedsOtherDefinitionsIsOff() {
    var plain = kinds(Chart.OPERATOR.render(Map.of()));
    assertThat(plain).doesNotContain("PodMonitor", "PrometheusRule", "NetworkPolicy");
    var all =
        Chart.OPERATOR.render(
            Map.of(
                "podMonitor.enabled", true,
                "podMonitor.labels.release", "prometheus",
                "alerts.enabled", true,
                "alerts.labels.release", "prometheus",
                "networkPolicy.enabled", true));
    assertThat(kinds(all)).contains("PodMonitor", "PrometheusRule", "NetworkPolicy");
    assertThat(named(all, "PodMonitor", "quorate-operator-members").at("/metadata/labels/release"))
        .isEqualTo(named(all, "PodMonitor", "quorate-operator").at("/metadata/labels/release"))
        .isEqualTo(only(all, "PrometheusRule").at("/metadata/labels/release"));
    assertThat(only(all, "NetworkPolicy").at("/spec/podSelector"))
        .isEqualTo(only(all, "Deployment").at("/spec/selector"));
  }

  @Test
  void namesImagesAsTold() {
    String digest = "sha256:" + "0123456789abcdef".repeat(4);
    var objects =
        Chart.OPERATOR.render(
            Map.of(
                "image.repository", "registry.example/operator",
                "image.digest", digest,
                "nodeImage.repository", "registry.example/node",
                "nodeImage.version", "0.2.0"));
    var container = only(objects, "Deployment").at("/spec/template/spec/containers/0");
    assertThat(container.path("image").asText()).isEqualTo("registry.example/operator@" + digest);
    assertThat(Yaml.texts(container.path("args")))
        .contains("--node-repository=registry.example/node", "--node-version=0.2.0");
  }

  private static Map<String, Object> with(Map<String, Object> some, Map<String, Object> more) {
    var all = new TreeMap<>(some);
    all.putAll(more);
    return all;
  }

  private static List<String> kinds(List<JsonNode> objects) {
    return objects.stream().map(Yaml::kind).toList();
  }

  private static JsonNode only(List<JsonNode> objects, String kind) {
    var found = objects.stream().filter(object -> Yaml.kind(object).equals(kind)).toList();
    assertThat(found).as(kind).hasSize(1);
    return found.getFirst();
  }

  private static JsonNode named(List<JsonNode> objects, String kind, String name) {
    return only(objects.stream().filter(object -> Yaml.name(object).equals(name)).toList(), kind);
  }

  private static JsonNode inNamespace(List<JsonNode> objects, String kind, String namespace) {
    return only(
        objects.stream()
            .filter(object -> object.at("/metadata/namespace").asText().equals(namespace))
            .toList(),
        kind);
  }

  /** Every value by its path; what the schema has as one is one. */
  private static void paths(String path, JsonNode value, Set<String> schema, Set<String> into) {
    if (schema.contains(path) || !value.isObject()) {
      into.add(path);
      return;
    }
    value.properties().forEach(e -> paths(join(path, e.getKey()), e.getValue(), schema, into));
  }

  private static void schemaPaths(String path, JsonNode schema, Set<String> into) {
    if (!schema.has("properties")) {
      into.add(path);
      return;
    }
    assertThat(schema.path("additionalProperties").asBoolean(true))
        .as("unknown values of %s are refused", path)
        .isFalse();
    StreamSupport.stream(schema.path("properties").properties().spliterator(), false)
        .forEach(
            e -> {
              String inner = join(path, e.getKey());
              assertThat(e.getValue().path("description").asText())
                  .as("description of %s", inner)
                  .isNotEmpty();
              schemaPaths(inner, e.getValue(), into);
            });
  }

  private static String join(String path, String name) {
    return path.isEmpty() ? name : path + "." + name;
  }
}
