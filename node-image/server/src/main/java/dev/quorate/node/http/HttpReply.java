package dev.quorate.node.http;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The way back to the client for one request: either one answer, or lines of JSON one after the
 * other. May be used from any thread; what comes after the end is dropped.
 */
public final class HttpReply {
  private final ChannelHandlerContext context;
  private final HttpConnection connection;
  private final @Nullable String reader;
  private final boolean chunked;
  private final boolean keepAlive;
  private boolean begun;
  private boolean ended;
  private @Nullable Runnable whenWritable;

  /**
   * The reply to one request.
   *
   * @param reader the origin whose pages may read it, or {@code *}; null for none
   */
  HttpReply(
      ChannelHandlerContext context,
      HttpConnection connection,
      HttpRequest request,
      @Nullable String reader) {
    this.context = context;
    this.connection = connection;
    this.reader = reader;
    chunked = request.protocolVersion().isKeepAliveDefault();
    keepAlive = HttpUtil.isKeepAlive(request);
  }

  boolean begun() {
    return begun;
  }

  boolean ended() {
    return ended;
  }

  /** Asks for the next piece of the request's body. */
  public void readMore() {
    onEventLoop(() -> connection.readMore(context, this));
  }

  /**
   * Asks for the next piece, in the middle of one message of a body that is a stream of them.
   *
   * @param fresh whether the message has just begun, and its time with it
   */
  public void readRest(boolean fresh) {
    onEventLoop(() -> connection.readRest(context, this, fresh));
  }

  public void answer(HttpAnswer answer) {
    answer(answer, () -> {});
  }

  /**
   * Answers.
   *
   * @param left runs when the answer has left, or never will
   */
  public void answer(HttpAnswer answer, Runnable left) {
    onEventLoop(() -> writeAnswer(answer, left));
  }

  /** Writes a line; the head of the response goes before the first one. */
  public void stream(String line) {
    onEventLoop(() -> writeLine(line));
  }

  /** Ends what {@link #stream} began; a stream without a line is an empty one. */
  public void end() {
    onEventLoop(this::endStream);
  }

  /**
   * Ends with an error: as the only answer if nothing has been streamed yet, else as the last line.
   */
  public void fail(HttpAnswer answer, String lastLine) {
    onEventLoop(
        () -> {
          if (begun) {
            writeLine(lastLine);
            endStream();
          } else {
            writeAnswer(answer, () -> {});
          }
        });
  }

  /** Runs it on the event loop as soon as the client has taken most of what was written. */
  public void whenWritable(Runnable next) {
    onEventLoop(
        () -> {
          whenWritable = next;
          writabilityChanged();
        });
  }

  void writabilityChanged() {
    Runnable next = whenWritable;
    if (next != null && context.channel().isWritable()) {
      whenWritable = null;
      next.run();
    }
  }

  private void onEventLoop(Runnable step) {
    var eventLoop = context.executor();
    if (eventLoop.inEventLoop()) {
      step.run();
    } else {
      eventLoop.execute(step);
    }
  }

  private void writeAnswer(HttpAnswer answer, Runnable left) {
    if (begun || ended) {
      left.run();
      return;
    }
    var response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1,
            HttpResponseStatus.valueOf(answer.status()),
            Unpooled.copiedBuffer(answer.body(), StandardCharsets.UTF_8));
    addHeaders(response, answer.contentType());
    if (answer.status() == HttpResponseStatus.METHOD_NOT_ALLOWED.code()) {
      response.headers().set(HttpHeaderNames.ALLOW, "GET");
    }
    response.headers().setInt(HttpHeaderNames.CONTENT_LENGTH, response.content().readableBytes());
    HttpUtil.setKeepAlive(response, keepAlive && !connection.closing());
    begun = true;
    finish(response, keepAlive, left);
  }

  private void writeLine(String line) {
    if (ended) {
      return;
    }
    begin("application/json");
    var bytes = Unpooled.copiedBuffer(line + "\n", StandardCharsets.UTF_8);
    var _ = context.writeAndFlush(new DefaultHttpContent(bytes));
  }

  private void endStream() {
    if (!ended) {
      // What has no line has no type either, unless it has begun.
      begin("");
      finish(LastHttpContent.EMPTY_LAST_CONTENT, keepAlive && chunked, () -> {});
    }
  }

  private void begin(String contentType) {
    if (begun) {
      return;
    }
    begun = true;
    var head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
    addHeaders(head, contentType);
    if (chunked) {
      HttpUtil.setTransferEncodingChunked(head, true);
      HttpUtil.setKeepAlive(head, keepAlive && !connection.closing());
    } else {
      // For a client of HTTP/1.0 the end of the connection is the end of the stream.
      HttpUtil.setKeepAlive(head, false);
    }
    var _ = context.write(head);
  }

  private void addHeaders(HttpResponse response, String contentType) {
    var headers = response.headers();
    if (!contentType.isEmpty()) {
      headers.set(HttpHeaderNames.CONTENT_TYPE, contentType);
    }
    if (reader != null) {
      headers.set(HttpHeaderNames.ACCESS_CONTROL_ALLOW_ORIGIN, reader);
      headers.set(HttpHeaderNames.ACCESS_CONTROL_ALLOW_METHODS, "POST, GET, OPTIONS, PUT, DELETE");
      headers.set(
          HttpHeaderNames.ACCESS_CONTROL_ALLOW_HEADERS, "accept, content-type, authorization");
    }
  }

  private void finish(Object lastPart, boolean staysOpen, Runnable left) {
    ended = true;
    whenWritable = null;
    var written = context.writeAndFlush(lastPart);
    var _ = written.addListener(_ -> left.run());
    connection.replied(context, written, staysOpen);
  }
}
