package dev.quorate.node;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;

/**
 * A port for a server that has to be told its own, kept for it until closed. A socket is bound to
 * it and never listens: Linux then gives the port to nobody who asks for any free one, for a server
 * or for an outgoing connection, and to a listener that names it.
 */
final class ReservedPort implements AutoCloseable {
  private final Socket holder = new Socket();

  ReservedPort() {
    try {
      holder.setReuseAddress(true);
      holder.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  int number() {
    return holder.getLocalPort();
  }

  @Override
  public void close() {
    try {
      holder.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
