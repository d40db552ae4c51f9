package dev.quorate.node.rpc;

import dev.quorate.node.tls.SubjectNames;
import io.grpc.Context;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * What a call shows of its caller, not yet checked.
 *
 * @param token from etcd's metadata {@code token}, or {@code authorization} with or without the
 *     word Bearer
 * @param commonName of the client certificate that the TLS handshake has verified; null without one
 */
record Credentials(@Nullable String token, @Nullable String commonName) {
  static final Credentials NONE = new Credentials(null, null);

  private static final Context.Key<Credentials> KEY = Context.keyWithDefault("credentials", NONE);
  private static final Metadata.Key<String> TOKEN = key("token");
  private static final Metadata.Key<String> AUTHORIZATION = key("authorization");

  /** Set by a JSON gateway, whose own certificate says nothing about its client. */
  private static final Metadata.Key<String> FROM_GATEWAY = key("grpcgateway-accept");

  private static final String BEARER = "Bearer ";

  private static Metadata.Key<String> key(String name) {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }

  /** Of the call that this thread works on. */
  static Credentials current() {
    return KEY.get();
  }

  /** Whether a call shows any token; costs next to nothing. */
  static boolean hasToken(Metadata headers) {
    return headers.containsKey(TOKEN) || headers.containsKey(AUTHORIZATION);
  }

  static Credentials of(ServerCall<?, ?> call, Metadata headers) {
    String token = first(headers, TOKEN);
    if (token == null) {
      token = first(headers, AUTHORIZATION);
    }
    if (token != null && token.startsWith(BEARER)) {
      token = token.substring(BEARER.length());
    }
    var session = call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
    boolean fromGateway = headers.containsKey(FROM_GATEWAY);
    String commonName = session == null || fromGateway ? null : commonName(session);
    return token == null && commonName == null ? NONE : new Credentials(token, commonName);
  }

  /** Of several the first, as in etcd. */
  private static @Nullable String first(Metadata headers, Metadata.Key<String> key) {
    var all = headers.getAll(key);
    return all == null ? null : all.iterator().next();
  }

  Context inContext() {
    return Context.current().withValue(KEY, this);
  }

  private static @Nullable String commonName(SSLSession session) {
    try {
      var certificates = session.getPeerCertificates();
      String name =
          certificates.length > 0 && certificates[0] instanceof X509Certificate client
              ? SubjectNames.of(client)
              : "";
      return name.isEmpty() ? null : name;
    } catch (SSLPeerUnverifiedException _) {
      return null;
    }
  }
}
