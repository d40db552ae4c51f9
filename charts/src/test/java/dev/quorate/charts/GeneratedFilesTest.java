package dev.quorate.charts;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What is checked in and made from something else is what is made from it now. */
class GeneratedFilesTest {
  private static final Path DEFINITION =
      Chart.ROOT.resolve("crds/src/main/resources/raftclusters.quorate.dev-v1.yml");
  private static final Path MANIFEST = Chart.ROOT.resolve("operator/manifests/operator.yaml");
  private static final Pattern OF_HELM =
      Pattern.compile("(?m)^ +(helm\\.sh/chart|app\\.kubernetes\\.io/managed-by): .*\n");
  private static final String HEAD =
      """
      # The operator of Quorate and its custom resource: kubectl apply --server-side -f operator/manifests/operator.yaml
      # Made from charts/quorate-operator with its default values; ./mvnw -pl charts test -Drewrite=true writes it anew.
      apiVersion: v1
      kind: Namespace
      metadata:
        name: quorate-system
        labels:
          app.kubernetes.io/name: quorate-operator
          pod-security.kubernetes.io/enforce: restricted
      """;

  @Test
  void theOperatorsChartHasTheCustomResource() {
    CheckedIn.compare(
        Chart.OPERATOR.file("files/crds/" + DEFINITION.getFileName()), Yaml.text(DEFINITION));
  }

  @Test
  void theManifestIsWhatTheChartRenders() {
    String objects =
        Chart.OPERATOR.documents(Map.of("crds.keep", false)).stream()
            .map(document -> OF_HELM.matcher(document + "\n").replaceAll(""))
            .map(document -> document.replaceAll("(?m)^# Source: .*\n|^---\n|[ \t]+$", ""))
            .map(document -> "---\n" + document.strip() + "\n")
            .collect(Collectors.joining());
    CheckedIn.compare(MANIFEST, HEAD + objects);
  }

  @Test
  void theSchemaOfTheClustersChartIsThatOfTheCustomResource() throws JsonProcessingException {
    var spec = Yaml.read(DEFINITION).at("/spec/versions/0/schema/openAPIV3Schema/properties/spec");
    var printer = new DefaultPrettyPrinter().withObjectIndenter(new DefaultIndenter("  ", "\n"));
    printer.indentArraysWith(new DefaultIndenter("  ", "\n"));
    String schema =
        new ObjectMapper().writer(printer).writeValueAsString(ClusterValuesSchema.of(spec));
    CheckedIn.compare(Chart.CLUSTER.file("values.schema.json"), schema + "\n");
  }
}
