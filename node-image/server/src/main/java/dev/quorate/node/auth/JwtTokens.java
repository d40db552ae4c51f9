package dev.quorate.node.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.quorate.node.kv.AuthChange;
import dev.quorate.node.kv.Caller;
import java.text.ParseException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Date;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * JSON Web Tokens with etcd's claims: they carry user and revision and need no memory. A change of
 * users or roles makes all of them old; clients log in again.
 */
public final class JwtTokens implements Tokens {
  private static final String USER = "username";
  private static final String REVISION = "revision";

  private final JWSAlgorithm algorithm;
  private final @Nullable JWSSigner signer;
  private final List<JWSVerifier> verifiers;
  private final Duration timeToLive;
  private final InstantSource clock;

  /**
   * @param signer null: tokens are made elsewhere and only checked here
   * @param verifiers one of them must agree; several while keys are exchanged
   */
  JwtTokens(
      JWSAlgorithm algorithm,
      @Nullable JWSSigner signer,
      List<JWSVerifier> verifiers,
      Duration timeToLive,
      InstantSource clock) {
    this.algorithm = algorithm;
    this.signer = signer;
    this.verifiers = List.copyOf(verifiers);
    this.timeToLive = timeToLive;
    this.clock = clock;
  }

  /** A new token; null if there is no key to sign it with. Takes as long as a signature. */
  public @Nullable String issue(String user, long authRevision) {
    if (signer == null) {
      return null;
    }
    var claims =
        new JWTClaimsSet.Builder()
            .claim(USER, user)
            .claim(REVISION, authRevision)
            .expirationTime(Date.from(clock.instant().plus(timeToLive)))
            .build();
    var token = new SignedJWT(new JWSHeader(algorithm), claims);
    try {
      token.sign(signer);
    } catch (JOSEException e) {
      throw new IllegalStateException("the key was tried when the node started", e);
    }
    return token.serialize();
  }

  @Override
  public @Nullable Caller callerOf(String token, long authRevision) {
    try {
      var signed = SignedJWT.parse(token);
      if (!signed.getHeader().getAlgorithm().equals(algorithm) || !isSignedByUs(signed)) {
        return null;
      }
      var claims = signed.getJWTClaimsSet();
      return isCurrent(claims) ? caller(claims) : null;
    } catch (ParseException | JOSEException _) {
      return null;
    }
  }

  private boolean isSignedByUs(SignedJWT signed) throws JOSEException {
    for (var verifier : verifiers) {
      if (signed.verify(verifier)) {
        return true;
      }
    }
    return false;
  }

  private boolean isCurrent(JWTClaimsSet claims) {
    var now = clock.instant();
    var expires = claims.getExpirationTime();
    var begins = claims.getNotBeforeTime();
    return (expires == null || now.isBefore(expires.toInstant()))
        && (begins == null || !now.isBefore(begins.toInstant()));
  }

  private static @Nullable Caller caller(JWTClaimsSet claims) throws ParseException {
    String user = claims.getStringClaim(USER);
    Long revision = claims.getLongClaim(REVISION);
    return user == null || revision == null ? null : new Caller(user, revision);
  }

  /** The signature is for {@link #callerOf} to check. */
  @Override
  public boolean isAhead(String token, long appliedIndex, long authRevision) {
    try {
      Long revision = SignedJWT.parse(token).getJWTClaimsSet().getLongClaim(REVISION);
      return revision != null && revision > authRevision;
    } catch (ParseException _) {
      return false;
    }
  }

  /** A token is as good as its signature and its revision, whatever happens here. */
  @Override
  public void accept(AuthChange change) {}
}
