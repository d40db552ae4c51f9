package dev.quorate.e2e.differential;

import com.google.protobuf.Message;
import dev.quorate.api.etcd.AuthenticateRequest;
import dev.quorate.api.etcd.AuthenticateResponse;
import dev.quorate.api.etcd.ResponseHeader;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import java.util.concurrent.TimeUnit;

/** What a server said to a request, without what is different on any two servers. */
sealed interface Answer {
  /** A response; its header has the revision alone. */
  record Response(Message message) implements Answer {}

  /** An error by code and text. */
  record Refusal(Status.Code code, String text) implements Answer {}

  static final Metadata.Key<String> TOKEN =
      Metadata.Key.of("token", Metadata.ASCII_STRING_MARSHALLER);

  /**
   * Asks a server.
   *
   * @param token who asks; empty for nobody
   */
  static <Q extends Message> Answer of(Channel server, String token, Request<Q> request) {
    try {
      return new Response(Mask.of(answer(server, token, request)));
    } catch (StatusRuntimeException e) {
      return new Refusal(e.getStatus().getCode(), String.valueOf(e.getStatus().getDescription()));
    }
  }

  /** What a log-in gives; empty if it is refused. */
  static String token(Channel server, Request<AuthenticateRequest> request) {
    try {
      return ((AuthenticateResponse) answer(server, "", request)).getToken();
    } catch (StatusRuntimeException _) {
      return "";
    }
  }

  /** The response as it is. */
  private static <Q extends Message> Message answer(
      Channel server, String token, Request<Q> request) {
    var headers = new Metadata();
    if (!token.isEmpty()) {
      headers.put(TOKEN, token);
    }
    return ClientCalls.blockingUnaryCall(
        ClientInterceptors.intercept(server, MetadataUtils.newAttachHeadersInterceptor(headers)),
        request.method(),
        CallOptions.DEFAULT.withDeadlineAfter(20, TimeUnit.SECONDS),
        request.message());
  }

  /** The server's revision as the answer tells it; 0 if it does not. */
  default long revision() {
    return switch (this) {
      case Response(Message message) -> {
        var field = message.getDescriptorForType().findFieldByName("header");
        yield field == null ? 0 : ((ResponseHeader) message.getField(field)).getRevision();
      }
      case Refusal _ -> 0;
    };
  }
}
