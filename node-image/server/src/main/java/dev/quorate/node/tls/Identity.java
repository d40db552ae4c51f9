package dev.quorate.node.tls;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.List;

/** A key and the certificate for it, with those above it. */
record Identity(PrivateKey key, List<X509Certificate> chain) {
  private static final byte[] PROBE = {'q', 'u', 'o', 'r', 'a', 't', 'e'};

  /** Reads the two files and makes sure that they belong together. */
  static Identity read(TlsSettings.KeyPairFiles files) throws TlsException {
    var chain = PemFiles.certificates(files.certificate());
    var key = PemFiles.key(files.key());
    if (!belongTogether(key, chain.getFirst())) {
      throw new TlsException(
          "%s is not the key of the certificate in %s".formatted(files.key(), files.certificate()));
    }
    return new Identity(key, chain);
  }

  X509Certificate certificate() {
    return chain.getFirst();
  }

  /** What one signs the other must be able to check. */
  private static boolean belongTogether(PrivateKey key, X509Certificate certificate) {
    try {
      var signature = Signature.getInstance(algorithm(key));
      signature.initSign(key);
      signature.update(PROBE);
      byte[] signed = signature.sign();
      signature.initVerify(certificate.getPublicKey());
      signature.update(PROBE);
      return signature.verify(signed);
    } catch (GeneralSecurityException _) {
      return false;
    }
  }

  private static String algorithm(PrivateKey key) {
    return switch (key.getAlgorithm()) {
      case "RSA" -> "SHA256withRSA";
      case "EC" -> "SHA256withECDSA";
      default -> key.getAlgorithm();
    };
  }
}
