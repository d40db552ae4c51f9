package dev.quorate.node.http;

import io.netty.channel.Channel;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.security.cert.CertificateException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says why connections were not taken. Certificates are an administrator's business, so a refused
 * one is a warning, at most one a second; everything else can come from anybody who scans ports,
 * and is only said when debugging.
 */
final class RefusedConnections {
  private static final Logger LOG = LoggerFactory.getLogger(RefusedConnections.class);
  private static final AtomicLong NEXT_WARNING = new AtomicLong(System.nanoTime());

  private RefusedConnections() {}

  static void debug(Channel channel, String why) {
    LOG.debug("connection from {} is closed: {}", channel.remoteAddress(), why);
  }

  static void handshakeFailed(Channel channel, Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null && !(cause instanceof CertificateException)) {
      cause = cause.getCause();
    }
    if (cause instanceof NotSslRecordException) {
      debug(channel, "it does not speak TLS, and this port does");
    } else if (cause instanceof SslHandshakeTimeoutException) {
      debug(channel, "its TLS handshake took too long");
    } else if (cause instanceof ClosedChannelException) {
      debug(channel, "it ended in the middle of the TLS handshake");
    } else if (mayWarn()) {
      LOG.warn(
          "connection from {} is refused, the TLS handshake failed: {}",
          channel.remoteAddress(),
          cause.getMessage());
    } else {
      debug(channel, "the TLS handshake failed: " + cause.getMessage());
    }
  }

  private static boolean mayWarn() {
    long now = System.nanoTime();
    long next = NEXT_WARNING.get();
    return now - next >= 0 && NEXT_WARNING.compareAndSet(next, now + TimeUnit.SECONDS.toNanos(1));
  }
}
