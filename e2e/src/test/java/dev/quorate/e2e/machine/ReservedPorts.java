package dev.quorate.e2e.machine;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;

/**
 * Ports for programs that have to be told theirs. To each a socket is bound that never listens,
 * until this program ends: Linux then gives the port to nobody who asks for any free one, for a
 * server or for an outgoing connection, and to a listener that names it.
 */
public final class ReservedPorts {
  private static final ConcurrentLinkedQueue<Socket> HOLDERS = new ConcurrentLinkedQueue<>();

  private ReservedPorts() {}

  /** Different ports on which nobody else can come to listen by chance. */
  public static List<Integer> of(int count) throws IOException {
    var holders = Stream.generate(Socket::new).limit(count).toList();
    HOLDERS.addAll(holders);
    for (var holder : holders) {
      holder.setReuseAddress(true);
      holder.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }
    return holders.stream().map(Socket::getLocalPort).toList();
  }
}
