package dev.quorate.node.http;

import io.grpc.Attributes;
import io.grpc.Grpc;
import io.grpc.netty.GrpcHttp2ConnectionHandler;
import io.grpc.netty.InternalProtocolNegotiator;
import io.grpc.netty.InternalProtocolNegotiators;
import io.grpc.netty.ProtocolNegotiationEvent;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/**
 * Lets gRPC and HTTP/1 share the client port, as etcd's clients and probes expect: after the TLS
 * handshake, if there is one, the first bytes tell what a connection speaks. They do so for clients
 * of ALPN too, who by then have agreed on what they send.
 */
public final class PortDemultiplexer implements InternalProtocolNegotiator.ProtocolNegotiator {
  private final @Nullable HttpSite site;
  private final @Nullable PortTls tls;

  /**
   * For one port.
   *
   * @param site null if only gRPC is spoken
   * @param tls null if connections are plain
   */
  public PortDemultiplexer(@Nullable HttpSite site, @Nullable PortTls tls) {
    this.site = site;
    this.tls = tls;
  }

  @Override
  public AsciiString scheme() {
    return AsciiString.of(tls == null ? "http" : "https");
  }

  @Override
  public ChannelHandler newHandler(GrpcHttp2ConnectionHandler grpcHandler) {
    var grpc = InternalProtocolNegotiators.grpcNegotiationHandler(grpcHandler);
    return tls == null ? new PlainBeginning(grpc) : new TlsBeginning(grpc, tls);
  }

  @Override
  public void close() {}

  /** What gRPC's services can ask of the connection. */
  private static Attributes.Builder attributes(Channel channel) {
    return Attributes.newBuilder()
        .set(Grpc.TRANSPORT_ATTR_REMOTE_ADDR, channel.remoteAddress())
        .set(Grpc.TRANSPORT_ATTR_LOCAL_ADDR, channel.localAddress());
  }

  private final class PlainBeginning extends ChannelInboundHandlerAdapter {
    private final ChannelHandler grpc;

    PlainBeginning(ChannelHandler grpc) {
      this.grpc = grpc;
    }

    /** The channel is active: it was accepted. */
    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) throws Exception {
      if (event instanceof ProtocolNegotiationEvent) {
        var plain = attributes(context.channel()).build();
        context.pipeline().replace(this, null, new FirstBytes(grpc, site, plain, false));
      } else {
        super.userEventTriggered(context, event);
      }
    }
  }

  private final class TlsBeginning extends ChannelInboundHandlerAdapter {
    private final ChannelHandler grpc;
    private final PortTls tls;

    TlsBeginning(ChannelHandler grpc, PortTls tls) {
      this.grpc = grpc;
      this.tls = tls;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
      context.pipeline().addBefore(context.name(), null, tls.newHandler(context.alloc()));
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) throws Exception {
      switch (event) {
        case ProtocolNegotiationEvent _ -> {
          // gRPC says that the negotiation begins; TLS comes before it.
        }
        case SslHandshakeCompletionEvent completion -> completed(context, completion);
        default -> super.userEventTriggered(context, event);
      }
    }

    private void completed(ChannelHandlerContext context, SslHandshakeCompletionEvent completion) {
      if (!completion.isSuccess()) {
        RefusedConnections.handshakeFailed(context.channel(), completion.cause());
        var _ = context.close();
        return;
      }
      var session = context.pipeline().get(SslHandler.class).engine().getSession();
      var secure =
          attributes(context.channel()).set(Grpc.TRANSPORT_ATTR_SSL_SESSION, session).build();
      context.pipeline().replace(this, null, new FirstBytes(grpc, site, secure, true));
    }

    /** What is wrong has been told with the event. */
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      var _ = context.close();
    }
  }
}
