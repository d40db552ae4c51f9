package dev.quorate.node.rpc;

import dev.quorate.api.admin.AdminGrpc;
import io.grpc.Attributes;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerTransportFilter;
import io.grpc.Status;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.function.Predicate;
import javax.net.ssl.SSLPeerUnverifiedException;

/**
 * Who may call what on a peer port: Admin is for the operator alone, everything else for members.
 * Whose certificate it is gets looked at once for each connection.
 */
public final class PeerGate extends ServerTransportFilter implements ServerInterceptor {
  private static final Attributes.Key<Boolean> MEMBER = Attributes.Key.create("member");
  private static final Attributes.Key<Boolean> ADMIN = Attributes.Key.create("admin");

  private final Predicate<X509Certificate[]> member;
  private final Predicate<X509Certificate[]> admin;

  public PeerGate(Predicate<X509Certificate[]> member, Predicate<X509Certificate[]> admin) {
    this.member = member;
    this.admin = admin;
  }

  @Override
  public Attributes transportReady(Attributes attributes) {
    var chain = chain(attributes);
    return attributes.toBuilder()
        .set(MEMBER, chain.length > 0 && member.test(chain))
        .set(ADMIN, chain.length > 0 && admin.test(chain))
        .build();
  }

  private static X509Certificate[] chain(Attributes attributes) {
    var session = attributes.get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
    try {
      Certificate[] shown = session == null ? new Certificate[0] : session.getPeerCertificates();
      return Arrays.copyOf(shown, shown.length, X509Certificate[].class);
    } catch (SSLPeerUnverifiedException _) {
      return new X509Certificate[0];
    }
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    boolean toAdmin = AdminGrpc.SERVICE_NAME.equals(call.getMethodDescriptor().getServiceName());
    if (Boolean.TRUE.equals(call.getAttributes().get(toAdmin ? ADMIN : MEMBER))) {
      return next.startCall(call, headers);
    }
    call.close(
        Status.PERMISSION_DENIED.withDescription(
            toAdmin
                ? "quorate: only the operator may call Admin: its certificate must be signed by"
                    + " one of --admin-trusted-ca-file and have a name of --admin-cert-allowed-cn"
                : "quorate: only members may call this: their certificates must be signed by one"
                    + " of --peer-trusted-ca-file and have a name that is allowed"),
        new Metadata());
    return new ServerCall.Listener<>() {};
  }
}
