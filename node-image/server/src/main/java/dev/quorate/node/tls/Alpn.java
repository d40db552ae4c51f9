package dev.quorate.node.tls;

import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import java.util.List;

/** What a port offers to speak, in the order of its preference. */
public enum Alpn {
  /**
   * Only gRPC is served over HTTP/2. Its clients name nothing else, while those of pages and of the
   * gateway (curl, Prometheus, kubelet, browsers) name both and prefer HTTP/2.
   */
  GRPC_AND_HTTP,
  GRPC,
  HTTP;

  private List<String> protocols() {
    return switch (this) {
      case GRPC_AND_HTTP -> List.of("http/1.1", "h2");
      case GRPC -> List.of("h2");
      case HTTP -> List.of("http/1.1");
    };
  }

  /** Whoever names none of them may still say what it wants by its first bytes. */
  ApplicationProtocolConfig config() {
    return new ApplicationProtocolConfig(
        Protocol.ALPN,
        SelectorFailureBehavior.NO_ADVERTISE,
        SelectedListenerFailureBehavior.ACCEPT,
        protocols());
  }
}
