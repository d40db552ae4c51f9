package dev.quorate.e2e.differential;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/** A client of one server that knows nothing but HTTP, with the tokens of its users there. */
final class HttpCaller implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final Pattern TOKEN = Pattern.compile("\"token\":\\s*\"([^\"]+)\"");
  private static final Pattern LEADER = Pattern.compile("\"leader\":\\s*(\\{[^}]*\\})");

  private final String url;
  private final HttpClient client;
  private final Map<String, String> tokens = new HashMap<>(Map.of("stranger", "nonsense.1"));
  private String leader = "{}";

  /**
   * A client.
   *
   * @param url the server's, as {@code http://127.0.0.1:2379}
   */
  HttpCaller(String url) {
    this.url = url;
    client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .sslContext(believingAll())
            .connectTimeout(LIMIT)
            .build();
  }

  HttpOutcome ask(HttpQuestion question, String... headers) {
    var response = send(question, BodyHandlers.ofString(), headers);
    var found = LEADER.matcher(response.body());
    if (question.path().endsWith("/campaign") && found.find()) {
      leader = found.group(1);
    }
    return HttpOutcome.of(question.path(), response);
  }

  /** Asks for a token and keeps it. */
  HttpOutcome logIn(HttpQuestion question) {
    var response =
        send(
            new HttpQuestion("", question.method(), question.target(), question.body()),
            BodyHandlers.ofString());
    var found = TOKEN.matcher(response.body());
    if (found.find()) {
      // With the scheme and without it: both are taken.
      tokens.put(question.user(), (tokens.size() % 2 == 0 ? "Bearer " : "") + found.group(1));
    }
    return HttpOutcome.of(question.path(), response);
  }

  /** A stream of answers, each as it comes. */
  HttpLines stream(HttpQuestion question) {
    return new HttpLines(
        question.path(), () -> send(question, BodyHandlers.ofLines()).body().iterator());
  }

  private <B> HttpResponse<B> send(
      HttpQuestion question, HttpResponse.BodyHandler<B> handler, String... headers) {
    var request =
        HttpRequest.newBuilder(URI.create(url + question.target()))
            .timeout(LIMIT)
            .method(
                question.method(),
                question.body().isEmpty()
                    ? BodyPublishers.noBody()
                    : BodyPublishers.ofString(question.body().replace("$leader", leader)));
    if (headers.length > 0) {
      request.headers(headers);
    }
    if (!question.user().isEmpty()) {
      request.header("Authorization", tokens.getOrDefault(question.user(), ""));
    }
    try {
      return client.send(request.build(), handler);
    } catch (IOException e) {
      throw new UncheckedIOException(url + ": " + question, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while asking " + url, e);
    }
  }

  private static SSLContext believingAll() {
    try {
      var context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {new BelievesAll()}, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    client.shutdownNow();
    client.close();
  }

  /** The servers make their certificates themselves. */
  private static final class BelievesAll extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
