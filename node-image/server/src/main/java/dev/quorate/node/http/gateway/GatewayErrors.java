package dev.quorate.node.http.gateway;

import com.google.gson.JsonObject;
import dev.quorate.node.http.HttpAnswer;
import io.grpc.Status;
import io.netty.handler.codec.http.HttpResponseStatus;

/**
 * How an error leaves the gateway. etcd's gateway said {@code error} and {@code message} until 3.5
 * and says {@code message} alone since; clients of both are served, in streams as well.
 */
final class GatewayErrors {
  /** What nginx and grpc-gateway say when the client went away. */
  private static final HttpResponseStatus CLIENT_CLOSED_REQUEST =
      HttpResponseStatus.valueOf(499, "Client Closed Request");

  private GatewayErrors() {}

  /** The answer to a call that failed, if it is the only one. */
  static HttpAnswer answer(Status error) {
    String message = messageOf(error);
    var body = new JsonObject();
    body.addProperty("error", message);
    body.addProperty("code", error.getCode().value());
    body.addProperty("message", message);
    return HttpAnswer.json(httpStatus(error.getCode()).code(), body.toString());
  }

  /** The last line of a stream that failed. */
  static String streamLine(Status error) {
    HttpResponseStatus status = httpStatus(error.getCode());
    var content = new JsonObject();
    content.addProperty("code", error.getCode().value());
    content.addProperty("message", messageOf(error));
    content.addProperty("grpc_code", error.getCode().value());
    content.addProperty("http_code", status.code());
    content.addProperty("http_status", status.reasonPhrase());
    var line = new JsonObject();
    line.add("error", content);
    return line.toString();
  }

  /** The answer of a stream that failed before anything was sent: its only line. */
  static HttpAnswer streamAnswer(Status error) {
    return HttpAnswer.json(httpStatus(error.getCode()).code(), streamLine(error) + "\n");
  }

  private static String messageOf(Status error) {
    String description = error.getDescription();
    return description == null ? error.getCode().name() : description;
  }

  /** grpc-gateway's mapping. */
  static HttpResponseStatus httpStatus(Status.Code code) {
    return switch (code) {
      case OK -> HttpResponseStatus.OK;
      case CANCELLED -> CLIENT_CLOSED_REQUEST;
      case INVALID_ARGUMENT, FAILED_PRECONDITION, OUT_OF_RANGE -> HttpResponseStatus.BAD_REQUEST;
      case UNAUTHENTICATED -> HttpResponseStatus.UNAUTHORIZED;
      case PERMISSION_DENIED -> HttpResponseStatus.FORBIDDEN;
      case NOT_FOUND -> HttpResponseStatus.NOT_FOUND;
      case ALREADY_EXISTS, ABORTED -> HttpResponseStatus.CONFLICT;
      case RESOURCE_EXHAUSTED -> HttpResponseStatus.TOO_MANY_REQUESTS;
      case UNIMPLEMENTED -> HttpResponseStatus.NOT_IMPLEMENTED;
      case UNAVAILABLE -> HttpResponseStatus.SERVICE_UNAVAILABLE;
      case DEADLINE_EXCEEDED -> HttpResponseStatus.GATEWAY_TIMEOUT;
      case UNKNOWN, INTERNAL, DATA_LOSS -> HttpResponseStatus.INTERNAL_SERVER_ERROR;
    };
  }
}
