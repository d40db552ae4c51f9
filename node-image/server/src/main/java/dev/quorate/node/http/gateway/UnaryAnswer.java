package dev.quorate.node.http.gateway;

import com.google.protobuf.Message;
import dev.quorate.node.http.HttpAnswer;
import dev.quorate.node.http.HttpReply;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Answers with the one message of a call, once the call has ended well. Told by the thread of the
 * service, which gives the room for the message back when the call has ended: from then on it is
 * held here, until the client has the text.
 */
final class UnaryAnswer extends ClientCall.Listener<Message> {
  private final HttpReply reply;
  private final Executor threads;
  private final TextRoom room;
  private @Nullable Message answer;
  private Runnable release = () -> {};

  UnaryAnswer(HttpReply reply, Executor threads, TextRoom room) {
    this.reply = reply;
    this.threads = threads;
    this.room = room;
  }

  @Override
  public void onMessage(Message message) {
    release = room.hold(message.getSerializedSize());
    answer = message;
  }

  @Override
  public void onClose(Status status, Metadata trailers) {
    Message complete = answer;
    if (status.isOk() && complete != null) {
      threads.execute(() -> answer(complete));
      return;
    }
    release.run();
    reply.answer(
        GatewayErrors.answer(
            status.isOk()
                ? Status.INTERNAL.withDescription("quorate: a call without answer")
                : status));
  }

  private void answer(Message complete) {
    try {
      reply.answer(HttpAnswer.json(200, GatewayCall.print(complete)), release);
    } catch (RuntimeException | Error e) {
      release.run();
      throw e;
    }
  }
}
