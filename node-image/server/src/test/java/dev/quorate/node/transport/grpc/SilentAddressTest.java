package dev.quorate.node.transport.grpc;

import static org.awaitility.Awaitility.await;

import io.grpc.ConnectivityState;
import io.grpc.InsecureChannelCredentials;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The address of a peer that is not there any more: packets to it get no answer at all. */
final class SilentAddressTest {
  /** Without a bound of ours it takes half a minute and more. */
  private static final Duration PATIENCE = Duration.ofSeconds(15);

  @Test
  void isGivenUpSoonSoThatTheNameIsLookedUpAnew() throws Exception {
    var loopback = InetAddress.getLoopbackAddress();
    // With as many connections waiting to be accepted as may, the system ignores further ones.
    try (var loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        var silent = new ServerSocket(0, 1, loopback);
        var _ = new Socket(loopback, silent.getLocalPort());
        var _ = new Socket(loopback, silent.getLocalPort())) {
      var channel =
          PeerConnection.channel(
              new PeerAddress(loopback.getHostAddress(), silent.getLocalPort(), false),
              new PeerNetwork(
                  List.of(), InsecureChannelCredentials.create(), loops, NioSocketChannel.class));
      try {
        var _ = channel.getState(true);
        await()
            .atMost(PATIENCE)
            .until(() -> channel.getState(false) == ConnectivityState.TRANSIENT_FAILURE);
      } finally {
        channel.shutdownNow();
      }
    }
  }
}
