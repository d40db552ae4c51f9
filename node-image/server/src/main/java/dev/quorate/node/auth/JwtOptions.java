package dev.quorate.node.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.MACVerifier;
import dev.quorate.node.flags.ConfigException;
import dev.quorate.node.flags.FlagPath;
import dev.quorate.node.flags.GoDuration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What {@code --auth-token} says about JWT: {@code jwt,sign-method=RS256,pub-key=a.pem,
 * priv-key=b.pem,ttl=10m}. etcd's words, and one more freedom: {@code pub-key} may come several
 * times, so that tokens of an old key are good while clients go over to a new one.
 *
 * @param privateKey null: tokens are made elsewhere
 */
public record JwtOptions(
    JWSAlgorithm method, List<Path> publicKeys, @Nullable Path privateKey, Duration timeToLive) {
  private static final Duration DEFAULT_TIME_TO_LIVE = Duration.ofMinutes(5);
  private static final String FORM =
      "write simple, or jwt,sign-method=METHOD,pub-key=PATH,priv-key=PATH,ttl=DURATION";

  private static final Set<JWSAlgorithm> METHODS =
      Set.of(
          JWSAlgorithm.HS256,
          JWSAlgorithm.HS384,
          JWSAlgorithm.HS512,
          JWSAlgorithm.RS256,
          JWSAlgorithm.RS384,
          JWSAlgorithm.RS512,
          JWSAlgorithm.PS256,
          JWSAlgorithm.PS384,
          JWSAlgorithm.PS512,
          JWSAlgorithm.ES256,
          JWSAlgorithm.ES384,
          JWSAlgorithm.ES512,
          JWSAlgorithm.EdDSA);

  public JwtOptions {
    publicKeys = List.copyOf(publicKeys);
  }

  /** Reads the flag's text, not yet the keys. */
  public static JwtOptions parse(String text) throws ConfigException {
    var parts = text.split(",", -1);
    if (!parts[0].equals("jwt")) {
      throw problem("\"%s\" is neither simple nor jwt: %s".formatted(parts[0], FORM));
    }
    JWSAlgorithm method = null;
    var publicKeys = new ArrayList<Path>();
    Path privateKey = null;
    var timeToLive = DEFAULT_TIME_TO_LIVE;
    var seen = new TreeSet<String>();
    for (int i = 1; i < parts.length; i++) {
      var pair = parts[i].split("=", 2);
      boolean again = !seen.add(pair[0]) && !pair[0].equals("pub-key");
      if (pair.length < 2 || again) {
        throw problem("\"%s\" is not one option with one value: %s".formatted(parts[i], FORM));
      }
      switch (pair[0]) {
        case "sign-method" -> method = method(pair[1]);
        case "pub-key" -> publicKeys.add(path(pair[1]));
        case "priv-key" -> privateKey = path(pair[1]);
        case "ttl" -> timeToLive = timeToLive(pair[1]);
        default -> throw problem("\"%s\" is not known: %s".formatted(pair[0], FORM));
      }
    }
    if (method == null) {
      throw problem("sign-method is missing: " + FORM);
    }
    return new JwtOptions(method, publicKeys, privateKey, timeToLive);
  }

  private static Path path(String text) throws ConfigException {
    return FlagPath.parse("--auth-token", text);
  }

  private static JWSAlgorithm method(String name) throws ConfigException {
    var method = new JWSAlgorithm(name);
    if (!METHODS.contains(method)) {
      throw problem(
          "sign-method \"%s\" is none of HS, RS, PS or ES with 256, 384 or 512, or EdDSA"
              .formatted(name));
    }
    return method;
  }

  private static Duration timeToLive(String text) throws ConfigException {
    var duration = GoDuration.parse(text);
    if (duration == null || !duration.isPositive()) {
      throw problem("ttl \"%s\" is not a duration above 0 such as 10m".formatted(text));
    }
    return duration;
  }

  /** Reads the keys and tries them. */
  public JwtTokens tokens() throws ConfigException {
    return tokens(InstantSource.system());
  }

  JwtTokens tokens(InstantSource clock) throws ConfigException {
    try {
      return JWSAlgorithm.Family.HMAC_SHA.contains(method) ? sharedSecret(clock) : keyPair(clock);
    } catch (JOSEException | IllegalArgumentException e) {
      throw problem(
          "sign-method %s does not go with the key (%s)".formatted(method, e.getMessage()));
    }
  }

  private JwtTokens sharedSecret(InstantSource clock) throws ConfigException, JOSEException {
    if (privateKey == null) {
      throw problem("sign-method %s needs priv-key, a file with the secret".formatted(method));
    }
    byte[] secret = read(privateKey);
    var signer = new MACSigner(secret);
    requireSupport(signer.supportedJWSAlgorithms(), privateKey);
    return new JwtTokens(method, signer, List.of(new MACVerifier(secret)), timeToLive, clock);
  }

  private JwtTokens keyPair(InstantSource clock) throws ConfigException, JOSEException {
    var verifiers = new ArrayList<JWSVerifier>();
    var known = new ArrayList<SigningKeys.Public>();
    for (Path path : publicKeys) {
      var key = SigningKeys.readPublic(method, path, read(path));
      var verifier = key.verifier();
      requireSupport(verifier.supportedJWSAlgorithms(), path);
      known.add(key);
      verifiers.add(verifier);
    }
    if (privateKey == null) {
      if (known.isEmpty()) {
        throw problem("sign-method %s needs priv-key, pub-key or both".formatted(method));
      }
      return new JwtTokens(method, null, verifiers, timeToLive, clock);
    }
    var pair = SigningKeys.readPrivate(method, privateKey, read(privateKey));
    if (known.isEmpty()) {
      verifiers.add(pair.publicKey().verifier());
    } else if (known.stream().noneMatch(key -> key.key().equals(pair.publicKey().key()))) {
      throw problem(
          "no pub-key belongs to the priv-key %s: give the public half too".formatted(privateKey));
    }
    JWSSigner signer = pair.signer();
    requireSupport(signer.supportedJWSAlgorithms(), privateKey);
    return new JwtTokens(method, signer, verifiers, timeToLive, clock);
  }

  private void requireSupport(Set<JWSAlgorithm> supported, Path path) throws ConfigException {
    if (!supported.contains(method)) {
      throw problem("the key in %s is not one for sign-method %s".formatted(path, method));
    }
  }

  private static byte[] read(Path path) throws ConfigException {
    try {
      return Files.readAllBytes(path);
    } catch (IOException e) {
      throw problem("cannot read %s (%s)".formatted(path, e.getMessage()));
    }
  }

  static ConfigException problem(String what) {
    return new ConfigException("--auth-token: " + what);
  }
}
