/**
 * HTTP/1 beside gRPC on the client port, and on the metrics port: health, version and metrics.
 *
 * <p>{@link dev.quorate.node.http.PortDemultiplexer} tells the protocols apart by their first
 * bytes; {@link dev.quorate.node.http.HttpEndpoints} knows the paths and what they answer.
 */
@NullMarked
package dev.quorate.node.http;

import org.jspecify.annotations.NullMarked;
