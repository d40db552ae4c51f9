package dev.quorate.node.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.quorate.node.flags.ConfigException;
import dev.quorate.node.kv.Caller;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Signed tokens with every method, with keys that are made here. */
final class JwtTokensTest {
  private static final Caller ALICE = new Caller("alice", 7);

  @TempDir Path directory;
  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2026-01-01T00:00:00Z"));

  @ParameterizedTest
  @ValueSource(
      strings = {
        "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"
      })
  void everyMethodOfKeyPairs(String method) throws Exception {
    var pair = keyPair(method);
    var options = "jwt,sign-method=%s,priv-key=%s".formatted(method, privateKey(pair));
    var signing = tokens(options);
    String token = issue(signing);
    assertThat(signing.callerOf(token, 9)).isEqualTo(ALICE);

    var checking = tokens("jwt,sign-method=%s,pub-key=%s".formatted(method, publicKey(pair)));
    assertThat(checking.callerOf(token, 9)).isEqualTo(ALICE);
    assertThat(checking.issue("alice", 7)).as("there is no key to sign with").isNull();

    var strange =
        tokens("jwt,sign-method=%s,pub-key=%s".formatted(method, publicKey(keyPair(method))));
    assertThat(strange.callerOf(token, 9)).isNull();
    assertThat(signing.callerOf(token.substring(0, token.length() - 4) + "AAAA", 9)).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"HS256", "HS384", "HS512"})
  void everyMethodOfSharedSecrets(String method) throws Exception {
    var secret = Files.writeString(directory.resolve("secret"), "s".repeat(64));
    var tokens = tokens("jwt,sign-method=%s,priv-key=%s".formatted(method, secret));
    assertThat(tokens.callerOf(issue(tokens), 9)).isEqualTo(ALICE);
    assertThat(tokens.callerOf("nonsense", 9)).isNull();
  }

  @Test
  void aTokenEndsWithItsTime() throws Exception {
    var tokens = tokens("jwt,sign-method=EdDSA,ttl=10m,priv-key=" + privateKey(keyPair("EdDSA")));
    String token = issue(tokens);
    now.updateAndGet(time -> time.plus(Duration.ofSeconds(599)));
    assertThat(tokens.callerOf(token, 9)).isEqualTo(ALICE);
    now.updateAndGet(time -> time.plus(Duration.ofSeconds(1)));
    assertThat(tokens.callerOf(token, 9)).isNull();
  }

  @Test
  void whileKeysAreExchangedBothAreGood() throws Exception {
    var old = keyPair("ES256");
    var next = keyPair("ES256");
    String oldToken = issue(tokens("jwt,sign-method=ES256,priv-key=" + privateKey(old)));
    var both =
        tokens(
            "jwt,sign-method=ES256,pub-key=%s,pub-key=%s,priv-key=%s"
                .formatted(publicKey(old), publicKey(next), privateKey(next)));
    assertThat(both.callerOf(oldToken, 9)).isEqualTo(ALICE);
    assertThat(both.callerOf(issue(both), 9)).isEqualTo(ALICE);
  }

  @Test
  void anotherMethodIsNotTaken() throws Exception {
    var pair = keyPair("RS256");
    String token = issue(tokens("jwt,sign-method=RS256,priv-key=" + privateKey(pair)));
    var other = tokens("jwt,sign-method=PS256,priv-key=" + privateKey(pair));
    assertThat(other.callerOf(token, 9)).isNull();
    var unsigned = "eyJhbGciOiJub25lIn0.eyJ1c2VybmFtZSI6InJvb3QiLCJyZXZpc2lvbiI6OX0.";
    assertThat(other.callerOf(unsigned, 9)).isNull();
  }

  @Test
  void badOptionsAreNamed() throws Exception {
    var pair = keyPair("ES256");
    var other = keyPair("ES256");
    assertRefused("neither simple nor jwt", () -> tokens("jot"));
    assertRefused("sign-method is missing", () -> tokens("jwt,ttl=1m"));
    assertRefused("\"none\" is none of HS", () -> tokens("jwt,sign-method=none"));
    assertRefused("\"ttl\" is not one option", () -> tokens("jwt,ttl"));
    assertRefused("\"5\" is not a duration", () -> tokens("jwt,ttl=5"));
    assertRefused("\"color\" is not known", () -> tokens("jwt,color=red"));
    assertRefused("needs priv-key", () -> tokens("jwt,sign-method=ES256"));
    assertRefused("cannot read", () -> tokens("jwt,sign-method=ES256,priv-key=/none"));
    assertRefused(
        "is not one for sign-method ES384",
        () -> tokens("jwt,sign-method=ES384,priv-key=" + privateKey(pair)));
    assertRefused(
        "holds no private key for sign-method RS256",
        () -> tokens("jwt,sign-method=RS256,priv-key=" + privateKey(pair)));
    assertRefused(
        "no pub-key belongs to the priv-key",
        () ->
            tokens(
                "jwt,sign-method=ES256,pub-key=%s,priv-key=%s"
                    .formatted(publicKey(other), privateKey(pair))));
    var weak = KeyPairGenerator.getInstance("RSA");
    weak.initialize(1024);
    var weakKey = privateKey(weak.generateKeyPair());
    for (String method : new String[] {"RS256", "PS512"}) {
      assertRefused(
          "does not go with the key",
          () -> tokens("jwt,sign-method=%s,priv-key=%s".formatted(method, weakKey)));
    }
    var secret = Files.writeString(directory.resolve("short"), "short");
    assertRefused(
        "does not go with the key", () -> tokens("jwt,sign-method=HS256,priv-key=" + secret));
  }

  /** Behind one that cannot check any token, the good ones would never be asked. */
  @Test
  void everyPublicKeyIsOneForTheMethod() throws Exception {
    var pair = keyPair("ES256");
    var other = publicKey(keyPair("ES384"));
    String problem = "the key in %s is not one for sign-method ES256".formatted(other);
    assertRefused(problem, () -> tokens("jwt,sign-method=ES256,pub-key=" + other));
    assertRefused(
        problem,
        () ->
            tokens(
                "jwt,sign-method=ES256,pub-key=%s,pub-key=%s".formatted(other, publicKey(pair))));
    assertRefused(
        problem,
        () ->
            tokens(
                "jwt,sign-method=ES256,pub-key=%s,pub-key=%s,priv-key=%s"
                    .formatted(publicKey(pair), other, privateKey(pair))));
  }

  @ParameterizedTest
  @ValueSource(strings = {"RS256", "ES256", "EdDSA"})
  void damagedKeysAreNamed(String method) throws Exception {
    for (String kind :
        new String[] {"PRIVATE KEY", "PUBLIC KEY", "CERTIFICATE", "EC PRIVATE KEY"}) {
      for (String content : new String[] {"@@@@", "AAAA", "MIIB", ""}) {
        var file =
            Files.writeString(
                directory.resolve("damaged.pem"),
                "-----BEGIN %1$s-----\n%2$s\n-----END %1$s-----\n".formatted(kind, content));
        assertRefused(
            file.toString(),
            () -> tokens("jwt,sign-method=%s,priv-key=%s".formatted(method, file)));
        assertRefused(
            file.toString(), () -> tokens("jwt,sign-method=%s,pub-key=%s".formatted(method, file)));
      }
    }
  }

  @Test
  void whatIsNoPathIsNamed() {
    assertRefused("is not a path", () -> tokens("jwt,sign-method=ES256,pub-key=a\0b"));
    assertRefused("is not a path", () -> tokens("jwt,sign-method=ES256,priv-key=a\0b"));
  }

  /** RFC 7515, section 4.1.11: what is critical and not understood is not passed over. */
  @ParameterizedTest
  @ValueSource(strings = {"ES256", "EdDSA"})
  void criticalExtensionsAreNotTaken(String method) throws Exception {
    var pair = keyPair(method);
    var tokens = tokens("jwt,sign-method=%s,priv-key=%s".formatted(method, privateKey(pair)));
    var header =
        new JWSHeader.Builder(JWSAlgorithm.parse(method))
            .criticalParams(Set.of("exp"))
            .customParam("exp", 1)
            .build();
    var claims = new JWTClaimsSet.Builder().claim("username", "alice").claim("revision", 7);
    var token = new SignedJWT(header, claims.build());
    token.sign(
        method.equals("EdDSA")
            ? new Ed25519Signatures.Signer(pair.getPrivate())
            : new ECDSASigner((ECPrivateKey) pair.getPrivate()));
    assertThat(tokens.callerOf(token.serialize(), 9)).isNull();
  }

  private static void assertRefused(String part, ThrowingCallable call) {
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(call)
        .withMessageStartingWith("--auth-token: ")
        .withMessageContaining(part);
  }

  private static String issue(JwtTokens tokens) {
    return Objects.requireNonNull(tokens.issue("alice", 7));
  }

  private JwtTokens tokens(String options) throws ConfigException {
    return JwtOptions.parse(options).tokens(now::get);
  }

  private static KeyPair keyPair(String method) throws GeneralSecurityException {
    if (method.equals("EdDSA")) {
      return KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    }
    boolean curve = method.startsWith("ES");
    var generator = KeyPairGenerator.getInstance(curve ? "EC" : "RSA");
    if (curve) {
      String bits = method.equals("ES512") ? "521" : method.substring(2);
      generator.initialize(new ECGenParameterSpec("secp" + bits + "r1"));
    } else {
      generator.initialize(2048);
    }
    return generator.generateKeyPair();
  }

  private Path privateKey(KeyPair pair) throws IOException {
    return pem("PRIVATE KEY", pair.getPrivate());
  }

  private Path publicKey(KeyPair pair) throws IOException {
    return pem("PUBLIC KEY", pair.getPublic());
  }

  private Path pem(String kind, Key key) throws IOException {
    var file = Files.createTempFile(directory, "key", ".pem");
    return Files.writeString(
        file,
        "-----BEGIN %s-----\n%s\n-----END %s-----\n"
            .formatted(kind, Base64.getMimeEncoder().encodeToString(key.getEncoded()), kind));
  }
}
