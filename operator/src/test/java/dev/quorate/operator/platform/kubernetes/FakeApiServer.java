package dev.quorate.operator.platform.kubernetes;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** Of an API server the little that an operator asks before it does anything. */
final class FakeApiServer implements AutoCloseable {
  private static final Pattern RESOURCE = Pattern.compile("\"resource\":\"(\\w+)\"");
  private static final Pattern NAMESPACE = Pattern.compile("\"namespace\":\"([\\w-]+)\"");

  private final HttpServer server;

  /** What may not be done: a resource, or a resource and behind a slash a namespace. */
  final Set<String> forbidden = new TreeSet<>();

  boolean knowsRaftCluster = true;
  String lease = "";

  FakeApiServer() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 16);
    server.createContext("/", this::answer);
    server.start();
  }

  KubernetesClient client() {
    return new KubernetesClientBuilder()
        .withConfig(
            new ConfigBuilder()
                .withMasterUrl("http://127.0.0.1:" + server.getAddress().getPort())
                .withRequestRetryBackoffLimit(0)
                .build())
        .build();
  }

  private void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    String asked = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
    if (path.endsWith("/selfsubjectaccessreviews")) {
      reply(
          exchange,
          201,
          """
          {"apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview",
           "spec": {}, "status": {"allowed": %s}}
          """
              .formatted(isAllowed(asked)));
    } else if (path.endsWith("/raftclusters") && knowsRaftCluster) {
      reply(
          exchange,
          200,
          """
          {"apiVersion": "quorate.dev/v1alpha1", "kind": "RaftClusterList", "metadata": {}, "items": []}
          """);
    } else if (path.contains("/leases/") && !lease.isEmpty()) {
      reply(exchange, 200, lease);
    } else {
      reply(
          exchange,
          404,
          "{\"apiVersion\": \"v1\", \"kind\": \"Status\", \"status\": \"Failure\", \"code\": 404}");
    }
  }

  private boolean isAllowed(String asked) {
    String resource = first(RESOURCE, asked);
    return !forbidden.contains(resource)
        && !forbidden.contains(resource + "/" + first(NAMESPACE, asked));
  }

  private static String first(Pattern pattern, String text) {
    var found = pattern.matcher(text);
    return found.find() ? found.group(1) : "";
  }

  private static void reply(HttpExchange exchange, int code, String body) throws IOException {
    try (exchange) {
      byte[] bytes = body.getBytes(UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(code, bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
