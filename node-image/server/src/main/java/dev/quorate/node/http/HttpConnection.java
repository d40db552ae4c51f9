package dev.quorate.node.http;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.handler.flow.FlowControlHandler;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP/1 connection: hands one request at a time to the {@link HttpSite}, so that answers leave
 * in the order of the requests. A request that came too early waits, and nothing is read behind it.
 */
final class HttpConnection extends ChannelDuplexHandler {
  private static final int IDLE_SECONDS = 120;
  private static final HttpDecoderConfig DECODING =
      new HttpDecoderConfig().setMaxInitialLineLength(8 << 10).setMaxHeaderSize(32 << 10);

  private final HttpSite site;
  private final RequestDeadlines deadlines;
  private @Nullable Exchange exchange;
  private @Nullable HttpReply reply;
  private @Nullable HttpRequest early;
  private boolean bodyComplete;
  private boolean pieceWanted;
  private boolean readOutstanding;
  private boolean advancing;
  private boolean closing;
  private boolean broken;

  private HttpConnection(HttpSite site, RequestDeadlines deadlines) {
    this.site = site;
    this.deadlines = deadlines;
  }

  static void addTo(ChannelPipeline pipeline, HttpSite site) {
    var deadlines = new RequestDeadlines();
    pipeline.addLast(
        new IdleStateHandler(IDLE_SECONDS, 0, 0, TimeUnit.SECONDS),
        deadlines.beginnings(),
        new HttpServerCodec(DECODING),
        deadlines.progress(),
        new FlowControlHandler(),
        new HttpConnection(site, deadlines));
  }

  /** Whether the connection ends with the present answer. */
  boolean closing() {
    return closing;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    // From here on each part of a request is asked for; a client cannot send ahead of its answers.
    context.channel().config().setAutoRead(false);
    advance(context);
  }

  /** Asks for the next part whenever somebody has a use for it, and for one at a time. */
  private void advance(ChannelHandlerContext context) {
    if (advancing) {
      return;
    }
    advancing = true;
    while (!readOutstanding && hasUseForInput()) {
      readOutstanding = true;
      context.read();
    }
    advancing = false;
  }

  /** After a whole request one more read finds the next one, or the client's end. */
  private boolean hasUseForInput() {
    return !broken
        && early == null
        && (reply == null || bodyComplete || pieceWanted || reply.ended());
  }

  /**
   * The exchange behind the reply has a use for the next piece of its body. Between two messages of
   * a body that is a stream of them, a client may take as long as it likes.
   */
  void readMore(ChannelHandlerContext context, HttpReply asking) {
    if (asking == reply) {
      if (exchange != null && exchange.streamsBody()) {
        deadlines.pause();
      }
      pieceWanted = true;
      advance(context);
    }
  }

  /** As {@link #readMore}, in the middle of a message, which has its time from its beginning. */
  void readRest(ChannelHandlerContext context, HttpReply asking, boolean fresh) {
    if (asking == reply) {
      if (fresh) {
        deadlines.resume(context);
      }
      pieceWanted = true;
      advance(context);
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    readOutstanding = false;
    try {
      if (message instanceof HttpRequest request) {
        if (reply == null) {
          begin(context, request);
        } else {
          early = request;
          deadlines.pause();
        }
      } else if (((HttpObject) message).decoderResult().isFailure()) {
        breakOff(context, refusal(((HttpObject) message).decoderResult().cause()));
      } else if (message instanceof HttpContent content) {
        received(context, content);
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
    advance(context);
  }

  /**
   * What was read may have held no whole part: the read that was asked for is over all the same.
   */
  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    readOutstanding = false;
    advance(context);
    context.fireChannelReadComplete();
  }

  private void begin(ChannelHandlerContext context, HttpRequest request) {
    boolean secure = context.pipeline().get(SslHandler.class) != null;
    var begun = new HttpReply(context, this, request, site.reader(request, secure));
    reply = begun;
    bodyComplete = false;
    pieceWanted = true;
    if (request.decoderResult().isFailure() || !isHttp1(request)) {
      breakOff(context, refusal(request.decoderResult().cause()));
      return;
    }
    if (!isDelimited(request)) {
      breakOff(
          context, HttpAnswer.text(501, "501 Not Implemented: unsupported transfer encoding\n"));
      return;
    }
    if (HttpUtil.is100ContinueExpected(request)) {
      var _ =
          context.writeAndFlush(
              new DefaultFullHttpResponse(
                  HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE, Unpooled.EMPTY_BUFFER));
    }
    var taken = site.begin(request, secure, begun);
    exchange = taken;
    if (taken.streamsBody()) {
      deadlines.pause();
    } else {
      deadlines.resume(context);
    }
  }

  /** RFC 9112, section 3.2: of several hosts, each reader could believe another. */
  private static boolean isHttp1(HttpRequest request) {
    var version = request.protocolVersion();
    int hosts = request.headers().getAll(HttpHeaderNames.HOST).size();
    return version.majorVersion() == 1
        && (hosts == 1 || (hosts == 0 && !version.equals(HttpVersion.HTTP_1_1)));
  }

  /**
   * RFC 9112, section 6.1: where a body ends must not be guessed. A proxy in front that guesses
   * otherwise would take a part of it for another client's request.
   */
  private static boolean isDelimited(HttpRequest request) {
    var encodings = request.headers().getAll(HttpHeaderNames.TRANSFER_ENCODING);
    return encodings.isEmpty()
        || (encodings.size() == 1
            && HttpHeaderValues.CHUNKED.contentEqualsIgnoreCase(encodings.getFirst()));
  }

  private void received(ChannelHandlerContext context, HttpContent content) {
    HttpReply current = reply;
    Exchange receiver = exchange;
    if (current == null || receiver == null) {
      return;
    }
    bodyComplete = content instanceof LastHttpContent;
    pieceWanted = false;
    if (!current.ended()) {
      receiver.received(content.content(), bodyComplete);
    } else if (bodyComplete) {
      next(context);
    }
  }

  /** What follows cannot be understood any more. */
  private void breakOff(ChannelHandlerContext context, HttpAnswer refusal) {
    closing = true;
    broken = true;
    deadlines.pause();
    HttpReply current = reply;
    if (exchange != null) {
      exchange.disconnected();
    }
    if (current == null || current.begun()) {
      var _ = context.close();
    } else {
      current.answer(refusal);
    }
  }

  private static HttpAnswer refusal(@Nullable Throwable cause) {
    return switch (cause) {
      case TooLongHttpHeaderException _ ->
          HttpAnswer.text(431, "431 Request Header Fields Too Large\n");
      case TooLongHttpLineException _ -> HttpAnswer.text(414, "414 URI Too Long\n");
      case null, default -> HttpAnswer.text(400, "400 Bad Request\n");
    };
  }

  /** The present request has been answered, maybe before all of it was there. */
  void replied(ChannelHandlerContext context, ChannelFuture written, boolean keepAlive) {
    closing |= !keepAlive;
    if (broken) {
      closeSoon(context);
    } else if (closing && bodyComplete) {
      // Not the channel's close, which waits for the answer that was just given.
      var _ =
          written.addListener(
              _ -> {
                var _ = context.close();
              });
    } else if (bodyComplete) {
      next(context);
      advance(context);
    } else {
      deadlines.resume(context);
      advance(context);
    }
  }

  /** Closed at once, the connection would be reset, and the answer lost with it. */
  private static void closeSoon(ChannelHandlerContext context) {
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

  private void next(ChannelHandlerContext context) {
    reply = null;
    exchange = null;
    HttpRequest waiting = early;
    early = null;
    if (closing) {
      var _ = context.close();
    } else if (waiting != null) {
      begin(context, waiting);
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    if (reply != null) {
      reply.writabilityChanged();
    }
    context.fireChannelWritabilityChanged();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) throws Exception {
    switch (event) {
      case IdleStateEvent _ -> {
        boolean clientsTurn = reply == null || reply.ended() || !(bodyComplete || reply.begun());
        if (clientsTurn) {
          var _ = context.close();
        }
      }
      // On a port without gRPC, TLS begins below this handler.
      case SslHandshakeCompletionEvent completion when !completion.isSuccess() ->
          RefusedConnections.handshakeFailed(context.channel(), completion.cause());
      default -> super.userEventTriggered(context, event);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    if (exchange != null && reply != null && !reply.ended()) {
      exchange.disconnected();
    }
    context.fireChannelInactive();
  }

  /** gRPC's server stops and lets calls end: what was asked is answered first. */
  @Override
  public void close(ChannelHandlerContext context, ChannelPromise promise) {
    closing = true;
    if (reply == null) {
      var _ = context.close(promise);
    } else {
      var _ = context.channel().closeFuture().addListener(_ -> promise.trySuccess());
    }
  }

  /** What is written from above is gRPC's order to end now. */
  @Override
  public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
    ReferenceCountUtil.release(message);
    promise.trySuccess();
    var _ = context.close();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    var _ = context.close();
  }
}
