package dev.quorate.operator.platform.kubernetes;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.exporter.HTTPServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/**
 * Answers {@code /healthz}, {@code /readyz} and {@code /metrics} of the operator over HTTP.
 *
 * <p>A check answers an empty text when all is well, otherwise what is wrong.
 */
final class HealthServer implements AutoCloseable {
  private final HTTPServer metrics;
  private final int port;

  HealthServer(
      int port, CollectorRegistry registry, Supplier<String> healthy, Supplier<String> ready) {
    try {
      var server = HttpServer.create(new InetSocketAddress(port), 16);
      server.setExecutor(
          Executors.newFixedThreadPool(
              2, Thread.ofPlatform().name("health-", 0).daemon().factory()));
      server.createContext("/healthz", exchange -> answer(exchange, healthy.get()));
      server.createContext("/readyz", exchange -> answer(exchange, ready.get()));
      this.metrics = new HTTPServer.Builder().withHttpServer(server).withRegistry(registry).build();
      this.port = server.getAddress().getPort();
    } catch (BindException e) {
      throw new UncheckedIOException(
          "port %d is in use: choose another with --health-port".formatted(port), e);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot listen on port " + port, e);
    }
  }

  int port() {
    return port;
  }

  private static void answer(HttpExchange exchange, String problem) throws IOException {
    try (exchange) {
      byte[] body = (problem.isEmpty() ? "ok\n" : problem + "\n").getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
      exchange.sendResponseHeaders(problem.isEmpty() ? 200 : 503, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  @Override
  public void close() {
    metrics.close();
  }
}
