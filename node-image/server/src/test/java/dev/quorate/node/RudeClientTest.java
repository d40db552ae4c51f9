package dev.quorate.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.quorate.api.etcd.MemberListRequest;
import dev.quorate.node.tls.TestAuthority;
import io.grpc.TlsChannelCredentials;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What clients of the wrong kind, or of bad will, get from the ports of a node: raw bytes. */
@Timeout(60)
final class RudeClientTest {
  private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
  private static final String EMPTY_SETTINGS = "\0\0\0\4\0\0\0\0\0";
  private static final byte GO_AWAY = 7;
  private static final MemberListRequest MEMBERS = MemberListRequest.getDefaultInstance();

  @TempDir Path directory;

  @Test
  void aPlainPortRefusesWhatIsTooLongOrBroken() throws Exception {
    try (var node = new TestNode("one", directory.resolve("one"))) {
      node.start();
      int port = node.clientPort();
      assertThat(answer(port, "GET /health HTTP/1.1\r\nx: " + "y".repeat(40_000) + "\r\n\r\n"))
          .startsWith("HTTP/1.1 431 ")
          .contains("connection: close");
      assertThat(answer(port, "GET /" + "y".repeat(10_000) + " HTTP/1.1\r\n\r\n"))
          .startsWith("HTTP/1.1 414 ");
      assertThat(answer(port, "nonsense\r\n\r\n")).startsWith("HTTP/1.1 400 ");
      assertThat(answer(port, "\26\3\1\2\0\1\0\1\374\3\3")).isEmpty();
      assertThat(answer(node.peerPort(), "GET /health HTTP/1.1\r\n\r\n")).isEmpty();
      assertThat(node.get("/health").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void malformedFramesEndTheConnectionWithAReason() throws Exception {
    try (var node = new TestNode("one", directory.resolve("one"))) {
      node.start();
      // A frame of 16 MiB, and HEADERS of the stream 0, which is the connection.
      assertGoAway(
          answer(node.clientPort(), PREFACE + EMPTY_SETTINGS + "\377\377\377\0\0\0\0\0\1"));
      assertGoAway(answer(node.peerPort(), PREFACE + EMPTY_SETTINGS + "\0\0\0\1\4\0\0\0\0"));
      assertThat(node.get("/health").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void plainTextOnATlsPortIsClosed() throws Exception {
    var authority = new TestAuthority("ca", directory);
    var server = authority.issue("server");
    var credentials =
        TlsChannelCredentials.newBuilder().trustManager(authority.certificate().toFile()).build();
    try (var node = new TestNode("one", directory.resolve("one"), "https", credentials)) {
      node.start(
          "--cert-file=" + server.certificate(),
          "--key-file=" + server.key(),
          "--peer-cert-file=" + server.certificate(),
          "--peer-key-file=" + server.key());
      for (int port : new int[] {node.clientPort(), node.peerPort()}) {
        assertThat(answer(port, "GET /health HTTP/1.1\r\n\r\n")).doesNotContain("HTTP/1.1 200");
        assertThat(answer(port, PREFACE + EMPTY_SETTINGS)).hasSizeLessThan(64);
      }
      assertThat(node.cluster().memberList(MEMBERS).getMembersCount()).isEqualTo(1);
    }
  }

  /** A head that goes on in frame after frame is not kept, however long it becomes. */
  @Test
  void aHeadWithoutEndEndsTheConnection() throws Exception {
    try (var node = new TestNode("one", directory.resolve("one"))) {
      node.start();
      String begun = "\0\0\1\1\0\0\0\0\1\202";
      String goesOn = "\0\100\0\11\0\0\0\0\1" + "\0\1a\1b".repeat(1 << 12).substring(0, 1 << 14);
      for (int port : new int[] {node.clientPort(), node.peerPort()}) {
        assertUnexplained(answer(port, PREFACE + EMPTY_SETTINGS + begun + goesOn.repeat(200)));
      }
      assertThat(node.cluster().memberList(MEMBERS).getMembersCount()).isEqualTo(1);
    }
  }

  @Test
  void bodiesThatAreNotJsonAreRefusedInOneLine() throws Exception {
    var all =
        List.of(
            "{\"key\":\"Z\",\"ID\":true}",
            "{\"key\":\"+_8B\",\"ID\":\"+_8B\"}",
            "{\"key\"",
            "[]",
            "\0\1\2",
            "\377\376",
            "{{{{{{{{",
            "]",
            "{\"any\":[[[[[[[[",
            "{\"lease\":99999999999999999999999999,\"ID\":99999999999999999999999999}");
    try (var node = new TestNode("one", directory.resolve("one"))) {
      node.start();
      for (String body : all) {
        for (String path : List.of("/v3/kv/put", "/v3/lease/keepalive")) {
          String request =
              "POST %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s"
                  .formatted(path, body.length(), body);
          String answer = answer(node.clientPort(), request);
          assertThat(answer).as(request).startsWith("HTTP/1.1 400 ").contains("\"code\":3,");
          assertUnexplained(answer);
        }
      }
      assertThat(node.get("/health").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void headsThatAreNotHttpAreRefused() throws Exception {
    var all =
        List.of(
            "GET /health HTTP/1.1~Host: x~no colon~~",
            "GET /health HTTP/1.1~Host: x~Content-Length: -1~~",
            "POST /v3/kv/put HTTP/1.1~Host: x~Content-Length: 3~Content-Length: 4~~{}",
            "POST /v3/kv/put HTTP/1.1~Host: x~Content-Length: 99999999999999999999~~{}",
            "GET /health HTTP/9.9~Host: x~~",
            "GET /health HTTP/1.1~Host: x~Host: y~~",
            "GET /%zz HTTP/1.1~Host: x~Connection: close~~",
            "POST /v3/kv/%zz HTTP/1.1~Host: x~Content-Length: 0~Connection: close~~",
            "GET \0 HTTP/1.1~Host: x~Connection: close~~");
    try (var node = new TestNode("one", directory.resolve("one"))) {
      node.start();
      for (String lines : all) {
        String answer = answer(node.clientPort(), lines.replace("~", "\r\n"));
        assertThat(answer).as(lines).startsWith("HTTP/1.1 4");
        assertUnexplained(answer);
      }
      assertThat(node.get("/health").statusCode()).isEqualTo(200);
    }
  }

  /** In real time, and all at once: nothing, half a TLS handshake, and a head byte by byte. */
  @Test
  void connectionsThatGetNowhereAreClosedWhileOthersAreServed() throws Exception {
    var authority = new TestAuthority("ca", directory);
    var server = authority.issue("server");
    var credentials =
        TlsChannelCredentials.newBuilder().trustManager(authority.certificate().toFile()).build();
    try (var plain = new TestNode("plain", directory.resolve("plain"));
        var secure = new TestNode("tls", directory.resolve("tls"), "https", credentials);
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      plain.start();
      secure.start(
          "--cert-file=" + server.certificate(),
          "--key-file=" + server.key(),
          "--peer-cert-file=" + server.certificate(),
          "--peer-key-file=" + server.key());
      var rude = new ArrayList<Future<String>>();
      for (var node : List.of(plain, secure)) {
        for (int port : new int[] {node.clientPort(), node.peerPort()}) {
          rude.add(threads.submit(() -> answer(port, "")));
          rude.add(threads.submit(() -> answer(port, "\26\3\1\2\0\1")));
        }
      }
      rude.add(threads.submit(() -> answer(plain.clientPort(), PREFACE)));
      rude.add(threads.submit(() -> drips(plain.clientPort(), "GET /health HTTP/1.1\r\nx: ")));
      await()
          .atMost(Duration.ofSeconds(30))
          .until(
              () -> {
                assertThat(plain.get("/health").statusCode()).isEqualTo(200);
                assertThat(secure.cluster().memberList(MEMBERS).getMembersCount()).isEqualTo(1);
                return rude.stream().allMatch(Future::isDone);
              });
      for (var answer : rude) {
        assertThat(answer.get()).hasSizeLessThan(64);
      }
    }
  }

  /** A connection that never stops sending and never gets to an end; until the node closes it. */
  private static String drips(int port, String beginning) throws IOException {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(500);
      socket.getOutputStream().write(beginning.getBytes(StandardCharsets.ISO_8859_1));
      while (true) {
        try {
          if (socket.getInputStream().read() < 0) {
            return "";
          }
        } catch (SocketTimeoutException _) {
          socket.getOutputStream().write('y');
        }
      }
    } catch (SocketException _) {
      return "";
    }
  }

  /** What went wrong inside is for the log. */
  private static void assertUnexplained(String answer) {
    assertThat(answer).doesNotContain("Exception", "java.", "io.netty", "\tat ");
  }

  private static void assertGoAway(String answer) {
    var frameTypes = new StringBuilder();
    for (int at = 0; at + 9 <= answer.length(); ) {
      frameTypes.append(answer.charAt(at + 3));
      at += 9 + (answer.charAt(at) << 16 | answer.charAt(at + 1) << 8 | answer.charAt(at + 2));
    }
    assertThat(frameTypes.toString()).contains(String.valueOf((char) GO_AWAY));
  }

  /** All that comes back until the node closes; a reset ends it too. */
  private static String answer(int port, String bytes) throws IOException {
    var answer = new StringBuilder();
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(20_000);
      socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
      var in = socket.getInputStream();
      for (int next = in.read(); next >= 0; next = in.read()) {
        answer.append((char) next);
      }
    } catch (SocketException _) {
      // Closed while we still wrote.
    }
    return answer.toString();
  }
}
