package dev.quorate.operator.platform.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.exporter.common.TextFormat;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ReconcileMetricsTest {
  private static final Path ALERTS =
      Path.of("..", "charts", "quorate-operator", "files", "alerts.yaml");
  private static final Pattern OURS = Pattern.compile("\\bquorate_operator_[a-z_]+");

  @Test
  void alertsNameMetricsThatTheOperatorTells() throws IOException {
    Set<String> alerted = found(Files.readString(ALERTS));
    assertThat(alerted).hasSizeGreaterThan(2);
    assertThat(found(told())).containsAll(alerted);
  }

  @Test
  void tellsHowManyClustersWait() {
    var registry = new CollectorRegistry();
    var waiting = new ArrayList<String>();
    new ReconcileMetrics(registry).queue(waiting);
    assertThat(registry.getSampleValue("quorate_operator_queue_depth")).isZero();
    waiting.add("demo");
    assertThat(registry.getSampleValue("quorate_operator_queue_depth")).isEqualTo(1);
  }

  private static String told() throws IOException {
    var registry = new CollectorRegistry();
    var metrics = new ReconcileMetrics(registry);
    metrics.wrote("StatefulSet");
    var text = new StringWriter();
    TextFormat.write004(text, registry.metricFamilySamples());
    return text.toString();
  }

  private static Set<String> found(String text) {
    return OURS.matcher(text).results().map(MatchResult::group).collect(Collectors.toSet());
  }
}
