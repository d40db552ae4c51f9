package dev.quorate.node.transport.grpc;

import io.grpc.ChannelCredentials;
import io.grpc.InsecureChannelCredentials;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where a peer listens, out of a peer URL. */
record PeerAddress(String host, int port, boolean secure) {
  private static final int DEFAULT_PORT = 2380;

  /** The first usable one of a member's URLs, null if there is none. */
  static @Nullable PeerAddress of(List<String> urls) {
    for (var url : urls) {
      var address = of(url);
      if (address != null) {
        return address;
      }
    }
    return null;
  }

  private static @Nullable PeerAddress of(String url) {
    try {
      var uri = URI.create(url);
      return uri.getHost() == null
          ? null
          : new PeerAddress(
              uri.getHost(),
              uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort(),
              "https".equals(uri.getScheme()));
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  ChannelCredentials credentials(ChannelCredentials ofNetwork) {
    return secure ? ofNetwork : InsecureChannelCredentials.create();
  }
}
