package dev.quorate.node.tls;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ApplicationProtocolNegotiator;
import io.netty.handler.ssl.SslContext;
import java.util.List;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSessionContext;

/**
 * Whichever context is the present one when a connection begins. A new one has no sessions of the
 * old one, so that nobody resumes what would not be allowed any more.
 */
final class SwitchingSslContext extends SslContext {
  private final Supplier<SslContext> present;

  SwitchingSslContext(Supplier<SslContext> present) {
    this.present = present;
  }

  @Override
  public boolean isClient() {
    return present.get().isClient();
  }

  @Override
  public List<String> cipherSuites() {
    return present.get().cipherSuites();
  }

  @SuppressWarnings("deprecation") // Its type is; there is no other way to say what ALPN offers.
  @Override
  public ApplicationProtocolNegotiator applicationProtocolNegotiator() {
    return present.get().applicationProtocolNegotiator();
  }

  @Override
  public SSLEngine newEngine(ByteBufAllocator allocator) {
    return present.get().newEngine(allocator);
  }

  @Override
  public SSLEngine newEngine(ByteBufAllocator allocator, String peerHost, int peerPort) {
    return present.get().newEngine(allocator, peerHost, peerPort);
  }

  @Override
  public SSLSessionContext sessionContext() {
    return present.get().sessionContext();
  }
}
