package dev.quorate.node.http.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.node.http.HttpAccess;
import java.io.IOException;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What web pages may ask of a port that takes some origins and some names. */
final class HttpAccessTest {
  private static final String PAGE = "http://page.example:8080";
  private static final String ALLOWED = "access-control-allow-origin";

  private final FakeServices services = new FakeServices();
  private GatewayPort port;

  @BeforeEach
  void open() throws IOException {
    var access = new HttpAccess(Set.of(PAGE), Set.of("node.example", "::1"));
    port = new GatewayPort(access, services.takesNotes(), services.all());
  }

  @AfterEach
  void close() {
    port.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"node.example", "node.example:2379", "[::1]:2379", "::1"})
  void takesItsNames(String host) throws IOException {
    assertThat(ask("GET /health", host, "").status()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "evil.example",
        "evil.example:2379",
        "node.example.evil.example",
        "NODE.example",
        "[::1]",
        "[::1",
        ":",
        "",
        "*"
      })
  void refusesOtherNamesOnAllPaths(String host) throws IOException {
    for (String request :
        new String[] {"GET /health", "GET /nothing", "POST /v3/kv/put", "OPTIONS /v3/kv/put"}) {
      var head = ask(request, host, PAGE);
      assertThat(head.status()).as(request).isEqualTo(421);
      assertThat(head.headers()).as(request).doesNotContainKey(ALLOWED);
    }
    assertThat(services.puts).isEmpty();
  }

  /** RFC 9112, section 3.2.2: then the header does not count. */
  @Test
  void takesAndRefusesTheNameInTheRequestLine() throws IOException {
    assertThat(ask("GET http://node.example/health", "node.example", "").status()).isEqualTo(200);
    assertThat(ask("GET http://node.example:1/health", "evil.example", "").status()).isEqualTo(200);
    assertThat(ask("GET http://evil.example/health", "node.example", "").status()).isEqualTo(421);
    assertThat(ask("GET http://node.example@evil.example/health", "node.example", "").status())
        .isEqualTo(421);
  }

  @ParameterizedTest
  @CsvSource({"GET /health, 200", "OPTIONS /v3/kv/put, 200", "GET /nothing, 404"})
  void saysWhichPageMayReadTheAnswer(String request, int status) throws IOException {
    var head = ask(request, "node.example", PAGE);
    assertThat(head.status()).isEqualTo(status);
    assertThat(head.headers()).containsEntry(ALLOWED, PAGE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://page.example", "https://page.example:8080", "*", "null", ""})
  void saysNothingToOtherPages(String origin) throws IOException {
    assertThat(ask("GET /health", "node.example", origin).headers()).doesNotContainKey(ALLOWED);
  }

  @Test
  void refusesToBeCalledTwice() throws IOException {
    try (var client = port.client()) {
      client.send("GET /health HTTP/1.1\r\nHost: node.example\r\nHost: evil.example\r\n\r\n");
      assertThat(client.head().status()).isEqualTo(400);
    }
  }

  private RawClient.Head ask(String request, String host, String origin) throws IOException {
    try (var client = port.client()) {
      String originLine = origin.isEmpty() ? "" : "Origin: " + origin + "\r\n";
      client.send("%s HTTP/1.1\r\nHost: %s\r\n%s\r\n".formatted(request, host, originLine));
      return client.head();
    }
  }
}
