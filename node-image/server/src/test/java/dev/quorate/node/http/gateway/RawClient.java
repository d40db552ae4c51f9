package dev.quorate.node.http.gateway;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** A connection whose client decides when which bytes leave, and when it reads. */
final class RawClient implements AutoCloseable {
  private static final int PATIENCE_MILLISECONDS = 20_000;

  private final Socket socket;
  private final InputStream in;

  RawClient(int port) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(PATIENCE_MILLISECONDS);
    socket.setTcpNoDelay(true);
    in = new BufferedInputStream(socket.getInputStream());
  }

  void send(String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(ISO_8859_1));
    socket.getOutputStream().flush();
  }

  static String post(String path, String body) {
    return "POST %s HTTP/1.1\r\nHost: test\r\nContent-Length: %d\r\n\r\n%s"
        .formatted(path, body.length(), body);
  }

  static String postChunked(String path) {
    return "POST %s HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n".formatted(path);
  }

  static String chunk(String text) {
    return "%x\r\n%s\r\n".formatted(text.length(), text);
  }

  record Head(int status, Map<String, String> headers) {}

  record Answer(int status, String body) {}

  Head head() throws IOException {
    String statusLine = line();
    var headers = new TreeMap<String, String>();
    for (String line = line(); !line.isEmpty(); line = line()) {
      int colon = line.indexOf(':');
      headers.put(
          line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
    }
    return new Head(Integer.parseInt(statusLine.split(" ", 3)[1]), headers);
  }

  /** A response of one piece. */
  Answer answer() throws IOException {
    Head head = head();
    int length = Integer.parseInt(head.headers().getOrDefault("content-length", "0"));
    return new Answer(head.status(), new String(in.readNBytes(length), ISO_8859_1));
  }

  /** The next chunk of a stream; empty at its end. */
  String chunk() throws IOException {
    int length = Integer.parseInt(line(), 16);
    String text = new String(in.readNBytes(length), ISO_8859_1);
    if (!line().isEmpty()) {
      throw new IOException("a chunk that does not end with its length");
    }
    return text;
  }

  /** Everything to the end of the connection. */
  String rest() throws IOException {
    return new String(in.readAllBytes(), ISO_8859_1);
  }

  private String line() throws IOException {
    var line = new StringBuilder();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        throw new EOFException("the connection ended after \"%s\"".formatted(line));
      }
      if (next != '\r') {
        line.append((char) next);
      }
    }
    return line.toString();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
