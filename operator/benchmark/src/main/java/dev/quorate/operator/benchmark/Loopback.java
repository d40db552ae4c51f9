package dev.quorate.operator.benchmark;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/** Places to listen at on this machine. */
final class Loopback {
  private static final int LAST_TRIED = 200;

  private Loopback() {}

  static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** The port is given by the members' URLs, so it is the address that must be a free one. */
  static InetSocketAddress withPort(int port) throws IOException {
    for (int last = 1; last <= LAST_TRIED; last++) {
      var address = new InetSocketAddress("127.77.0." + last, port);
      try (var socket = new ServerSocket()) {
        socket.bind(address);
        return address;
      } catch (IOException _) {
        // Somebody is there: the next one.
      }
    }
    throw new IOException("port %d is in use at 127.77.0.1 and all after it".formatted(port));
  }
}
