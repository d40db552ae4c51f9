package dev.quorate.node.tls;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/** Whom to believe: what the JDK says of their certificates, and then revocations and names. */
final class CheckedTrust extends X509ExtendedTrustManager {
  private final X509ExtendedTrustManager signatures;
  private final List<X509CRL> revoked;
  private final AllowedNames allowed;

  CheckedTrust(X509ExtendedTrustManager signatures, List<X509CRL> revoked, AllowedNames allowed) {
    this.signatures = signatures;
    this.revoked = List.copyOf(revoked);
    this.allowed = allowed;
  }

  /** What the JDK looks at: who signed, until when, and for what. */
  @FunctionalInterface
  private interface SignatureCheck {
    void run() throws CertificateException;
  }

  private void check(X509Certificate[] chain, SignatureCheck jdk) throws CertificateException {
    jdk.run();
    for (X509Certificate certificate : chain) {
      for (X509CRL list : revoked) {
        if (list.isRevoked(certificate)) {
          throw new CertificateException(
              "certificate %x of \"%s\" is revoked"
                  .formatted(certificate.getSerialNumber(), certificate.getSubjectX500Principal()));
        }
      }
    }
    if (!allowed.allows(chain[0])) {
      throw new CertificateException(
          "\"%s\" is none of the names that are allowed here"
              .formatted(chain[0].getSubjectX500Principal()));
    }
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
    check(chain, () -> signatures.checkClientTrusted(chain, type));
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    check(chain, () -> signatures.checkClientTrusted(chain, type, socket));
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    check(chain, () -> signatures.checkClientTrusted(chain, type, engine));
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
    check(chain, () -> signatures.checkServerTrusted(chain, type));
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    check(chain, () -> signatures.checkServerTrusted(chain, type, socket));
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    check(chain, () -> signatures.checkServerTrusted(chain, type, engine));
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return signatures.getAcceptedIssuers();
  }
}
