package dev.quorate.operator.secret;

import dev.quorate.operator.certificate.Authority;
import dev.quorate.operator.platform.SecretData;
import dev.quorate.operator.x509.CertificateMaker;
import dev.quorate.operator.x509.KeyPairPem;
import dev.quorate.operator.x509.PemException;
import dev.quorate.operator.x509.PemReader;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the Secret of an authority holds.
 *
 * @param signing who signs now; its key is empty if it is lost
 * @param next who signs after it; null for nobody
 * @param retired who signed before and is still believed
 */
record AuthorityMaterial(
    KeyPairPem signing, @Nullable KeyPairPem next, List<X509Certificate> retired) {
  private static final String NEXT_CERTIFICATE = "next.crt";
  private static final String NEXT_KEY = "next.key";
  private static final String RETIRED = "retired.crt";

  AuthorityMaterial {
    retired = List.copyOf(retired);
  }

  static AuthorityMaterial read(SecretData data) throws PemException {
    var signing = new KeyPairPem(data.text(SecretData.CERTIFICATE), data.text(SecretData.KEY));
    PemReader.certificates(signing.certificate());
    KeyPairPem next = null;
    if (!data.text(NEXT_CERTIFICATE).isEmpty()) {
      next = new KeyPairPem(data.text(NEXT_CERTIFICATE), data.text(NEXT_KEY));
      PemReader.certificates(next.certificate());
      requireKey(next);
    }
    if (!signing.key().isEmpty()) {
      requireKey(signing);
    }
    var retired = data.text(RETIRED);
    return new AuthorityMaterial(
        signing, next, retired.isEmpty() ? List.of() : PemReader.certificates(retired));
  }

  private static void requireKey(KeyPairPem pair) throws PemException {
    PemReader.key(pair.key());
  }

  SecretData written(@Nullable String version) {
    var entries = new TreeMap<String, String>();
    entries.put(SecretData.CERTIFICATE, signing.certificate());
    if (!signing.key().isEmpty()) {
      entries.put(SecretData.KEY, signing.key());
    }
    if (next != null) {
      entries.put(NEXT_CERTIFICATE, next.certificate());
      entries.put(NEXT_KEY, next.key());
    }
    if (!retired.isEmpty()) {
      entries.put(RETIRED, CertificateMaker.pem(retired));
    }
    return new SecretData(entries, version);
  }

  /** Everybody who is to be believed, the one who signs first. */
  List<X509Certificate> believed() throws PemException {
    var all = new ArrayList<X509Certificate>();
    all.add(PemReader.certificates(signing.certificate()).getFirst());
    if (next != null) {
      all.add(PemReader.certificates(next.certificate()).getFirst());
    }
    all.addAll(retired);
    return all;
  }

  static Authority described(X509Certificate certificate, boolean hasKey) {
    return new Authority(
        PemReader.id(certificate),
        certificate.getNotBefore().toInstant().plus(CertificateMaker.CLOCKS_DIFFER),
        certificate.getNotAfter().toInstant(),
        hasKey);
  }

  static Authority described(KeyPairPem pair) throws PemException {
    return described(PemReader.certificates(pair.certificate()).getFirst(), !pair.key().isEmpty());
  }
}
