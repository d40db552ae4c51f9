package dev.quorate.operator.benchmark;

import dev.quorate.api.admin.TlsReport;
import io.fabric8.kubernetes.api.model.Secret;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;

/**
 * What the Secrets that a member's pod mounts hold.
 *
 * @param chain what the member shows to the operator
 */
record MemberCertificates(
    PrivateKey key, List<X509Certificate> chain, TlsReport toClients, TlsReport toPeers) {
  private static final String CERTIFICATE = "tls.crt";
  private static final String KEY = "tls.key";
  private static final String BELIEVED = "ca.crt";

  static MemberCertificates of(Secret server, Secret peer, Secret operator) throws IOException {
    try {
      var shown = certificates(peer, CERTIFICATE);
      return new MemberCertificates(
          key(peer),
          shown,
          TlsReport.newBuilder()
              .setCertificate(id(certificates(server, CERTIFICATE).getFirst()))
              .addAllTrusted(ids(certificates(server, BELIEVED)))
              .build(),
          TlsReport.newBuilder()
              .setCertificate(id(shown.getFirst()))
              .addAllTrusted(ids(certificates(peer, BELIEVED)))
              .addAllAdminTrusted(ids(certificates(operator, BELIEVED)))
              .build());
    } catch (GeneralSecurityException e) {
      throw new IOException("a Secret of the operator cannot be read", e);
    }
  }

  private static byte[] entry(Secret secret, String name) {
    return Base64.getDecoder().decode(secret.getData().get(name));
  }

  private static List<X509Certificate> certificates(Secret secret, String name)
      throws GeneralSecurityException {
    return CertificateFactory.getInstance("X.509")
        .generateCertificates(new ByteArrayInputStream(entry(secret, name)))
        .stream()
        .map(X509Certificate.class::cast)
        .toList();
  }

  private static PrivateKey key(Secret secret) throws GeneralSecurityException {
    var base64 =
        new String(entry(secret, KEY), StandardCharsets.US_ASCII).replaceAll("-----[^-]+-----", "");
    var encoded = Base64.getMimeDecoder().decode(base64);
    return KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(encoded));
  }

  private static List<String> ids(List<X509Certificate> certificates)
      throws GeneralSecurityException {
    var ids = new ArrayList<String>();
    for (var certificate : certificates) {
      ids.add(id(certificate));
    }
    return ids;
  }

  /** As nodes call a certificate. */
  private static String id(X509Certificate certificate) throws GeneralSecurityException {
    var digest = MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
    return HexFormat.of().formatHex(digest);
  }
}
