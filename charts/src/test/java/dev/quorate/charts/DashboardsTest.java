package dev.quorate.charts;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The dashboards; that the metrics exist is seen by the end-to-end tests on what is told. */
class DashboardsTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @Test
  void theChartInstallsTheDashboardsAsTheyAre() throws JsonProcessingException {
    var maps =
        Chart.OPERATOR.render(Map.of("dashboards.enabled", true)).stream()
            .filter(object -> Yaml.kind(object).equals("ConfigMap"))
            .toList();
    assertThat(maps).hasSize(1);
    assertThat(maps.getFirst().at("/metadata/labels/grafana_dashboard").asText()).isEqualTo("1");
    assertThat(JSON.readTree(maps.getFirst().at("/data/quorate.json").asText()))
        .isEqualTo(dashboard());
    assertThat(Chart.OPERATOR.render(Map.of()))
        .noneMatch(object -> Yaml.kind(object).equals("ConfigMap"));
  }

  @Test
  void prometheusUnderstandsEveryQuestion(@TempDir Path directory) throws Exception {
    var rules = new StringBuilder("groups:\n  - name: dashboards\n    rules:\n");
    var expressions = expressions();
    for (int i = 0; i < expressions.size(); i++) {
      String expression = expressions.get(i).replace("$__rate_interval", "5m");
      rules
          .append("      - record: question:")
          .append(i)
          .append("\n        expr: ")
          .append(JSON.writeValueAsString(expression))
          .append('\n');
    }
    assertThat(expressions).hasSizeGreaterThan(12);
    Path file = directory.resolve("rules.yaml");
    Files.writeString(file, rules);
    Promtool.run("check", "rules", file.toString());
  }

  @Test
  void everyPanelHasAPlaceOfItsOwnAndSaysWhatItShows() throws IOException {
    var ids = new HashSet<Integer>();
    var places = new HashSet<JsonNode>();
    for (JsonNode panel : dashboard().path("panels")) {
      assertThat(ids.add(panel.path("id").asInt())).as("id of %s", panel.path("title")).isTrue();
      assertThat(places.add(panel.path("gridPos"))).as("place of %s", panel.path("title")).isTrue();
      assertThat(panel.path("title").asText()).isNotEmpty();
      if (!panel.path("type").asText().equals("row")) {
        assertThat(panel.path("description").asText()).isNotEmpty();
        assertThat(panel.at("/datasource/uid").asText()).isEqualTo("${datasource}");
      }
    }
  }

  private static List<String> expressions() throws JsonProcessingException {
    var expressions = new ArrayList<String>();
    for (JsonNode panel : dashboard().path("panels")) {
      panel.path("targets").forEach(target -> expressions.add(target.path("expr").asText()));
    }
    return expressions;
  }

  private static JsonNode dashboard() throws JsonProcessingException {
    return JSON.readTree(Yaml.text(Chart.OPERATOR.file("files/dashboards/quorate.json")));
  }
}
