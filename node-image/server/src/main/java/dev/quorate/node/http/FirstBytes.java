package dev.quorate.node.http;

import io.grpc.Attributes;
import io.grpc.netty.InternalProtocolNegotiationEvent;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.util.concurrent.Future;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Waits for as many bytes as it takes to tell what a connection speaks, and then makes room for the
 * right handlers. A connection that begins with HTTP/2's preface is gRPC's, every other one is
 * HTTP/1.
 */
final class FirstBytes extends ByteToMessageDecoder {
  /** RFC 9113, section 3.4; no HTTP/1 request begins like its first word. */
  private static final byte[] PREFACE =
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  private static final int TELLING_BYTES = 4;

  /** Clients send their settings right behind the preface; before, they have no connection. */
  private static final int FRAME_HEAD_BYTES = 9;

  /** With it a TLS handshake begins. */
  private static final byte TLS_HANDSHAKE = 22;

  private final ChannelHandler grpc;
  private final @Nullable HttpSite site;
  private final Attributes attributes;
  private final boolean secure;
  private @Nullable Future<?> deadline;

  /**
   * For one connection.
   *
   * @param grpc takes over what is gRPC's, and waits for being told with which attributes
   * @param site null if HTTP/1 is not served
   */
  FirstBytes(ChannelHandler grpc, @Nullable HttpSite site, Attributes attributes, boolean secure) {
    this.grpc = grpc;
    this.site = site;
    this.attributes = attributes;
    this.secure = secure;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    deadline =
        context
            .executor()
            .schedule(
                () -> close(context, "it did not say in time what it wants"),
                Patience.BEGINNING_MILLISECONDS,
                TimeUnit.MILLISECONDS);
  }

  @Override
  protected void handlerRemoved0(ChannelHandlerContext context) {
    if (deadline != null) {
      deadline.cancel(false);
    }
  }

  private static void close(ChannelHandlerContext context, String why) {
    RefusedConnections.debug(context.channel(), why);
    var _ = context.close();
  }

  @Override
  protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
    int alike = prefaceBytes(in);
    if (alike == PREFACE.length) {
      if (in.readableBytes() >= PREFACE.length + FRAME_HEAD_BYTES) {
        becomeGrpc(context);
      }
    } else if (alike < in.readableBytes()) {
      decideOtherwise(context, in, alike);
    }
  }

  /** How many bytes are those of the preface. */
  private static int prefaceBytes(ByteBuf in) {
    int most = Math.min(in.readableBytes(), PREFACE.length);
    int alike = 0;
    while (alike < most && in.getByte(in.readerIndex() + alike) == PREFACE[alike]) {
      alike++;
    }
    return alike;
  }

  private void decideOtherwise(ChannelHandlerContext context, ByteBuf in, int alike) {
    if (alike >= TELLING_BYTES) {
      // gRPC knows how to refuse a broken preface.
      becomeGrpc(context);
    } else if (!secure && in.getByte(in.readerIndex()) == TLS_HANDSHAKE) {
      in.skipBytes(in.readableBytes());
      close(context, "it speaks TLS, and this port does not");
    } else if (site == null) {
      in.skipBytes(in.readableBytes());
      close(context, "it does not speak gRPC, and this port speaks nothing else");
    } else {
      becomeHttp(context.pipeline(), site);
    }
  }

  private void becomeGrpc(ChannelHandlerContext context) {
    var pipeline = context.pipeline();
    pipeline.addAfter(context.name(), null, grpc);
    context.fireUserEventTriggered(
        InternalProtocolNegotiationEvent.withAttributes(
            InternalProtocolNegotiationEvent.getDefault(), attributes));
    pipeline.remove(this);
  }

  private void becomeHttp(ChannelPipeline pipeline, HttpSite served) {
    // gRPC's handler that holds writes back until the negotiation is over; it never will be.
    var names = pipeline.names();
    for (String name : names) {
      if (name.startsWith("WriteBufferingAndExceptionHandler")) {
        pipeline.remove(name);
      }
    }
    HttpConnection.addTo(pipeline, served);
    pipeline.remove(this);
  }
}
