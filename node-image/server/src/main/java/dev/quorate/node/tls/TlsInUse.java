package dev.quorate.node.tls;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.List;

/**
 * Which certificates are in use, by the SHA-256 of their DER in hexadecimal: what whoever renews
 * them must know before it takes old ones away.
 */
public record TlsInUse(String certificate, List<String> trusted, List<String> adminTrusted) {
  static TlsInUse of(TlsMaterial material) {
    return new TlsInUse(
        digest(material.identity().certificate()),
        material.trusted().stream().map(TlsInUse::digest).toList(),
        material.adminTrusted().stream().map(TlsInUse::digest).toList());
  }

  private static String digest(X509Certificate certificate) {
    try {
      var digest = MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
      return HexFormat.of().formatHex(digest);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a certificate that was read cannot be written", e);
    }
  }
}
