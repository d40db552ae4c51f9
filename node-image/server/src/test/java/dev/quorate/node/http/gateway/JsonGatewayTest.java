package dev.quorate.node.http.gateway;

import static dev.quorate.node.http.gateway.RawClient.chunk;
import static dev.quorate.node.http.gateway.RawClient.post;
import static dev.quorate.node.http.gateway.RawClient.postChunked;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.quorate.node.http.gateway.RawClient.Answer;
import io.grpc.Status;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What happens between a socket and a service, in good order and in bad. */
final class JsonGatewayTest {
  private static final String END = "0\r\n\r\n";
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final FakeServices services = new FakeServices();
  private GatewayPort port;
  private RawClient client;

  @BeforeEach
  void open() throws IOException {
    port = new GatewayPort(services.takesNotes(), services.all());
    client = port.client();
  }

  @AfterEach
  void close() throws IOException {
    client.close();
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(port.takenBytes).as("room for answers").hasValue(0));
    port.close();
  }

  @Test
  void answersRequestsOfOneConnectionInTheirOrder() throws IOException {
    client.send(
        post("/v3/lock/lock", "{}")
            + post("/v3/kv/put", "{\"key\":\"YQ==\"}")
            + "GET /health HTTP/1.1\r\nHost: test\r\n\r\n"
            + post("/v3/kv/put", "{\"key\":\"Yg==\"}"));
    await().atMost(PATIENCE).until(() -> services.waitingForTheLock.get() != null);
    assertThat(services.puts).as("nothing overtakes the first request").isEmpty();
    services.grantTheLock();
    assertThat(client.answer()).isEqualTo(new Answer(200, "{\"key\":\"bG9jaw==\"}"));
    assertThat(client.answer()).isEqualTo(new Answer(200, "{}"));
    assertThat(client.answer().body()).contains("\"health\"");
    assertThat(client.answer()).isEqualTo(new Answer(200, "{}"));
    assertThat(services.puts).hasSize(2);
  }

  @Test
  void takesRequestsHoweverTheyAreCut() throws IOException {
    for (int round = 0; round < 3; round++) {
      String request = post("/v3/kv/put", "{\"key\":\"YQ==\"}");
      for (int i = 0; i < request.length(); i += 7) {
        client.send(request.substring(i, Math.min(i + 7, request.length())));
      }
      assertThat(client.answer()).isEqualTo(new Answer(200, "{}"));
      client.send(postChunked("/v3/kv/put"));
      for (char character : "{\"key\":\"YQ==\"}".toCharArray()) {
        client.send(chunk(String.valueOf(character)));
      }
      client.send(END);
      assertThat(client.answer()).isEqualTo(new Answer(200, "{}"));
    }
    assertThat(services.puts).hasSize(6);
  }

  @Test
  void waitsForTheBodyIfTheClientAsksFirst() throws IOException {
    client.send(
        "POST /v3/kv/put HTTP/1.1\r\nHost: test\r\nContent-Length: 14\r\nExpect: 100-continue\r\n\r\n");
    assertThat(client.head().status()).isEqualTo(100);
    client.send("{\"key\":\"YQ==\"}");
    assertThat(client.answer()).isEqualTo(new Answer(200, "{}"));
  }

  @Test
  void aStreamWithoutRoomForItsNextMessageSaysSo() throws IOException {
    port.limitBytes = 0;
    client.send(post("/v3/watch", "{\"create_request\":{\"key\":\"YQ==\"}}"));
    var answer = client.answer();
    assertThat(answer.status()).isEqualTo(429);
    assertThat(answer.body()).contains("etcdserver: too many requests");
    await().atMost(PATIENCE).until(() -> services.cancelled.get() == 1);
  }

  @ParameterizedTest
  @CsvSource({
    "INVALID_ARGUMENT, 400, 3",
    "UNAUTHENTICATED, 401, 16",
    "PERMISSION_DENIED, 403, 7",
    "NOT_FOUND, 404, 5",
    "RESOURCE_EXHAUSTED, 429, 8",
    "FAILED_PRECONDITION, 400, 9",
    "OUT_OF_RANGE, 400, 11",
    "UNAVAILABLE, 503, 14",
    "DATA_LOSS, 500, 15",
    "DEADLINE_EXCEEDED, 504, 4"
  })
  void saysErrorsWithTheStatusOfTheirCode(Status.Code code, int status, int number)
      throws IOException {
    services.error = code.toStatus().withDescription("etcdserver: \"no\"\n");
    client.send(post("/v3/kv/put", "{\"key\":\"YQ==\"}"));
    assertThat(client.answer())
        .isEqualTo(
            new Answer(
                status,
                "{\"error\":\"etcdserver: \\\"no\\\"\\n\",\"code\":%d,\"message\":\"etcdserver: \\\"no\\\"\\n\"}"
                    .formatted(number)));
    client.send(post("/v3/maintenance/snapshot", ""));
    var answer = client.answer();
    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.body())
        .startsWith("{\"error\":{\"code\":%d,\"message\":\"etcdserver: ".formatted(number))
        .contains(",\"grpc_code\":%d,\"http_code\":%d,".formatted(number, status))
        .endsWith("}}\n");
  }

  /** As clients write it that think of a proxy; RFC 9112, section 3.2.2. */
  @Test
  void takesWholeUrlsInTheRequestLine() throws IOException {
    try (var client = port.client()) {
      client.send(post("http://test/v3/kv/put", "{\"key\":\"Zm9v\"}"));
      assertThat(client.answer().status()).isEqualTo(200);
      for (String url : new String[] {"http://test/version", "HTTPS://test:1/version?a=b"}) {
        client.send("GET %s HTTP/1.1\r\nHost: test\r\n\r\n".formatted(url));
        assertThat(client.answer().body()).as(url).contains("etcdserver");
      }
      for (String url :
          new String[] {"http://test", "http://test?/version", "ftp://test/version"}) {
        client.send("GET %s HTTP/1.1\r\nHost: test\r\n\r\n".formatted(url));
        assertThat(client.answer().status()).as(url).isEqualTo(404);
      }
    }
  }

  /** Who reads where a body ends in another way than a proxy before it reads another request. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: gzip, chunked",
        "HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked, identity",
        "HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: identity",
        "HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: xchunked",
        "HTTP/1.1\r\nHost: test\r\nTransfer-Encoding:",
        "HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
        "HTTP/1.0\r\nTransfer-Encoding: chunked"
      })
  void refusesEncodingsOfTheTransferThatItDoesNotKnow(String head) throws IOException {
    try (var client = port.client()) {
      client.send("POST /v3/kv/range %s\r\n\r\n2\r\n{}\r\n0\r\n\r\n".formatted(head));
      assertThat(client.answer().status()).isIn(400, 501);
      assertThat(client.rest()).isEmpty();
    }
  }

  @Test
  void saysThatAServiceIsNotThere() throws IOException {
    client.send(post("/v3/auth/status", "{}"));
    var answer = client.answer();
    assertThat(answer.status()).isEqualTo(501);
    assertThat(answer.body()).contains("\"code\":12,");
  }

  @Test
  void handsTheTokenOverWithAndWithoutItsScheme() throws IOException {
    for (String scheme : new String[] {"", "Bearer "}) {
      client.send(
          "POST /v3/kv/put HTTP/1.1\r\nHost: test\r\nAuthorization: %sabc.1\r\nContent-Length: 14\r\n\r\n{\"key\":\"YQ==\"}"
              .formatted(scheme));
      assertThat(client.answer().status()).isEqualTo(200);
      assertThat(services.tokens.removeLast()).isEqualTo("abc.1");
    }
  }

  @Test
  void refusesWhatGrpcWouldNotTake() throws IOException {
    String value = "AAAA".repeat(GatewayPort.MAX_MESSAGE_BYTES / 3 + 8);
    client.send(post("/v3/kv/put", "{\"value\":\"%s\"}".formatted(value)));
    var answer = client.answer();
    assertThat(answer.status()).isEqualTo(429);
    assertThat(answer.body()).contains("grpc: received message larger than max (1048");
    client.send(post("/v3/kv/put", " ".repeat(3 * GatewayPort.MAX_MESSAGE_BYTES)));
    assertThat(client.answer().status()).isEqualTo(429);
    client.send(post("/v3/kv/put", "{}"));
    assertThat(client.answer()).as("the connection lives on").isEqualTo(new Answer(200, "{}"));
    assertThat(services.puts).hasSize(1);
  }

  @Test
  void watchesWhileRequestsComeAndGoesOnAfterTheLast() throws IOException {
    client.send(postChunked("/v3/watch") + chunk("{\"create_request\":{\"watch_id\":1}}{\"crea"));
    assertThat(client.head().headers()).containsEntry("transfer-encoding", "chunked");
    assertThat(client.chunk()).isEqualTo("{\"result\":{\"watch_id\":\"1\",\"created\":true}}\n");
    client.send(chunk("te_request\":{\"watch_id\":2}} "));
    assertThat(client.chunk()).isEqualTo("{\"result\":{\"watch_id\":\"2\",\"created\":true}}\n");
    client.send(END);
    services.event(7);
    assertThat(client.chunk()).isEqualTo("{\"result\":{\"watch_id\":\"7\"}}\n");
    services.endWatch(Status.UNAVAILABLE.withDescription("etcdserver: no leader"));
    assertThat(client.chunk())
        .isEqualTo(
            "{\"error\":{\"code\":14,\"message\":\"etcdserver: no leader\",\"grpc_code\":14,"
                + "\"http_code\":503,\"http_status\":\"Service Unavailable\"}}\n");
    assertThat(client.chunk()).isEmpty();
    client.send(post("/v3/kv/put", "{}"));
    assertThat(client.answer().status()).isEqualTo(200);
  }

  @Test
  void endsAStreamWithTheFirstRequestThatItCannotRead() throws IOException {
    client.send(postChunked("/v3/watch") + chunk("{\"create_request\":{\"watch_id\":1}}"));
    assertThat(client.head().status()).isEqualTo(200);
    assertThat(client.chunk()).contains("created");
    client.send(chunk("{\"create_request\":{\"key\":1}}"));
    assertThat(client.chunk()).startsWith("{\"error\":{\"code\":3,\"message\":\"quorate: $.create");
    assertThat(client.chunk()).isEmpty();
    await().atMost(PATIENCE).until(() -> services.cancelled.get() == 1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"a", "", "[]", "{\"create_request\":1}"})
  void refusesAStreamThatBeginsBadly(String body) throws IOException {
    client.send(post("/v3/watch", body));
    var answer = client.answer();
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.body()).startsWith("{\"error\":\"").contains("\"code\":3,");
  }

  @Test
  void endsKeepAlivesWithTheirRequests() throws IOException {
    client.send(post("/v3/lease/keepalive", "{\"ID\":7}{\"ID\":8}"));
    assertThat(client.head().status()).isEqualTo(200);
    assertThat(client.chunk()).isEqualTo("{\"result\":{\"ID\":\"7\"}}\n");
    assertThat(client.chunk()).isEqualTo("{\"result\":{\"ID\":\"8\"}}\n");
    assertThat(client.chunk()).isEmpty();
    client.send(post("/v3/lease/keepalive", ""));
    assertThat(client.head().status()).isEqualTo(200);
    assertThat(client.chunk()).isEmpty();
  }

  @Test
  void cancelsTheCallsOfAClientThatGoes() throws IOException {
    client.send(post("/v3/lock/lock", "{}"));
    await().atMost(PATIENCE).until(() -> services.waitingForTheLock.get() != null);
    client.close();
    await().atMost(PATIENCE).until(() -> services.cancelled.get() == 1);
    try (var watcher = port.client()) {
      watcher.send(post("/v3/watch", "{\"create_request\":{}}"));
      assertThat(watcher.head().status()).isEqualTo(200);
    }
    await().atMost(PATIENCE).until(() -> services.cancelled.get() == 2);
  }

  @Test
  void slowsAStreamDownToItsClient() throws IOException {
    client.send(post("/v3/maintenance/snapshot", "{}"));
    var last = new long[] {-1};
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(400))
        .until(
            () -> {
              long before = last[0];
              last[0] = services.snapshotPieces.get();
              return last[0] > 0 && last[0] == before;
            });
    assertThat(last[0])
        .as("pieces of 64 KiB that fit between the service and a client that reads nothing")
        .isLessThan(FakeServices.SNAPSHOT_PIECES / 2);
    assertThat(client.head().status()).isEqualTo(200);
    int pieces = 0;
    for (String piece = client.chunk(); !piece.isEmpty(); piece = client.chunk()) {
      assertThat(piece).startsWith("{\"result\":{\"blob\":\"AAAA");
      pieces++;
    }
    assertThat(pieces).isEqualTo(FakeServices.SNAPSHOT_PIECES);
  }

  @Test
  void streamsToTheEndOfTheConnectionForAnOldClient() throws IOException {
    client.send("POST /v3/lease/keepalive HTTP/1.0\r\nContent-Length: 8\r\n\r\n{\"ID\":7}");
    assertThat(client.head().headers()).doesNotContainKey("transfer-encoding");
    assertThat(client.rest()).isEqualTo("{\"result\":{\"ID\":\"7\"}}\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "POST /v3/kv/put HTTP/1.1~Content-Length: 2~~{}",
        "POST /v3/kv/put HTTP/1.1~Host: x~Content-Length: zz~~{}",
        "POST /v3/kv/put HTTP/1.1~Host: x~Transfer-Encoding: chunked~~zz~",
        "NONSENSE~~"
      })
  void endsConnectionsThatDoNotSpeakHttp(String lines) throws IOException {
    client.send(lines.replace("~", "\r\n"));
    assertThat(client.answer().status()).isEqualTo(400);
    assertThat(client.rest()).isEmpty();
    assertThat(services.puts).isEmpty();
  }

  @Test
  void letsPagesOfEveryOriginAsk() throws IOException {
    client.send("OPTIONS /v3/kv/put HTTP/1.1\r\nHost: test\r\nOrigin: http://a\r\n\r\n");
    var head = client.head();
    assertThat(head.status()).isEqualTo(200);
    assertThat(head.headers())
        .containsEntry("access-control-allow-origin", "*")
        .containsEntry("access-control-allow-headers", "accept, content-type, authorization");
  }

  @Test
  void printsWhatIsSetAsEtcdPrintsIt() {
    assertThat(GatewayCall.print(FakeServices.everyKind(ByteString.copyFrom(new byte[] {-1, -2}))))
        .isEqualTo(
            "{\"header\":{\"cluster_id\":\"18446744073709551615\",\"revision\":\"-1\"},"
                + "\"kvs\":[{\"key\":\"//4=\"}],\"more\":true}");
  }
}
