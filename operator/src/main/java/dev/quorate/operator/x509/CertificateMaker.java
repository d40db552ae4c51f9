package dev.quorate.operator.x509;

import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.util.io.pem.PemObject;

/** Makes keys (EC P-256) and certificates for them. */
public final class CertificateMaker {
  /** Certificates are good from a little earlier on, because clocks differ. */
  public static final Duration CLOCKS_DIFFER = Duration.ofMinutes(5);

  private static final int SERIAL_BITS = 127;
  private static final int GENERATION_BYTES = 4;

  private final SecureRandom random;

  public CertificateMaker(SecureRandom random) {
    this.random = random;
  }

  /**
   * An authority that signs for itself. No two have the same subject, so that where two are
   * believed nobody tries the wrong one.
   */
  public KeyPairPem authority(String name, Instant now, Duration life) {
    var keys = newKeys();
    var bytes = new byte[GENERATION_BYTES];
    random.nextBytes(bytes);
    var generation = new BigInteger(1, bytes).toString(Character.MAX_RADIX);
    var subject = name(name + " " + generation);
    try {
      var builder = builder(subject, subject, keys.getPublic(), now, now.plus(life));
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
      builder.addExtension(
          Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
      builder.addExtension(
          Extension.subjectKeyIdentifier,
          false,
          new JcaX509ExtensionUtils().createSubjectKeyIdentifier(keys.getPublic()));
      return signed(builder, keys, keys.getPrivate());
    } catch (IOException | GeneralSecurityException | OperatorCreationException e) {
      throw new IllegalStateException("this JDK cannot make an authority", e);
    }
  }

  /** A certificate that ends no later than its authority. */
  public KeyPairPem issue(
      CertificateRequest request, KeyPairPem authority, Instant now, Duration life)
      throws PemException {
    var keys = newKeys();
    var issuer = PemReader.certificates(authority.certificate()).getFirst();
    var issuerEnds = issuer.getNotAfter().toInstant();
    var ends = now.plus(life).isBefore(issuerEnds) ? now.plus(life) : issuerEnds;
    try {
      var builder =
          builder(
              X500Name.getInstance(issuer.getSubjectX500Principal().getEncoded()),
              name(request.commonName()),
              keys.getPublic(),
              now,
              ends);
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
      builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
      builder.addExtension(Extension.extendedKeyUsage, false, uses(request));
      builder.addExtension(
          Extension.authorityKeyIdentifier,
          false,
          new JcaX509ExtensionUtils().createAuthorityKeyIdentifier(issuer));
      if (!request.hosts().isEmpty()) {
        builder.addExtension(Extension.subjectAlternativeName, false, names(request));
      }
      return signed(builder, keys, PemReader.key(authority.key()));
    } catch (IOException | GeneralSecurityException | OperatorCreationException e) {
      throw new IllegalStateException("this JDK cannot make a certificate", e);
    }
  }

  private JcaX509v3CertificateBuilder builder(
      X500Name issuer, X500Name subject, PublicKey key, Instant now, Instant ends) {
    return new JcaX509v3CertificateBuilder(
        issuer,
        new BigInteger(SERIAL_BITS, random).setBit(SERIAL_BITS - 1),
        Date.from(now.minus(CLOCKS_DIFFER)),
        Date.from(ends),
        subject,
        key);
  }

  private static X500Name name(String commonName) {
    return new X500NameBuilder().addRDN(BCStyle.CN, commonName).build();
  }

  private static ExtendedKeyUsage uses(CertificateRequest request) {
    var uses = new ArrayList<KeyPurposeId>();
    if (request.server()) {
      uses.add(KeyPurposeId.id_kp_serverAuth);
    }
    if (request.client()) {
      uses.add(KeyPurposeId.id_kp_clientAuth);
    }
    return new ExtendedKeyUsage(uses.toArray(KeyPurposeId[]::new));
  }

  private static GeneralNames names(CertificateRequest request) {
    return new GeneralNames(
        request.hosts().stream()
            .map(
                host ->
                    new GeneralName(
                        host.matches("[0-9.]+|.*:.*") ? GeneralName.iPAddress : GeneralName.dNSName,
                        host))
            .toArray(GeneralName[]::new));
  }

  private KeyPair newKeys() {
    try {
      var generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"), random);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK cannot make a key", e);
    }
  }

  private static KeyPairPem signed(
      JcaX509v3CertificateBuilder builder, KeyPair keys, PrivateKey signer)
      throws IOException, OperatorCreationException {
    var algorithm = signer.getAlgorithm().equals("RSA") ? "SHA256withRSA" : "SHA256withECDSA";
    var certificate = builder.build(new JcaContentSignerBuilder(algorithm).build(signer));
    return new KeyPairPem(
        pem("CERTIFICATE", certificate.getEncoded()),
        pem("PRIVATE KEY", keys.getPrivate().getEncoded()));
  }

  private static String pem(String type, byte[] content) {
    var text = new StringWriter();
    try (var writer = new JcaPEMWriter(text)) {
      writer.writeObject(new PemObject(type, content));
    } catch (IOException e) {
      throw new IllegalStateException("writing to memory failed", e);
    }
    return text.toString();
  }

  /** The text of certificates that were read. */
  public static String pem(Iterable<X509Certificate> certificates) {
    var text = new StringBuilder();
    try {
      for (var certificate : certificates) {
        text.append(pem("CERTIFICATE", certificate.getEncoded()));
      }
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a certificate that was read cannot be written", e);
    }
    return text.toString();
  }
}
