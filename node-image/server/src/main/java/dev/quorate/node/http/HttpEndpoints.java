package dev.quorate.node.http;

import io.netty.handler.codec.http.QueryStringDecoder;
import io.prometheus.client.exporter.common.TextFormat;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The paths that are served over HTTP/1, with etcd's bodies and status codes. */
public final class HttpEndpoints {
  private static final Logger logger = LoggerFactory.getLogger(HttpEndpoints.class);

  private final HealthEndpoint health;
  private final Supplier<String> metrics;
  private final String version;
  private final Executor executor;

  /**
   * Serves the health endpoint, what {@code metrics} says, and the versions.
   *
   * @param executor where answers are made, because a scrape may look at the disk
   */
  public HttpEndpoints(
      HealthEndpoint health,
      Supplier<String> metrics,
      String serverVersion,
      String clusterVersion,
      Executor executor) {
    this.health = health;
    this.metrics = metrics;
    this.version =
        "{\"etcdserver\":\"%s\",\"etcdcluster\":\"%s\",\"storage\":\"%s\"}"
            .formatted(serverVersion, clusterVersion, clusterVersion);
    this.executor = executor;
  }

  CompletableFuture<HttpAnswer> handle(String method, String uri) {
    return CompletableFuture.completedFuture(uri)
        .thenComposeAsync(_ -> route(method, new QueryStringDecoder(uri)), executor)
        .exceptionally(
            failure -> {
              logger.error("the answer to {} {} could not be made", method, uri, failure);
              return HttpAnswer.text(500, "500 internal error: see the log of this member\n");
            });
  }

  private CompletableFuture<HttpAnswer> route(String method, QueryStringDecoder uri) {
    String path = uri.path();
    boolean known =
        path.equals("/health")
            || path.equals("/version")
            || path.equals("/metrics")
            || health.serves(path);
    if (!known) {
      return done(HttpAnswer.text(404, "404 page not found\n"));
    }
    if (!method.equals("GET")) {
      return done(HttpAnswer.text(405, "Method Not Allowed\n"));
    }
    return switch (path) {
      case "/version" -> done(HttpAnswer.json(200, version));
      case "/metrics" -> done(new HttpAnswer(200, TextFormat.CONTENT_TYPE_004, metrics.get()));
      case "/health" -> health.health(uri.parameters());
      default -> health.probe(path, uri.parameters());
    };
  }

  private static CompletableFuture<HttpAnswer> done(HttpAnswer answer) {
    return CompletableFuture.completedFuture(answer);
  }
}
