package dev.quorate.node.tls;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.stream.Stream;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * The two kinds of callers that meet on a peer port. Both are let in by the handshake, and what
 * each may call is decided afterwards, because a handshake does not know yet what is wanted.
 */
record PeerCallers(X509ExtendedTrustManager members, X509ExtendedTrustManager admins) {
  /** Not looked at for those who connect: their key says what they can do, not how. */
  private static final String ANY_KEY = "UNKNOWN";

  boolean isMember(X509Certificate[] chain) {
    return trusts(members, chain);
  }

  boolean isAdmin(X509Certificate[] chain) {
    return trusts(admins, chain);
  }

  private static boolean trusts(X509ExtendedTrustManager trust, X509Certificate[] chain) {
    try {
      trust.checkClientTrusted(chain, ANY_KEY);
      return true;
    } catch (CertificateException _) {
      return false;
    }
  }

  /** Believes whoever is one of the two; of servers it believes members alone. */
  X509ExtendedTrustManager either() {
    return new Either(members, admins);
  }

  @FunctionalInterface
  private interface Check {
    void by(X509ExtendedTrustManager trust) throws CertificateException;
  }

  private static final class Either extends X509ExtendedTrustManager {
    private final X509ExtendedTrustManager members;
    private final X509ExtendedTrustManager admins;

    Either(X509ExtendedTrustManager members, X509ExtendedTrustManager admins) {
      this.members = members;
      this.admins = admins;
    }

    private void check(Check check) throws CertificateException {
      try {
        check.by(members);
      } catch (CertificateException noMember) {
        try {
          check.by(admins);
        } catch (CertificateException noAdmin) {
          noMember.addSuppressed(noAdmin);
          throw noMember;
        }
      }
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      check(trust -> trust.checkClientTrusted(chain, type));
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
        throws CertificateException {
      check(trust -> trust.checkClientTrusted(chain, type, socket));
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
        throws CertificateException {
      check(trust -> trust.checkClientTrusted(chain, type, engine));
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      members.checkServerTrusted(chain, type);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
        throws CertificateException {
      members.checkServerTrusted(chain, type, socket);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
        throws CertificateException {
      members.checkServerTrusted(chain, type, engine);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return Stream.of(members.getAcceptedIssuers(), admins.getAcceptedIssuers())
          .flatMap(Stream::of)
          .distinct()
          .toArray(X509Certificate[]::new);
    }
  }
}
