package dev.quorate.node.http;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
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

  private final HttpEndpoints endpoints;

  private HttpConnection(HttpEndpoints endpoints) {
    this.endpoints = endpoints;
  }

  static void addTo(ChannelPipeline pipeline, HttpEndpoints endpoints) {
    pipeline.addLast(
        new ReadTimeoutHandler(IDLE_SECONDS, TimeUnit.SECONDS),
        new HttpServerCodec(),
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
        answer(context, HttpAnswer.text(400, "400 bad request\n"), false);
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

  private static void answer(ChannelHandlerContext context, HttpAnswer answer, boolean keepAlive) {
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
    var written = context.writeAndFlush(response);
    if (keepAlive) {
      context.channel().config().setAutoRead(true);
    } else {
      var _ = written.addListener(ChannelFutureListener.CLOSE);
    }
  }

  @Override
  public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
    // What begins above this handler is gRPC's wish to end the connection when its server stops.
    ReferenceCountUtil.release(message);
    promise.trySuccess();
    var _ = context.close();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    var _ = context.close();
  }
}
