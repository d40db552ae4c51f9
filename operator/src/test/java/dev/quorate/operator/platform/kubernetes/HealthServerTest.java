package dev.quorate.operator.platform.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.prometheus.client.CollectorRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class HealthServerTest {
  private final CollectorRegistry registry = new CollectorRegistry();

  @Test
  void tellsWhatIsWrongAndCounts() throws Exception {
    var problem = new AtomicReference<>("");
    new ReconcileMetrics(registry).wrote("Service");
    try (var server = new HealthServer(0, registry, problem::get, () -> "")) {
      assertThat(get(server, "/healthz").statusCode()).isEqualTo(200);
      problem.set("not watching: pods");
      assertThat(get(server, "/healthz").statusCode()).isEqualTo(503);
      assertThat(get(server, "/healthz").body()).isEqualTo("not watching: pods\n");
      assertThat(get(server, "/readyz").body()).isEqualTo("ok\n");
      assertThat(get(server, "/metrics").body())
          .contains("quorate_operator_writes_total{kind=\"Service\",} 1.0")
          .contains("quorate_operator_leading 0.0");
    }
  }

  @Test
  void aUsedPortIsNamed() throws IOException {
    try (var used = new ServerSocket(0)) {
      assertThatThrownBy(() -> new HealthServer(used.getLocalPort(), registry, () -> "", () -> ""))
          .isInstanceOf(UncheckedIOException.class)
          .hasMessageContaining("port " + used.getLocalPort() + " is in use")
          .hasMessageContaining("--health-port");
    }
  }

  private static HttpResponse<String> get(HealthServer server, String path) throws Exception {
    try (var client = HttpClient.newHttpClient()) {
      var uri = URI.create("http://127.0.0.1:" + server.port() + path);
      return client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    }
  }
}
