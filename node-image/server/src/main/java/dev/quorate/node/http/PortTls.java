package dev.quorate.node.http;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import java.util.concurrent.Executor;

/**
 * TLS on a port.
 *
 * @param executor where keys are worked with, which would hold an event loop up
 */
public record PortTls(SslContext context, Executor executor) {
  SslHandler newHandler(ByteBufAllocator allocator) {
    var handler = new SslHandler(context.newEngine(allocator), executor);
    handler.setHandshakeTimeoutMillis(Patience.BEGINNING_MILLISECONDS);
    return handler;
  }
}
