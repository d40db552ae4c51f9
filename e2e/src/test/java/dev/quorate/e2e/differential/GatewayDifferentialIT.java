package dev.quorate.e2e.differential;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Asks a real etcd and Quorate the same over HTTP, and compares status, content type and JSON field
 * by field. {@code gateway-session.txt} has every path of the gateway.
 */
final class GatewayDifferentialIT {
  private static final int PATHS = 51;

  /** Answers that go on, which are compared below and not in the session. */
  private static final List<String> STREAMS =
      List.of("/v3/watch", "/v3/maintenance/snapshot", "/v3/election/observe");

  private static final String PAGE = "http://page.example:8080";

  @TempDir private Path directory;

  /** The same client twice, one for each server. */
  private static final class Callers implements AutoCloseable {
    private final HttpCaller etcd;
    private final HttpCaller quorate;
    private final List<String> differences = new ArrayList<>();

    Callers(String scheme, ServerPair servers) {
      etcd = new HttpCaller(scheme + "://" + servers.etcdEndpoint());
      quorate = new HttpCaller(scheme + "://" + servers.quorateEndpoint());
    }

    void compare(String what, Object etcds, Object ours) {
      if (!ours.equals(etcds)) {
        differences.add("%n%s%n  etcd:    %s%n  quorate: %s".formatted(what, etcds, ours));
      }
    }

    void same(HttpQuestion question, String... headers) {
      compare(
          question + " " + String.join(" ", headers),
          etcd.ask(question, headers),
          quorate.ask(question, headers));
    }

    /** All differences at once say more than the first. */
    void orFail() {
      assertThat(differences).isEmpty();
    }

    @Override
    public void close() {
      etcd.close();
      quorate.close();
    }
  }

  @Test
  void everyPathAnswersAsInEtcd() throws IOException {
    var paths = new TreeSet<>(STREAMS);
    try (var servers = ServerPair.start(directory);
        var callers = new Callers("http", servers)) {
      for (String line : Files.readAllLines(Path.of("src/test/resources/gateway-session.txt"))) {
        if (line.isBlank() || line.startsWith("#")) {
          continue;
        }
        String kind = line.substring(0, line.indexOf(' '));
        var question = question(line.substring(kind.length() + 1));
        play(callers, kind, question);
        if (isCall(callers, question.path())) {
          paths.add(question.path());
        }
      }
      callers.orFail();
    }
    assertThat(paths).hasSize(PATHS);
  }

  /** Who asks for it in the wrong way is told so, and not that it is unknown. */
  private static boolean isCall(Callers callers, String path) {
    return path.startsWith("/v3/") && callers.etcd.ask(HttpQuestion.get(path)).status() == 501;
  }

  private static HttpQuestion question(String text) {
    String user = text.startsWith("@") ? text.substring(1, text.indexOf(' ')) : "";
    String rest = user.isEmpty() ? text : text.substring(user.length() + 2);
    String[] parts = rest.split(" ", 3);
    return new HttpQuestion(user, parts[0], parts[1], parts.length > 2 ? parts[2] : "");
  }

  private static void play(Callers callers, String kind, HttpQuestion question) {
    String what = kind + " " + question;
    switch (kind) {
      case "login" ->
          callers.compare(what, callers.etcd.logIn(question), callers.quorate.logIn(question));
      case "unread" -> {
        var ours = callers.quorate.ask(question);
        callers.compare(what, callers.etcd.ask(question).withoutMessage(), ours.withoutMessage());
        assertThat(ours.status()).as(what).isEqualTo(400);
      }
      case "code" ->
          callers.compare(
              what, callers.etcd.ask(question).message(), callers.quorate.ask(question).message());
      case "same" -> {
        var etcds = callers.etcd.ask(question);
        var ours = callers.quorate.ask(question);
        if (question.path().equals("/metrics")) {
          // They are many, and each its own.
          String type = etcds.contentType().replace("; escaping=underscores", "");
          callers.compare(what, etcds.withoutText().withContentType(type), ours.withoutText());
        } else {
          callers.compare(what, etcds, ours);
        }
      }
      default -> throw new IllegalArgumentException(what);
    }
  }

  @Test
  void streamsSayTheSameLines() throws Exception {
    try (var servers = ServerPair.start(directory);
        var callers = new Callers("http", servers)) {
      comparesWatches(callers);
      comparesCancelledWatches(callers);
      comparesSnapshots(callers);
      comparesObservers(callers);
      callers.orFail();
    }
  }

  private static void comparesWatches(Callers callers) throws InterruptedException {
    var watch =
        HttpQuestion.post(
            "/v3/watch",
            """
            {"create_request":{"key":"dw==","range_end":"eA==","prev_kv":true,"watch_id":"7"}}
            {"createRequest":{"key":"dw==","rangeEnd":"eA==","startRevision":1,"filters":["NOPUT"]}}
            """);
    try (var etcds = callers.etcd.stream(watch);
        var ours = callers.quorate.stream(watch)) {
      callers.compare("two watches", etcds.next(2), ours.next(2));
      for (var change :
          List.of(
              HttpQuestion.post("/v3/kv/put", "{\"key\":\"dzE=\",\"value\":\"MQ==\"}"),
              HttpQuestion.post("/v3/kv/put", "{\"key\":\"dzE=\",\"value\":\"Mg==\"}"),
              HttpQuestion.post(
                  "/v3/kv/txn", "{\"success\":[{\"request_put\":{\"key\":\"dzI=\"}}]}"))) {
        callers.same(change);
        var told = ours.next(1);
        assertThat(told).hasSize(1);
        callers.compare("an event of " + change, etcds.next(1), told);
      }
      callers.same(HttpQuestion.post("/v3/kv/deleterange", "{\"key\":\"dzE=\"}"));
      var told = ours.next(2);
      assertThat(told).hasSize(2);
      // Which watch is told first is nobody's promise.
      callers.compare("the end of a key", sorted(etcds.next(2)), sorted(told));
    }
  }

  private static List<String> sorted(List<JsonNode> lines) {
    return lines.stream().map(JsonNode::toString).sorted().toList();
  }

  private static void comparesCancelledWatches(Callers callers) throws InterruptedException {
    callers.same(HttpQuestion.post("/v3/kv/compaction", "{\"revision\":\"4\"}"));
    for (String body :
        List.of(
            "{\"create_request\":{\"key\":\"dw==\",\"watch_id\":\"9\"}}{\"cancel_request\":{\"watch_id\":9}}",
            "{\"create_request\":{\"key\":\"dw==\",\"start_revision\":\"2\"}}",
            "{\"create_request\":{\"key\":\"eA==\",\"range_end\":\"dw==\"}} {\"create_request\":{}}")) {
      var watch = HttpQuestion.post("/v3/watch", body);
      try (var etcds = callers.etcd.stream(watch);
          var ours = callers.quorate.stream(watch)) {
        var told = ours.next(2);
        assertThat(told).as(body).hasSize(2);
        callers.compare(body, etcds.next(2), told);
      }
    }
  }

  private static void comparesSnapshots(Callers callers) {
    var question = HttpQuestion.post("/v3/maintenance/snapshot", "{}");
    var etcds = callers.etcd.ask(question);
    var ours = callers.quorate.ask(question);
    callers.compare("a snapshot", etcds.withoutText(), ours.withoutText());
    callers.compare("fields of a snapshot", fields(etcds), fields(ours));
    assertThat(ours.body().getLast().at("/result/remaining_bytes").asLong()).isZero();
  }

  /** Quorate names the revision in the first answer. */
  private static Set<String> fields(HttpOutcome snapshot) {
    var fields = new TreeSet<String>();
    for (JsonNode line : snapshot.body()) {
      assertThat(line.has("result")).isTrue();
      line.get("result").fieldNames().forEachRemaining(fields::add);
    }
    fields.remove("header");
    return fields;
  }

  private static void comparesObservers(Callers callers) throws InterruptedException {
    callers.same(HttpQuestion.post("/v3/lease/grant", "{\"ID\":\"5\",\"TTL\":\"600\"}"));
    callers.same(
        HttpQuestion.post(
            "/v3/election/campaign", "{\"name\":\"b2JzZXJ2ZWQ=\",\"lease\":5,\"value\":\"MQ==\"}"));
    var observe = HttpQuestion.post("/v3/election/observe", "{\"name\":\"b2JzZXJ2ZWQ=\"}");
    try (var etcds = callers.etcd.stream(observe);
        var ours = callers.quorate.stream(observe)) {
      callers.compare("the leader", etcds.next(1), ours.next(1));
      callers.same(
          HttpQuestion.post("/v3/election/proclaim", "{\"leader\":$leader,\"value\":\"Mg==\"}"));
      var told = ours.next(1);
      assertThat(told).hasSize(1);
      callers.compare("its new word", etcds.next(1), told);
    }
  }

  @Test
  void sizesAndContentTypesAreTakenAsInEtcd() throws IOException {
    try (var servers = ServerPair.start(directory);
        var callers = new Callers("http", servers)) {
      for (int bytes : List.of((3 << 19) - 300, (3 << 19) + 3, (1 << 21) - 30, (1 << 21) + 3)) {
        String value = "AAAA".repeat(bytes / 3);
        callers.same(
            HttpQuestion.post(
                "/v3/kv/put", "{\"key\":\"bA==\",\"value\":\"%s\"}".formatted(value)));
      }
      var range = HttpQuestion.post("/v3/kv/range", "{\"key\":\"YQ==\"}");
      for (String type :
          List.of(
              "text/plain", "application/x-www-form-urlencoded", "nonsense", "application/grpc")) {
        callers.same(range, "Content-Type", type);
        callers.same(range, "Accept", type);
      }
      callers.same(HttpQuestion.get("/health"), "Accept", "text/html");
      callers.orFail();
    }
  }

  @Test
  void pagesAndCallsAreTheSameOverTls() throws IOException {
    try (var servers = ServerPair.start(directory, "https", "--host-whitelist=elsewhere");
        var callers = new Callers("https", servers)) {
      for (String page :
          List.of("/version", "/livez", "/readyz?exclude=serializable_read", "/nothing")) {
        callers.same(HttpQuestion.get(page));
      }
      play(callers, "same", HttpQuestion.get("/health"));
      play(callers, "same", HttpQuestion.get("/metrics"));
      callers.same(HttpQuestion.post("/v3/kv/put", "{\"key\":\"Zm9v\"}"));
      callers.same(HttpQuestion.post("/v3/kv/range", "{\"key\":\"Zm9v\"}"));
      callers.orFail();
    }
  }

  @Test
  void webPagesMayAskWhatTheyMayAskOfEtcd() throws IOException {
    String[] flags = {"--cors=" + PAGE, "--host-whitelist=127.0.0.1,node.example"};
    try (var servers = ServerPair.start(directory, "http", flags);
        var callers = new Callers("http", servers)) {
      for (String origin : List.of(PAGE, "http://page.example", "http://evil.example:8080", "*")) {
        for (var question :
            List.of(
                HttpQuestion.get("/version"),
                HttpQuestion.get("/nothing"),
                HttpQuestion.post("/v3/kv/range", "{\"key\":\"YQ==\"}"),
                new HttpQuestion("", "OPTIONS", "/v3/kv/range", ""))) {
          callers.same(question, "Origin", origin);
        }
      }
      callers.same(HttpQuestion.get("/version"));
      for (String host :
          List.of("node.example", "node.example:1", "evil.example", "NODE.example", "[::1]:1")) {
        for (String request : List.of("GET /version", "GET /nothing", "OPTIONS /v3/kv/range")) {
          callers.compare(
              request + " of " + host,
              statusLine(servers.etcdEndpoint(), request, host),
              statusLine(servers.quorateEndpoint(), request, host));
        }
      }
      callers.orFail();
    }
  }

  /** The JDK's client names the host itself. */
  private static String statusLine(String endpoint, String request, String host)
      throws IOException {
    String[] address = endpoint.split(":", 2);
    try (var socket = new Socket(address[0], Integer.parseInt(address[1]))) {
      socket.setSoTimeout(20_000);
      var bytes = "%s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n".formatted(request, host);
      socket.getOutputStream().write(bytes.getBytes(ISO_8859_1));
      String answer = new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
      boolean readable = answer.toLowerCase(Locale.ROOT).contains("access-control-");
      return answer.lines().findFirst().orElse("nothing") + (readable ? ", readable" : "");
    }
  }

  @Test
  void theGatewayCanBeSwitchedOff() throws IOException {
    try (var servers = ServerPair.start(directory, "http", "--enable-grpc-gateway=false");
        var callers = new Callers("http", servers)) {
      for (String path : List.of("/v3/kv/range", "/v3/nothing", "/v3beta/kv/range")) {
        callers.same(HttpQuestion.post(path, "{\"key\":\"YQ==\"}"));
      }
      callers.same(HttpQuestion.get("/version"));
      callers.orFail();
    }
  }
}
