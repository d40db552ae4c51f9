package dev.quorate.node.http;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.QueryStringDecoder;
import org.jspecify.annotations.Nullable;

/**
 * Everything that a port serves over HTTP/1: pages, and on the client port the JSON gateway, if it
 * is on.
 */
public final class HttpSite {
  private final HttpEndpoints endpoints;
  private final @Nullable HttpAccess access;
  private final @Nullable PathHandler gateway;

  private HttpSite(
      HttpEndpoints endpoints, @Nullable HttpAccess access, @Nullable PathHandler gateway) {
    this.endpoints = endpoints;
    this.access = access;
    this.gateway = gateway;
  }

  public static HttpSite forMetrics(HttpEndpoints endpoints) {
    return new HttpSite(endpoints, null, null);
  }

  /**
   * The client port.
   *
   * @param gateway null if it is off
   */
  public static HttpSite forClients(
      HttpEndpoints endpoints, HttpAccess access, @Nullable PathHandler gateway) {
    return new HttpSite(endpoints, access, gateway);
  }

  /** Whose pages may read the answer to this request; null for nobody's. */
  @Nullable String reader(HttpRequest request, boolean secure) {
    return access == null || isMisdirected(access, request, secure)
        ? null
        : access.reader(request.headers().get(HttpHeaderNames.ORIGIN));
  }

  /** Whoever has a certificate for a name may be called so. */
  private static boolean isMisdirected(HttpAccess access, HttpRequest request, boolean secure) {
    return !secure && !access.takes(RequestTarget.of(request).host());
  }

  Exchange begin(HttpRequest request, boolean secure, HttpReply reply) {
    if (access != null && isMisdirected(access, request, secure)) {
      String advice = "add the name to --host-whitelist, or use TLS";
      return answered(
          reply,
          HttpAnswer.text(
              421,
              "quorate: nobody is called \"%s\" here: %s\n"
                  .formatted(HttpAccess.name(RequestTarget.of(request).host()), advice)));
    }
    if (access != null && request.method().equals(HttpMethod.OPTIONS)) {
      return answered(reply, new HttpAnswer(200, "", ""));
    }
    String uri = RequestTarget.of(request).uri();
    String path;
    try {
      path = new QueryStringDecoder(uri).path();
    } catch (IllegalArgumentException _) {
      return answered(reply, HttpAnswer.text(400, "400 Bad Request\n"));
    }
    return gateway != null && gateway.serves(path)
        ? gateway.begin(request, path, reply)
        : new Page(request.method().name(), uri, reply);
  }

  private static Exchange answered(HttpReply reply, HttpAnswer answer) {
    reply.answer(answer);
    return Exchange.OVER;
  }

  /** A request to one of the endpoints, which have no use for a body. */
  private final class Page implements Exchange {
    private final String method;
    private final String uri;
    private final HttpReply reply;

    Page(String method, String uri, HttpReply reply) {
      this.method = method;
      this.uri = uri;
      this.reply = reply;
    }

    @Override
    public void received(ByteBuf piece, boolean last) {
      if (last) {
        var _ = endpoints.handle(method, uri).thenAccept(reply::answer);
      } else {
        reply.readMore();
      }
    }

    @Override
    public void disconnected() {}
  }
}
