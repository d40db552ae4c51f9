package dev.quorate.node.http.gateway;

import com.google.protobuf.Message;
import dev.quorate.node.http.Exchange;
import dev.quorate.node.http.HttpReply;
import io.grpc.Status;
import io.netty.buffer.ByteBuf;
import java.util.concurrent.Executor;

/**
 * A request whose body is a stream of messages: each is sent when it is there, and the body is read
 * no faster than the service takes them.
 */
final class StreamedRequest implements Exchange {
  private final GatewayCall call;
  private final boolean endsWithBody;
  private final HttpReply reply;
  private final Executor threads;
  private final JsonSplitter splitter;

  StreamedRequest(
      GatewayCall call,
      boolean endsWithBody,
      HttpReply reply,
      Executor threads,
      int maxRequestBytes) {
    this.call = call;
    this.endsWithBody = endsWithBody;
    this.reply = reply;
    this.threads = threads;
    splitter = new JsonSplitter(maxRequestBytes);
  }

  @Override
  public void received(ByteBuf piece, boolean last) {
    byte[] bytes = new byte[piece.readableBytes()];
    piece.readBytes(bytes);
    // The next piece comes only when this one asks for it: one after the other, in order.
    threads.execute(() -> take(bytes, last));
  }

  private void take(byte[] piece, boolean last) {
    try {
      boolean goesOn = splitter.inObject();
      var complete = splitter.feed(piece);
      for (byte[] object : complete) {
        send(call.read(object));
      }
      if (last) {
        end();
      } else {
        boolean fresh = !goesOn || !complete.isEmpty();
        readOn(splitter.inObject() ? () -> reply.readRest(fresh) : reply::readMore);
      }
    } catch (BadRequestException e) {
      fail(Status.INVALID_ARGUMENT.withDescription(e.getMessage()));
    }
  }

  private void readOn(Runnable next) {
    if (call.started()) {
      call.whenReady(next);
    } else {
      next.run();
    }
  }

  private void send(Message request) {
    Status refusal = call.refusal(request);
    if (refusal == null) {
      call.start();
      call.send(request);
    } else {
      fail(refusal);
    }
  }

  private void end() throws BadRequestException {
    if (splitter.inObject()) {
      throw new BadRequestException("unexpected EOF");
    }
    if (endsWithBody) {
      call.start();
      call.halfClose();
    } else if (!call.started()) {
      throw new BadRequestException("quorate: the body has no request");
    }
  }

  private void fail(Status error) {
    // Before the call ends, which would be told to the client as well.
    reply.fail(GatewayErrors.answer(error), GatewayErrors.streamLine(error));
    call.cancel("the request is refused");
  }

  @Override
  public boolean streamsBody() {
    return true;
  }

  @Override
  public void disconnected() {
    threads.execute(() -> call.cancel("the client has gone"));
  }
}
