package dev.quorate.node.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import dev.quorate.node.flags.ConfigException;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.crypto.params.RSAKeyParameters;
import org.bouncycastle.crypto.params.RSAPrivateCrtKeyParameters;
import org.bouncycastle.crypto.util.PrivateKeyFactory;
import org.bouncycastle.crypto.util.SubjectPublicKeyInfoFactory;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.jspecify.annotations.Nullable;

/** Keys of RSA, elliptic curves and Ed25519 from PEM files, in all forms that OpenSSL writes. */
final class SigningKeys {
  /** A public key of an algorithm's family. */
  record Public(JWSAlgorithm method, PublicKey key) {
    JWSVerifier verifier() throws JOSEException {
      return switch (key) {
        case RSAPublicKey rsa -> new RSASSAVerifier(rsa);
        case ECPublicKey curve -> new ECDSAVerifier(curve);
        default -> new Ed25519Signatures.Verifier(key);
      };
    }
  }

  /** A private key and the public one that belongs to it. */
  record Pair(PrivateKey privateKey, Public publicKey) {
    JWSSigner signer() throws JOSEException {
      return switch (privateKey) {
        case ECPrivateKey curve -> new ECDSASigner(curve);
        default ->
            publicKey.key() instanceof RSAPublicKey
                ? new RSASSASigner(privateKey)
                : new Ed25519Signatures.Signer(privateKey);
      };
    }
  }

  private SigningKeys() {}

  static Public readPublic(JWSAlgorithm method, Path path, byte[] pem) throws ConfigException {
    SubjectPublicKeyInfo info =
        switch (parse(path, pem)) {
          case SubjectPublicKeyInfo bare -> bare;
          case X509CertificateHolder certificate -> certificate.getSubjectPublicKeyInfo();
          case null, default -> throw unsuitable(path, "public key or certificate", method);
        };
    return toPublic(method, path, info);
  }

  static Pair readPrivate(JWSAlgorithm method, Path path, byte[] pem) throws ConfigException {
    PrivateKeyInfo info =
        switch (parse(path, pem)) {
          case PrivateKeyInfo bare -> bare;
          case PEMKeyPair pair -> pair.getPrivateKeyInfo();
          case null, default -> throw unsuitable(path, "private key", method);
        };
    try {
      var key = factory(method).generatePrivate(new PKCS8EncodedKeySpec(info.getEncoded()));
      var publicHalf =
          SubjectPublicKeyInfoFactory.createSubjectPublicKeyInfo(
              publicHalf(PrivateKeyFactory.createKey(info)));
      return new Pair(key, toPublic(method, path, publicHalf));
    } catch (GeneralSecurityException | IOException | RuntimeException _) {
      throw unsuitable(path, "private key", method);
    }
  }

  private static Public toPublic(JWSAlgorithm method, Path path, SubjectPublicKeyInfo info)
      throws ConfigException {
    try {
      var key = factory(method).generatePublic(new X509EncodedKeySpec(info.getEncoded()));
      return new Public(method, key);
    } catch (GeneralSecurityException | IOException | RuntimeException _) {
      throw unsuitable(path, "public key", method);
    }
  }

  private static KeyFactory factory(JWSAlgorithm method) throws GeneralSecurityException {
    if (JWSAlgorithm.Family.RSA.contains(method)) {
      return KeyFactory.getInstance("RSA");
    }
    return KeyFactory.getInstance(JWSAlgorithm.Family.EC.contains(method) ? "EC" : "Ed25519");
  }

  private static AsymmetricKeyParameter publicHalf(AsymmetricKeyParameter key) {
    return switch (key) {
      case RSAPrivateCrtKeyParameters rsa ->
          new RSAKeyParameters(false, rsa.getModulus(), rsa.getPublicExponent());
      case ECPrivateKeyParameters curve ->
          new ECPublicKeyParameters(
              curve.getParameters().getG().multiply(curve.getD()), curve.getParameters());
      case Ed25519PrivateKeyParameters edwards -> edwards.generatePublicKey();
      default -> throw new IllegalArgumentException("no such kind of key signs tokens");
    };
  }

  private static @Nullable Object parse(Path path, byte[] pem) throws ConfigException {
    try (var parser = new PEMParser(new StringReader(new String(pem, StandardCharsets.UTF_8)))) {
      Object first = parser.readObject();
      // OpenSSL writes the parameters of a curve in front of the key.
      return first instanceof ASN1ObjectIdentifier ? parser.readObject() : first;
    } catch (IOException | RuntimeException e) {
      // What is damaged meets the parser's own exceptions too, of many kinds.
      throw JwtOptions.problem("%s is not a PEM file (%s)".formatted(path, e.getMessage()));
    }
  }

  private static ConfigException unsuitable(Path path, String wanted, JWSAlgorithm method) {
    return JwtOptions.problem(
        "%s holds no %s for sign-method %s in PEM".formatted(path, wanted, method));
  }
}
