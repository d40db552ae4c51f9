/**
 * HTTP/1 beside gRPC on the client port, and on the metrics port: health, version and metrics, and
 * for clients the JSON gateway.
 *
 * <p>{@link dev.quorate.node.http.PortDemultiplexer} tells the protocols apart by their first
 * bytes; {@link dev.quorate.node.http.HttpConnection} takes the requests of one connection in
 * order; {@link dev.quorate.node.http.HttpSite} knows who answers a path: {@link
 * dev.quorate.node.http.HttpEndpoints} or the gateway.
 */
@NullMarked
package dev.quorate.node.http;

import org.jspecify.annotations.NullMarked;
