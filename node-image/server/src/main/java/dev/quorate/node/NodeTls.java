package dev.quorate.node;

import dev.quorate.node.tls.ReloadedTls;
import dev.quorate.node.tls.TlsException;
import dev.quorate.node.tls.TlsSettings;
import io.grpc.ChannelCredentials;
import io.grpc.InsecureChannelCredentials;
import io.grpc.netty.NettySslContextChannelCredentials;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * TLS of one node, read when it starts and followed while it runs.
 *
 * @param clients null if it is off there
 * @param peers null if it is off there
 */
record NodeTls(@Nullable ReloadedTls clients, @Nullable ReloadedTls peers) {
  private static final Logger LOG = LoggerFactory.getLogger(NodeTls.class);

  /** How soon changed files are seen: often enough to replace them and look, and still cheap. */
  private static final long LOOK_SECONDS = 1;

  /**
   * Reads the files.
   *
   * @throws StartException if one of them is not good
   */
  static NodeTls open(NodeConfig config) throws StartException {
    try {
      warnOfPlain(config.clientTls(), config.listen().clients());
      warnOfPlain(config.clientTls(), config.listen().http());
      warnOfPlain(config.peerTls(), config.listen().peers());
      return new NodeTls(open(config.clientTls()), open(config.peerTls()));
    } catch (TlsException e) {
      throw new StartException(String.valueOf(e.getMessage()));
    }
  }

  /** A plain port beside certificates is allowed, as in etcd, and seldom meant. */
  private static void warnOfPlain(TlsSettings settings, List<NodeUrl> urls) {
    for (NodeUrl url : urls) {
      if (settings.isWanted() && !url.secure()) {
        LOG.warn(
            "TLS for {} is set up, but {} is open to everybody in plain text: write https there",
            settings.what(),
            url);
      }
    }
  }

  private static @Nullable ReloadedTls open(TlsSettings settings) throws TlsException {
    return settings.isOn() ? ReloadedTls.open(settings, InstantSource.system()) : null;
  }

  /** Follows the files from now on; it ends with the timer. */
  void follow(ScheduledExecutorService timer) {
    follow(clients, timer);
    follow(peers, timer);
  }

  private static void follow(@Nullable ReloadedTls tls, ScheduledExecutorService timer) {
    if (tls != null) {
      var _ =
          timer.scheduleWithFixedDelay(tls::refresh, LOOK_SECONDS, LOOK_SECONDS, TimeUnit.SECONDS);
    }
  }

  /** For connections to https peers; whether it is one is the URL's to say. */
  ChannelCredentials towardsPeers() {
    return peers == null
        ? InsecureChannelCredentials.create()
        : NettySslContextChannelCredentials.create(peers.client());
  }
}
