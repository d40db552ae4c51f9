package dev.quorate.charts;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/** The alerts: Prometheus takes them, they fire when they should, and each has a page. */
class AlertsTest {
  private static final String TESTS = "charts/src/test/promtool/alerts.yaml";

  @Test
  void prometheusTakesTheRules() throws Exception {
    Promtool.run("check", "rules", "charts/quorate-operator/files/alerts.yaml");
  }

  @Test
  void alertsFireWhenTheyShould() throws Exception {
    Promtool.run("test", "rules", TESTS);
  }

  @Test
  void everyAlertIsSeenToFireAndToBeQuiet() {
    var fires = new TreeSet<String>();
    var quiet = new TreeSet<String>();
    for (JsonNode test : Yaml.read(Chart.ROOT.resolve(TESTS)).path("tests")) {
      for (JsonNode check : test.path("alert_rule_test")) {
        (check.path("exp_alerts").isEmpty() ? quiet : fires).add(check.path("alertname").asText());
      }
    }
    assertThat(fires).isEqualTo(new TreeSet<>(alerts().keySet()));
    assertThat(quiet).isEqualTo(fires);
  }

  @Test
  void everyAlertWaitsAndSaysHowBadItIs() {
    assertThat(alerts())
        .allSatisfy(
            (name, rule) -> {
              assertThat(rule.path("for").asText()).as("for").matches("\\d+m");
              assertThat(rule.at("/labels/severity").asText()).isIn("critical", "warning");
              assertThat(rule.at("/annotations/summary").asText()).isNotEmpty();
              assertThat(rule.at("/annotations/description").asText()).isNotEmpty();
            });
  }

  @Test
  void everyAlertHasAPage() {
    for (String alert : alerts().keySet()) {
      var page = Chart.ROOT.resolve("docs/runbooks/" + alert + ".md");
      assertThat(page).as("docs/runbooks has a page on each alert").exists();
      assertThat(Yaml.text(page))
          .startsWith("# " + alert + "\n")
          .contains("**What it means.**", "**What it costs.**", "**Why it happens.**")
          .contains("**What to do.**\n1. ");
    }
  }

  @Test
  void theChartInstallsTheRulesAsTheyAreAndNamesThePages() {
    var installed = rules(rendered("https://example.com/runbooks/").at("/spec/groups"));
    assertThat(installed.keySet()).isEqualTo(alerts().keySet());
    alerts()
        .forEach(
            (name, rule) -> {
              JsonNode copy = installed.getOrDefault(name, rule.path("missing"));
              assertThat(copy.path("expr")).as(name).isEqualTo(rule.path("expr"));
              assertThat(copy.path("for")).as(name).isEqualTo(rule.path("for"));
              assertThat(copy.path("labels")).as(name).isEqualTo(rule.path("labels"));
              var said = copy.path("annotations");
              assertThat(said.path("summary")).isEqualTo(rule.at("/annotations/summary"));
              assertThat(said.path("description")).isEqualTo(rule.at("/annotations/description"));
              assertThat(said.path("runbook").asText()).isEqualTo("docs/runbooks/" + name + ".md");
              assertThat(said.path("runbook_url").asText())
                  .isEqualTo("https://example.com/runbooks/" + name + ".md");
            });
    assertThat(rules(rendered("").at("/spec/groups")).values())
        .allSatisfy(rule -> assertThat(rule.path("annotations").has("runbook_url")).isFalse());
  }

  private static JsonNode rendered(String runbookUrl) {
    return Chart.OPERATOR
        .render(Map.of("alerts.enabled", true, "alerts.runbookUrl", runbookUrl))
        .stream()
        .filter(object -> Yaml.kind(object).equals("PrometheusRule"))
        .findFirst()
        .orElseThrow();
  }

  private static Map<String, JsonNode> alerts() {
    return rules(Yaml.read(Chart.OPERATOR.file("files/alerts.yaml")).path("groups"));
  }

  private static Map<String, JsonNode> rules(JsonNode groups) {
    var rules = new TreeMap<String, JsonNode>();
    StreamSupport.stream(groups.spliterator(), false)
        .flatMap(group -> StreamSupport.stream(group.path("rules").spliterator(), false))
        .forEach(rule -> rules.put(rule.path("alert").asText(), rule));
    assertThat(rules).hasSizeGreaterThan(5);
    return rules;
  }
}
