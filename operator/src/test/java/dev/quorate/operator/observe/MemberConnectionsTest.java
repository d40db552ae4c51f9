package dev.quorate.operator.observe;

import static org.awaitility.Awaitility.await;

import io.grpc.ConnectivityState;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class MemberConnectionsTest {
  /** Without a bound of ours it takes half a minute and more. */
  private static final Duration PATIENCE = Duration.ofSeconds(15);

  @Test
  void anAddressThatDoesNotAnswerIsGivenUpSoonSoThatTheNameIsLookedUpAnew() throws Exception {
    var loopback = InetAddress.getLoopbackAddress();
    // With as many connections waiting to be accepted as may, the system ignores further ones.
    try (var silent = new ServerSocket(0, 1, loopback);
        var _ = new Socket(loopback, silent.getLocalPort());
        var _ = new Socket(loopback, silent.getLocalPort())) {
      var channel =
          MemberConnections.open(
              "http://%s:%d".formatted(loopback.getHostAddress(), silent.getLocalPort()), null);
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
