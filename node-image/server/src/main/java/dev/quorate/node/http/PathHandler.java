package dev.quorate.node.http;

import io.netty.handler.codec.http.HttpRequest;

/** What serves some of the paths beside the pages of {@link HttpEndpoints}. */
public interface PathHandler {
  boolean serves(String path);

  /** Takes a request of which nothing but the head is there yet. */
  Exchange begin(HttpRequest request, String path, HttpReply reply);
}
