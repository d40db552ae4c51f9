package dev.quorate.node.http.gateway;

import com.google.protobuf.Message;
import dev.quorate.node.http.Exchange;
import dev.quorate.node.http.HttpReply;
import dev.quorate.node.http.PathHandler;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import java.util.concurrent.Executor;

/** Serves {@code /v3/...}: finds the call behind a path and makes it. */
public final class JsonGateway implements PathHandler {
  private static final String PREFIX = "/v3/";

  /** Where the gateway was before etcd 3.4; etcd still takes it. */
  private static final String OLD_PREFIX = "/v3beta/";

  private static final String BEARER = "Bearer ";
  private static final Metadata.Key<String> TOKEN =
      Metadata.Key.of("token", Metadata.ASCII_STRING_MARSHALLER);

  /** An answer must have its room before the service gives its own back. */
  private static final CallOptions AT_ONCE = CallOptions.DEFAULT.withExecutor(Runnable::run);

  private final Channel services;
  private final Executor threads;
  private final int maxMessageBytes;
  private final TextRoom room;

  /**
   * Calls the services behind the channel.
   *
   * @param threads where JSON is read and written: large messages take their time
   * @param maxMessageBytes how large a request may be, in protobuf's encoding
   * @param room where answers find room until their clients have them
   */
  public JsonGateway(Channel services, Executor threads, int maxMessageBytes, TextRoom room) {
    this.services = services;
    this.threads = threads;
    this.maxMessageBytes = maxMessageBytes;
    this.room = room;
  }

  @Override
  public boolean serves(String path) {
    return path.startsWith(PREFIX) || path.startsWith(OLD_PREFIX);
  }

  @Override
  public Exchange begin(HttpRequest request, String path, HttpReply reply) {
    String present =
        path.startsWith(OLD_PREFIX) ? PREFIX + path.substring(OLD_PREFIX.length()) : path;
    GatewayRoute route = GatewayRoutes.at(present);
    if (route == null) {
      return refused(reply, Status.NOT_FOUND.withDescription("Not Found"));
    }
    if (!request.method().equals(HttpMethod.POST)) {
      return refused(reply, Status.UNIMPLEMENTED.withDescription("Method Not Allowed"));
    }
    // Base64 needs a third more; twice as much leaves room for white space.
    int maxBodyBytes = 2 * maxMessageBytes;
    var call =
        new GatewayCall(
            route,
            services.<Message, Message>newCall(route.method(), AT_ONCE),
            headers(request),
            maxMessageBytes,
            reply,
            threads,
            room);
    return route.streamsRequests()
        ? new StreamedRequest(call, route.endsWithBody(), reply, threads, maxBodyBytes)
        : new WholeRequest(call, reply, threads, maxBodyBytes);
  }

  private static Metadata headers(HttpRequest request) {
    var headers = new Metadata();
    String authorization = request.headers().get(HttpHeaderNames.AUTHORIZATION);
    if (authorization != null) {
      headers.put(
          TOKEN,
          authorization.startsWith(BEARER)
              ? authorization.substring(BEARER.length())
              : authorization);
    }
    return headers;
  }

  private static Exchange refused(HttpReply reply, Status error) {
    reply.answer(GatewayErrors.answer(error));
    return Exchange.OVER;
  }
}
