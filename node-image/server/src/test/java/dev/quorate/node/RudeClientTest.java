package dev.quorate.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.api.etcd.MemberListRequest;
import dev.quorate.node.tls.TestAuthority;
import io.grpc.TlsChannelCredentials;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
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
