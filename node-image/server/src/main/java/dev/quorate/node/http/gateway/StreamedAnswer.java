package dev.quorate.node.http.gateway;

import com.google.protobuf.Message;
import dev.quorate.node.http.HttpReply;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Answers with a line per message. The next message is asked for when the client has taken the
 * last, so a slow client slows the service and nothing piles up in between. Told by the threads of
 * the service, which go on at once: what takes time is done elsewhere, one thing after the other.
 */
final class StreamedAnswer extends ClientCall.Listener<Message> {
  private static final Status NO_ROOM =
      Status.RESOURCE_EXHAUSTED.withDescription("etcdserver: too many requests");

  private final GatewayCall call;
  private final HttpReply reply;
  private final Executor threads;
  private final TextRoom room;
  private final AtomicReference<Runnable> release = new AtomicReference<>(() -> {});
  private CompletableFuture<?> last = CompletableFuture.completedFuture(null);

  StreamedAnswer(GatewayCall call, HttpReply reply, Executor threads, TextRoom room) {
    this.call = call;
    this.reply = reply;
    this.threads = threads;
    this.room = room;
  }

  private synchronized void then(Runnable step) {
    last = last.handleAsync((_, _) -> run(step), threads);
  }

  private boolean run(Runnable step) {
    try {
      step.run();
      return true;
    } catch (RuntimeException e) {
      fail(Status.INTERNAL.withDescription("quorate: the answer failed: " + e));
      return false;
    }
  }

  private void fail(Status error) {
    // Before the call ends, which would be told to the client as well.
    reply.fail(GatewayErrors.streamAnswer(error), GatewayErrors.streamLine(error));
    call.cancel("the answer has ended");
  }

  @Override
  public void onReady() {
    then(call::ready);
  }

  @Override
  public void onMessage(Message message) {
    Runnable taken = room.take(message.getSerializedSize());
    if (taken == null) {
      then(() -> fail(NO_ROOM));
      return;
    }
    release.set(taken);
    then(() -> write(message));
  }

  private void write(Message message) {
    reply.stream("{\"result\":" + GatewayCall.print(message) + "}");
    reply.whenWritable(
        () -> {
          giveBack();
          threads.execute(call::request);
        });
  }

  private void giveBack() {
    release.getAndSet(() -> {}).run();
  }

  @Override
  public void onClose(Status status, Metadata trailers) {
    then(
        () -> {
          if (status.isOk()) {
            reply.end();
          } else {
            reply.fail(GatewayErrors.streamAnswer(status), GatewayErrors.streamLine(status));
          }
          giveBack();
        });
  }
}
