package dev.quorate.node.http;

import io.grpc.netty.GrpcHttp2ConnectionHandler;
import io.grpc.netty.InternalProtocolNegotiationEvent;
import io.grpc.netty.InternalProtocolNegotiator;
import io.grpc.netty.InternalProtocolNegotiators;
import io.grpc.netty.ProtocolNegotiationEvent;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.util.AsciiString;
import java.util.List;

/**
 * Lets gRPC and HTTP/1 share the client port, as etcd's clients and probes expect: a connection
 * that begins with HTTP/2's preface is gRPC's, every other one is HTTP/1.
 */
public final class PortDemultiplexer implements InternalProtocolNegotiator.ProtocolNegotiator {
  private static final AsciiString SCHEME = AsciiString.of("http");

  private final HttpEndpoints endpoints;

  public PortDemultiplexer(HttpEndpoints endpoints) {
    this.endpoints = endpoints;
  }

  @Override
  public AsciiString scheme() {
    return SCHEME;
  }

  @Override
  public ChannelHandler newHandler(GrpcHttp2ConnectionHandler grpcHandler) {
    return new FirstBytes(grpcHandler, endpoints);
  }

  @Override
  public void close() {}

  /** Waits for as many bytes as it takes to tell, and then makes room for the right handlers. */
  private static final class FirstBytes extends ByteToMessageDecoder {
    /** How HTTP/2's preface begins (RFC 9113, section 3.4); no HTTP/1 method does. */
    private static final byte[] PREFACE = {'P', 'R', 'I', ' '};

    private final GrpcHttp2ConnectionHandler grpcHandler;
    private final HttpEndpoints endpoints;

    FirstBytes(GrpcHttp2ConnectionHandler grpcHandler, HttpEndpoints endpoints) {
      this.grpcHandler = grpcHandler;
      this.endpoints = endpoints;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) throws Exception {
      // gRPC announces the negotiation to the first handler; it is told again to the one that
      // follows once it is known which one that is.
      if (!(event instanceof ProtocolNegotiationEvent)) {
        super.userEventTriggered(context, event);
      }
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
      int readable = Math.min(in.readableBytes(), PREFACE.length);
      for (int i = 0; i < readable; i++) {
        if (in.getByte(in.readerIndex() + i) != PREFACE[i]) {
          becomeHttp(context.pipeline());
          return;
        }
      }
      if (readable == PREFACE.length) {
        becomeGrpc(context);
      }
    }

    private void becomeGrpc(ChannelHandlerContext context) {
      var pipeline = context.pipeline();
      pipeline.addAfter(
          context.name(),
          null,
          InternalProtocolNegotiators.serverPlaintext().newHandler(grpcHandler));
      context.fireUserEventTriggered(InternalProtocolNegotiationEvent.getDefault());
      pipeline.remove(this);
    }

    private void becomeHttp(ChannelPipeline pipeline) {
      // gRPC's handler that holds writes back until the negotiation is over; it never will be.
      var names = pipeline.names();
      for (String name : names) {
        if (name.startsWith("WriteBufferingAndExceptionHandler")) {
          pipeline.remove(name);
        }
      }
      HttpConnection.addTo(pipeline, endpoints);
      pipeline.remove(this);
    }
  }
}
