package dev.quorate.node.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import java.util.regex.Pattern;

/**
 * Whom and what a request is meant for. Clients that think of a proxy write a whole URL in the
 * request line, and then its host counts and not the header (RFC 9112, section 3.2.2).
 *
 * @param host with its port, if there is one
 * @param uri from the path on
 */
record RequestTarget(String host, String uri) {
  private static final Pattern WHOLE_URL =
      Pattern.compile("https?://(?:[^/?#]*@)?([^/?#]*)(.*)", Pattern.CASE_INSENSITIVE);

  static RequestTarget of(HttpRequest request) {
    var url = WHOLE_URL.matcher(request.uri());
    if (!url.matches()) {
      return new RequestTarget(request.headers().get(HttpHeaderNames.HOST, ""), request.uri());
    }
    String uri = url.group(2);
    return new RequestTarget(url.group(1), uri.startsWith("/") ? uri : "/" + uri);
  }
}
