/**
 * etcd's JSON gateway: every call of the etcd services as {@code POST /v3/...}.
 *
 * <pre>
 *  POST /v3/kv/put {"key":"Zm9v"}
 *    JsonGateway      path -> GatewayRoutes -> a call of the same services that gRPC reaches
 *    WholeRequest     one message from the whole body      StreamedRequest  one message after the other
 *    RequestReader    JSON -> message, as strictly as etcd reads it
 *    UnaryAnswer      one message or error back            StreamedAnswer   a line per message, as fast as
 *    GatewayErrors    gRPC code -> HTTP status and body                     the client takes them
 * </pre>
 *
 * <p>The calls go through an in-process server with the services, interceptors and counters of the
 * client port. No certificate comes with them: who asks is said by a token alone.
 */
@NullMarked
package dev.quorate.node.http.gateway;

import org.jspecify.annotations.NullMarked;
