package dev.quorate.node.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Cuts off clients that send their HTTP/1 requests too slowly, however regularly they do: from the
 * first byte there is a time for the head, and one for the rest. Its two handlers stand on both
 * sides of the decoder.
 */
final class RequestDeadlines {
  private @Nullable Future<?> deadline;
  private boolean inRequest;
  private boolean inBody;

  /** Before the decoder: sees a request begin. */
  ChannelInboundHandlerAdapter beginnings() {
    return new ChannelInboundHandlerAdapter() {
      @Override
      public void channelRead(ChannelHandlerContext context, Object message) {
        if (!inRequest) {
          inRequest = true;
          set(context, Patience.HEAD_MILLISECONDS, "the head of its request took too long");
        }
        context.fireChannelRead(message);
      }

      @Override
      public void channelInactive(ChannelHandlerContext context) {
        cancel();
        context.fireChannelInactive();
      }
    };
  }

  /** After the decoder: sees the head and the end. */
  ChannelInboundHandlerAdapter progress() {
    return new ChannelInboundHandlerAdapter() {
      @Override
      public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof HttpRequest) {
          inBody = true;
          resume(context);
        }
        if (message instanceof LastHttpContent) {
          cancel();
          inRequest = false;
          inBody = false;
        }
        context.fireChannelRead(message);
      }
    };
  }

  /** It is not the client that is waited for: its request is not read for now, or is a stream. */
  void pause() {
    cancel();
  }

  /** The client has its time for the rest of its request, if there is one. */
  void resume(ChannelHandlerContext context) {
    if (inBody) {
      set(context, Patience.REQUEST_MILLISECONDS, "its request took too long");
    }
  }

  private void set(ChannelHandlerContext context, long milliseconds, String why) {
    cancel();
    deadline =
        context
            .executor()
            .schedule(
                () -> {
                  RefusedConnections.debug(context.channel(), why);
                  var _ = context.close();
                },
                milliseconds,
                TimeUnit.MILLISECONDS);
  }

  private void cancel() {
    if (deadline != null) {
      deadline.cancel(false);
      deadline = null;
    }
  }
}
