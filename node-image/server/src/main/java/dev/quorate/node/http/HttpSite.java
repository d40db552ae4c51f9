package dev.quorate.node.http;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.QueryStringDecoder;
import org.jspecify.annotations.Nullable;

/** Everything that a port serves over HTTP/1: pages, and on the client port the JSON gateway. */
public final class HttpSite {
  private final HttpEndpoints endpoints;
  private final @Nullable PathHandler gateway;

  private HttpSite(HttpEndpoints endpoints, @Nullable PathHandler gateway) {
    this.endpoints = endpoints;
    this.gateway = gateway;
  }

  public static HttpSite forMetrics(HttpEndpoints endpoints) {
    return new HttpSite(endpoints, null);
  }

  public static HttpSite forClients(HttpEndpoints endpoints, PathHandler gateway) {
    return new HttpSite(endpoints, gateway);
  }

  /** Whether pages of every origin may ask, as etcd lets them unless told otherwise. */
  boolean allowsAllOrigins() {
    return gateway != null;
  }

  Exchange begin(HttpRequest request, HttpReply reply) {
    if (allowsAllOrigins() && request.method().equals(HttpMethod.OPTIONS)) {
      return answered(reply, new HttpAnswer(200, "", ""));
    }
    String path;
    try {
      path = new QueryStringDecoder(request.uri()).path();
    } catch (IllegalArgumentException _) {
      return answered(reply, HttpAnswer.text(400, "400 Bad Request\n"));
    }
    return gateway != null && gateway.serves(path)
        ? gateway.begin(request, path, reply)
        : new Page(request.method().name(), request.uri(), reply);
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
