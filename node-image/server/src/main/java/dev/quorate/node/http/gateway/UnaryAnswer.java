package dev.quorate.node.http.gateway;

import com.google.protobuf.Message;
import dev.quorate.node.http.HttpAnswer;
import dev.quorate.node.http.HttpReply;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/** Answers with the one message of a call, once the call has ended well. */
final class UnaryAnswer extends ClientCall.Listener<Message> {
  private final HttpReply reply;
  private @Nullable String body;

  UnaryAnswer(HttpReply reply) {
    this.reply = reply;
  }

  @Override
  public void onMessage(Message message) {
    body = GatewayCall.print(message);
  }

  @Override
  public void onClose(Status status, Metadata trailers) {
    String complete = body;
    if (!status.isOk()) {
      reply.answer(GatewayErrors.answer(status));
    } else if (complete == null) {
      reply.answer(
          GatewayErrors.answer(Status.INTERNAL.withDescription("quorate: a call without answer")));
    } else {
      reply.answer(HttpAnswer.json(200, complete));
    }
  }
}
