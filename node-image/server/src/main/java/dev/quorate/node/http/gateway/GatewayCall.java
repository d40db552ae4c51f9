package dev.quorate.node.http.gateway;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import dev.quorate.node.http.HttpReply;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * A call of a service on behalf of one HTTP request. A client may leave at any moment, so each step
 * looks first whether there is still somebody to take it for.
 */
final class GatewayCall {
  private static final JsonFormat.Printer PRINTER =
      JsonFormat.printer().preservingProtoFieldNames().omittingInsignificantWhitespace();

  private final GatewayRoute route;
  private final ClientCall<Message, Message> call;
  private final Metadata headers;
  private final int maxMessageBytes;
  private final ClientCall.Listener<Message> answer;
  private boolean started;
  private boolean cancelled;
  private @Nullable Runnable whenReady;

  GatewayCall(
      GatewayRoute route,
      ClientCall<Message, Message> call,
      Metadata headers,
      int maxMessageBytes,
      HttpReply reply,
      Executor threads,
      TextRoom room) {
    this.route = route;
    this.call = call;
    this.headers = headers;
    this.maxMessageBytes = maxMessageBytes;
    this.answer =
        route.streamsAnswers()
            ? new StreamedAnswer(this, reply, threads, room)
            : new UnaryAnswer(reply, threads, room);
  }

  /** Reads a request; a body without one is an empty request, as in etcd. */
  Message read(byte[] body) throws BadRequestException {
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
    } catch (CharacterCodingException _) {
      throw new BadRequestException("quorate: the body is not UTF-8");
    }
    Message prototype = route.requestPrototype();
    return text.isBlank() ? prototype : RequestReader.read(text, prototype);
  }

  static String print(Message message) {
    try {
      return PRINTER.print(message);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("only messages of type Any have no JSON", e);
    }
  }

  /** Why gRPC would not take this message; null if it would. */
  @Nullable Status refusal(Message request) {
    int sizeBytes = request.getSerializedSize();
    return sizeBytes <= maxMessageBytes
        ? null
        : Status.RESOURCE_EXHAUSTED.withDescription(
            "grpc: received message larger than max (%d vs. %d)"
                .formatted(sizeBytes, maxMessageBytes));
  }

  synchronized void start() {
    if (!started && !cancelled) {
      started = true;
      call.start(answer, headers);
      call.request(1);
    }
  }

  synchronized boolean started() {
    return started;
  }

  synchronized void send(Message request) {
    if (!cancelled) {
      call.sendMessage(request);
    }
  }

  synchronized void halfClose() {
    if (!cancelled) {
      call.halfClose();
    }
  }

  /** Asks the service for one more answer. */
  synchronized void request() {
    if (!cancelled) {
      call.request(1);
    }
  }

  /** Runs it once the service has taken what was sent. */
  synchronized void whenReady(Runnable next) {
    whenReady = next;
    ready();
  }

  synchronized void ready() {
    Runnable next = whenReady;
    if (next != null && !cancelled && call.isReady()) {
      whenReady = null;
      next.run();
    }
  }

  synchronized void cancel(String why) {
    if (!cancelled) {
      cancelled = true;
      if (started) {
        call.cancel(why, null);
      }
    }
  }
}
