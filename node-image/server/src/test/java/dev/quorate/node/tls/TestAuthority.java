package dev.quorate.node.tls;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.concurrent.atomic.AtomicLong;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.util.io.pem.PemObject;

/** Signs certificates for tests, and writes them where they are wanted. */
public final class TestAuthority {
  private static final AtomicLong SERIALS = new AtomicLong(1000);

  private final X500Name name;
  private final KeyPair keys = newKeys("EC");
  private final Path directory;
  private final Path certificate;

  /** What a node or a client shows: two PEM files. */
  public record Issued(Path certificate, Path key, BigInteger serial) {}

  public TestAuthority(String name, Path directory) {
    this.name = new X500Name("CN=" + name);
    this.directory = directory;
    this.certificate = directory.resolve(name + ".pem");
    write(certificate, sign(this.name, keys, "", Duration.ofDays(1), true));
  }

  /** The certificate that its own are checked with. */
  public Path certificate() {
    return certificate;
  }

  /** For the loopback addresses, and good for an hour. */
  public Issued issue(String commonName) {
    return issue(commonName, "EC", Duration.ofHours(1), commonName);
  }

  public Issued issueExpired(String commonName) {
    return issue(commonName, "EC", Duration.ofHours(-1), commonName);
  }

  public Issued issueWithRsa(String commonName) {
    return issue(commonName, "RSA", Duration.ofHours(1), commonName);
  }

  /** Replaces the files of another one of this name. */
  public Issued issue(String commonName, String algorithm, Duration validity, String host) {
    return issue(commonName, new X500Name("CN=" + commonName), algorithm, validity, host);
  }

  /** With a subject that nobody made so simple, written as it stands in the certificate. */
  public Issued issueFor(String fileName, String subject) {
    return issue(fileName, new X500Name(subject), "EC", Duration.ofHours(1), fileName);
  }

  private Issued issue(
      String fileName, X500Name subject, String algorithm, Duration validity, String host) {
    var own = newKeys(algorithm);
    var signed = sign(subject, own, host, validity, false);
    Path key = directory.resolve(fileName + "-key.pem");
    Path file = directory.resolve(fileName + ".pem");
    // RSA keys as PKCS#1, the others as PKCS#8: both are met with.
    var encoded = new PemObject("PRIVATE KEY", own.getPrivate().getEncoded());
    write(key, algorithm.equals("RSA") ? own.getPrivate() : encoded);
    write(file, signed);
    return new Issued(file, key, signed.getSerialNumber());
  }

  /** A list with this certificate on it, in DER as etcd takes it. */
  public Path revoke(Issued issued) {
    try {
      var now = now();
      var builder = new X509v2CRLBuilder(name, Date.from(now));
      builder.setNextUpdate(Date.from(now.plus(Duration.ofDays(1))));
      builder.addCRLEntry(issued.serial(), Date.from(now), 0);
      return Files.write(directory.resolve("revoked.crl"), builder.build(signer()).getEncoded());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private X509CertificateHolder sign(
      X500Name subject, KeyPair subjectKeys, String host, Duration validity, boolean authority) {
    try {
      var now = now();
      var builder =
          new JcaX509v3CertificateBuilder(
              name,
              BigInteger.valueOf(SERIALS.incrementAndGet()),
              Date.from(now.minus(Duration.ofDays(1))),
              Date.from(now.plus(validity)),
              subject,
              subjectKeys.getPublic());
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
      if (!authority) {
        builder.addExtension(
            Extension.subjectAlternativeName,
            false,
            new GeneralNames(
                new GeneralName[] {
                  new GeneralName(GeneralName.iPAddress, "127.0.0.1"),
                  new GeneralName(GeneralName.dNSName, "localhost"),
                  new GeneralName(GeneralName.dNSName, host)
                }));
      }
      return builder.build(signer());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private ContentSigner signer() {
    try {
      return new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate());
    } catch (OperatorCreationException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Instant now() {
    return InstantSource.system().instant();
  }

  private static KeyPair newKeys(String algorithm) {
    try {
      var generator = KeyPairGenerator.getInstance(algorithm);
      generator.initialize(algorithm.equals("EC") ? 256 : 2048);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void write(Path file, Object part) {
    var text = new StringWriter();
    try (var writer = new JcaPEMWriter(text)) {
      writer.writeObject(part);
      writer.flush();
      Files.writeString(file, text.toString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
