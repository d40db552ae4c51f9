package dev.quorate.operator.x509;

import java.io.IOException;
import java.io.StringReader;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;

/** Reads certificates and keys, and tells what belongs together. */
public final class PemReader {
  private static final byte[] PROBE = {'q', 'u', 'o', 'r', 'a', 't', 'e'};

  private PemReader() {}

  /** At least one, in their order. */
  public static List<X509Certificate> certificates(String text) throws PemException {
    var certificates = new ArrayList<X509Certificate>();
    for (Object part : parts(text)) {
      if (part instanceof X509CertificateHolder holder) {
        try {
          certificates.add(new JcaX509CertificateConverter().getCertificate(holder));
        } catch (CertificateException e) {
          throw new PemException("has a bad certificate (%s)".formatted(e.getMessage()));
        }
      }
    }
    if (certificates.isEmpty()) {
      throw new PemException("holds no certificate: it must be PEM with BEGIN CERTIFICATE");
    }
    return certificates;
  }

  public static PrivateKey key(String text) throws PemException {
    try {
      for (Object part : parts(text)) {
        switch (part) {
          case PEMKeyPair pair -> {
            return new JcaPEMKeyConverter().getPrivateKey(pair.getPrivateKeyInfo());
          }
          case PrivateKeyInfo info -> {
            return new JcaPEMKeyConverter().getPrivateKey(info);
          }
          default -> {
            // What else stands beside keys: parameters of curves, certificates.
          }
        }
      }
    } catch (IOException | RuntimeException e) {
      throw new PemException("has a bad key (%s)".formatted(e.getMessage()));
    }
    throw new PemException(
        "holds no private key: it must be PEM with BEGIN ... PRIVATE KEY, not encrypted");
  }

  private static List<Object> parts(String text) throws PemException {
    var parts = new ArrayList<>();
    try (var parser = new PEMParser(new StringReader(text))) {
      for (Object part = parser.readObject(); part != null; part = parser.readObject()) {
        parts.add(part);
      }
      return parts;
    } catch (IOException | RuntimeException e) {
      throw new PemException("is not PEM (%s)".formatted(e.getMessage()));
    }
  }

  /** The SHA-256 of the certificate, as nodes tell it. */
  public static String id(X509Certificate certificate) {
    try {
      var digest = MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
      return HexFormat.of().formatHex(digest);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a certificate that was read cannot be written", e);
    }
  }

  /** Whether the one was signed with the key of the other. */
  public static boolean signed(X509Certificate authority, X509Certificate certificate) {
    try {
      certificate.verify(authority.getPublicKey());
      return true;
    } catch (GeneralSecurityException _) {
      return false;
    }
  }

  /** What the one signs the other must be able to check. */
  public static boolean belongTogether(PrivateKey key, X509Certificate certificate) {
    var algorithm =
        switch (key.getAlgorithm()) {
          case "RSA" -> "SHA256withRSA";
          case "EC" -> "SHA256withECDSA";
          default -> key.getAlgorithm();
        };
    try {
      var signature = Signature.getInstance(algorithm);
      signature.initSign(key);
      signature.update(PROBE);
      var signed = signature.sign();
      signature.initVerify(certificate.getPublicKey());
      signature.update(PROBE);
      return signature.verify(signed);
    } catch (GeneralSecurityException _) {
      return false;
    }
  }

  /** The names and addresses that a certificate may answer for. */
  public static Set<String> hosts(X509Certificate certificate) {
    var hosts = new TreeSet<String>();
    try {
      Collection<List<?>> alternatives = certificate.getSubjectAlternativeNames();
      if (alternatives != null) {
        alternatives.forEach(alternative -> hosts.add(String.valueOf(alternative.get(1))));
      }
    } catch (CertificateException _) {
      // What cannot be read names nobody.
    }
    return hosts;
  }
}
