package dev.quorate.node.http.gateway;

import com.google.protobuf.Message;
import dev.quorate.node.http.Exchange;
import dev.quorate.node.http.HttpReply;
import io.grpc.Status;
import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.util.concurrent.Executor;

/** A request whose body is one message: read whole, and only then called. */
final class WholeRequest implements Exchange {
  private final GatewayCall call;
  private final HttpReply reply;
  private final Executor threads;
  private final int maxBodyBytes;
  private final ByteArrayOutputStream body = new ByteArrayOutputStream();
  private boolean tooLarge;

  WholeRequest(GatewayCall call, HttpReply reply, Executor threads, int maxBodyBytes) {
    this.call = call;
    this.reply = reply;
    this.threads = threads;
    this.maxBodyBytes = maxBodyBytes;
  }

  @Override
  public void received(ByteBuf piece, boolean last) {
    tooLarge |= body.size() + piece.readableBytes() > maxBodyBytes;
    if (!tooLarge) {
      byte[] bytes = new byte[piece.readableBytes()];
      piece.readBytes(bytes);
      body.writeBytes(bytes);
    }
    if (tooLarge) {
      // The rest is read and dropped, or the client would never look at this answer.
      reply.answer(
          GatewayErrors.answer(
              Status.RESOURCE_EXHAUSTED.withDescription(
                  "quorate: the body is larger than %d bytes".formatted(maxBodyBytes))));
    } else if (last) {
      threads.execute(this::call);
    } else {
      reply.readMore();
    }
  }

  private void call() {
    Message request;
    try {
      request = call.read(body.toByteArray());
    } catch (BadRequestException e) {
      reply.answer(GatewayErrors.answer(Status.INVALID_ARGUMENT.withDescription(e.getMessage())));
      return;
    }
    Status refusal = call.refusal(request);
    if (refusal != null) {
      reply.answer(GatewayErrors.answer(refusal));
      return;
    }
    call.start();
    call.send(request);
    call.halfClose();
  }

  @Override
  public void disconnected() {
    threads.execute(() -> call.cancel("the client has gone"));
  }
}
