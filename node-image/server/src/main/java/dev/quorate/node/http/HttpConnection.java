package dev.quorate.node.http;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.handler.timeout.ReadTimeoutHandler;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/**
 * One HTTP/1 connection: hands requests to {@link HttpEndpoints}, one at a time, and writes the
 * answers.
 */
final class HttpConnection extends ChannelDuplexHandler {
  private static final int MAX_REQUEST_BYTES = 64 << 10;
  private static final int IDLE_SECONDS = 120;
  private static final HttpDecoderConfig DECODING =
      new HttpDecoderConfig().setMaxInitialLineLength(8 << 10).setMaxHeaderSize(32 << 10);

  private final HttpEndpoints endpoints;

  private HttpConnection(HttpEndpoints endpoints) {
    this.endpoints = endpoints;
  }

  static void addTo(ChannelPipeline pipeline, HttpEndpoints endpoints) {
    var deadlines = new RequestDeadlines();
    pipeline.addLast(
        new ReadTimeoutHandler(IDLE_SECONDS, TimeUnit.SECONDS),
        deadlines.beginnings(),
        new HttpServerCodec(DECODING),
        deadlines.progress(),
        new HttpObjectAggregator(MAX_REQUEST_BYTES),
        new HttpConnection(endpoints));
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (!(message instanceof FullHttpRequest request)) {
      ReferenceCountUtil.release(message);
      return;
    }
    try {
      if (!request.decoderResult().isSuccess()) {
        refuse(context, request.decoderResult().cause());
        return;
      }
      boolean keepAlive = HttpUtil.isKeepAlive(request);
      // No second request is read before the first is answered.
      context.channel().config().setAutoRead(false);
      var _ =
          endpoints
              .handle(request.method().name(), request.uri())
              .thenAccept(
                  answer -> context.executor().execute(() -> answer(context, answer, keepAlive)));
    } finally {
      request.release();
    }
  }

  /**
   * What comes behind is not read, but the connection stays open for a moment: closed at once, it
   * would be reset, and the answer lost with it.
   */
  private static void refuse(ChannelHandlerContext context, Throwable cause) {
    var answer =
        switch (cause) {
          case TooLongHttpHeaderException _ ->
              HttpAnswer.text(431, "431 Request Header Fields Too Large\n");
          case TooLongHttpLineException _ -> HttpAnswer.text(414, "414 URI Too Long\n");
          default -> HttpAnswer.text(400, "400 Bad Request\n");
        };
    var _ = write(context, answer, false);
    var _ =
        context
            .executor()
            .schedule(
                () -> {
                  var _ = context.close();
                },
                Patience.LAST_ANSWER_MILLISECONDS,
                TimeUnit.MILLISECONDS);
  }

  private static void answer(ChannelHandlerContext context, HttpAnswer answer, boolean keepAlive) {
    var written = write(context, answer, keepAlive);
    if (keepAlive) {
      context.channel().config().setAutoRead(true);
    } else {
      var _ = written.addListener(ChannelFutureListener.CLOSE);
    }
  }

  private static ChannelFuture write(
      ChannelHandlerContext context, HttpAnswer answer, boolean keepAlive) {
    var response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1,
            HttpResponseStatus.valueOf(answer.status()),
            Unpooled.copiedBuffer(answer.body(), StandardCharsets.UTF_8));
    var headers = response.headers();
    headers.set(HttpHeaderNames.CONTENT_TYPE, answer.contentType());
    headers.setInt(HttpHeaderNames.CONTENT_LENGTH, response.content().readableBytes());
    if (answer.status() == 405) {
      headers.set(HttpHeaderNames.ALLOW, "GET");
    }
    HttpUtil.setKeepAlive(response, keepAlive);
    return context.writeAndFlush(response);
  }

  @Override
  public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
    // What begins above this handler is gRPC's wish to end the connection when its server stops.
    ReferenceCountUtil.release(message);
    promise.trySuccess();
    var _ = context.close();
  }

  /** On the metrics port TLS begins below this handler. */
  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) throws Exception {
    if (event instanceof SslHandshakeCompletionEvent completion && !completion.isSuccess()) {
      RefusedConnections.handshakeFailed(context.channel(), completion.cause());
    }
    super.userEventTriggered(context, event);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    var _ = context.close();
  }
}
