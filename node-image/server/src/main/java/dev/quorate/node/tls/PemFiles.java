package dev.quorate.node.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.CRLException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.openssl.PEMEncryptedKeyPair;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;

/** Reads certificates, keys (PKCS#1, SEC 1 and PKCS#8) and revocation lists. */
final class PemFiles {
  private static final int MOST_BYTES = 4 << 20;

  private PemFiles() {}

  /** At least one, in their order. */
  static List<X509Certificate> certificates(Path file) throws TlsException {
    var certificates = new ArrayList<X509Certificate>();
    for (Object part : parts(file)) {
      if (part instanceof X509CertificateHolder holder) {
        try {
          certificates.add(new JcaX509CertificateConverter().getCertificate(holder));
        } catch (CertificateException e) {
          throw new TlsException("%s has a bad certificate (%s)".formatted(file, e.getMessage()));
        }
      }
    }
    if (certificates.isEmpty()) {
      throw new TlsException(file + " holds no certificate: it must be PEM with BEGIN CERTIFICATE");
    }
    return certificates;
  }

  static PrivateKey key(Path file) throws TlsException {
    try {
      for (Object part : parts(file)) {
        switch (part) {
          case PEMKeyPair pair -> {
            return new JcaPEMKeyConverter().getPrivateKey(pair.getPrivateKeyInfo());
          }
          case PrivateKeyInfo info -> {
            return new JcaPEMKeyConverter().getPrivateKey(info);
          }
          case PEMEncryptedKeyPair _, PKCS8EncryptedPrivateKeyInfo _ ->
              throw new TlsException(
                  file + " is encrypted: nobody could type a passphrase; decrypt it");
          default -> {
            // What else stands in such files: certificates, parameters of curves.
          }
        }
      }
    } catch (IOException | RuntimeException e) {
      throw new TlsException("%s has a bad key (%s)".formatted(file, e.getMessage()));
    }
    throw new TlsException(
        file + " holds no private key: it must be PEM with BEGIN ... PRIVATE KEY");
  }

  /** PEM or DER. */
  static List<X509CRL> revocations(Path file) throws TlsException {
    try {
      var lists = new ArrayList<X509CRL>();
      var factory = CertificateFactory.getInstance("X.509");
      for (var list : factory.generateCRLs(new ByteArrayInputStream(bytes(file)))) {
        lists.add((X509CRL) list);
      }
      if (lists.isEmpty()) {
        throw new TlsException(file + " holds no revocation list: it must be an X.509 CRL");
      }
      return lists;
    } catch (CertificateException | CRLException e) {
      throw new TlsException("%s is no revocation list (%s)".formatted(file, e.getMessage()));
    }
  }

  private static List<Object> parts(Path file) throws TlsException {
    var parts = new ArrayList<>();
    var text = new String(bytes(file), StandardCharsets.ISO_8859_1);
    try (var parser = new PEMParser(new StringReader(text))) {
      for (Object part = parser.readObject(); part != null; part = parser.readObject()) {
        parts.add(part);
      }
      return parts;
    } catch (IOException | RuntimeException e) {
      // What is damaged meets the parser's own exceptions too, of many kinds.
      throw new TlsException("%s is not PEM (%s)".formatted(file, e.getMessage()));
    }
  }

  private static byte[] bytes(Path file) throws TlsException {
    try {
      if (Files.size(file) > MOST_BYTES) {
        throw new TlsException(file + " is too large for what it should hold");
      }
      return Files.readAllBytes(file);
    } catch (NoSuchFileException _) {
      throw new TlsException(file + " does not exist");
    } catch (AccessDeniedException _) {
      throw new TlsException(file + " may not be read by this user");
    } catch (IOException e) {
      throw new TlsException("%s cannot be read (%s)".formatted(file, e.getMessage()));
    }
  }
}
