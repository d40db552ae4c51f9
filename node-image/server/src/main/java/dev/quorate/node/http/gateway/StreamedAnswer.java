package dev.quorate.node.http.gateway;

import com.google.protobuf.Message;
import dev.quorate.node.http.HttpReply;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.concurrent.Executor;

/**
 * Answers with a line per message. The next message is asked for when the client has taken the
 * last, so a slow client slows the service and nothing piles up in between.
 */
final class StreamedAnswer extends ClientCall.Listener<Message> {
  private final GatewayCall call;
  private final HttpReply reply;
  private final Executor threads;

  StreamedAnswer(GatewayCall call, HttpReply reply, Executor threads) {
    this.call = call;
    this.reply = reply;
    this.threads = threads;
  }

  @Override
  public void onReady() {
    call.ready();
  }

  @Override
  public void onMessage(Message message) {
    reply.stream("{\"result\":" + GatewayCall.print(message) + "}");
    reply.whenWritable(() -> threads.execute(call::request));
  }

  @Override
  public void onClose(Status status, Metadata trailers) {
    if (status.isOk()) {
      reply.end();
    } else {
      reply.fail(GatewayErrors.streamAnswer(status), GatewayErrors.streamLine(status));
    }
  }
}
