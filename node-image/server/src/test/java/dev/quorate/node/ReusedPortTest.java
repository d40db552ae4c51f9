package dev.quorate.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.quorate.api.etcd.MemberListRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code --socket-reuse-port} says holds for every port. */
@Timeout(60)
final class ReusedPortTest {
  private static final MemberListRequest MEMBERS = MemberListRequest.getDefaultInstance();

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"--listen-metrics-urls", "--listen-client-http-urls"})
  void portsAreShared(String flag) throws Exception {
    try (var other = listener();
        var node = new TestNode("one", directory.resolve("one"))) {
      String url =
          "%s=http://127.0.0.1:%d"
              .formatted(flag, ((InetSocketAddress) other.getLocalAddress()).getPort());
      assertThatExceptionOfType(StartException.class)
          .isThrownBy(() -> node.start(url))
          .withMessageContaining("cannot listen on");
      node.start(url, "--socket-reuse-port");
      assertThat(node.cluster().memberList(MEMBERS).getMembersCount()).isEqualTo(1);
    }
  }

  private static ServerSocketChannel listener() throws IOException {
    var channel = ServerSocketChannel.open();
    channel.setOption(StandardSocketOptions.SO_REUSEPORT, true);
    return channel.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }
}
