package dev.quorate.node;

import dev.quorate.node.auth.JwtOptions;
import dev.quorate.node.auth.PasswordHashing;
import dev.quorate.node.auth.SimpleTokens;
import dev.quorate.node.auth.Tokens;
import dev.quorate.node.flags.ConfigException;
import dev.quorate.node.flags.FlagValues;
import java.time.Duration;

/**
 * How clients say who they are.
 *
 * @param certificatesNameUsers the common name of a client certificate is a user's name
 */
record AuthConfig(Tokens tokens, int bcryptCost, boolean certificatesNameUsers) {
  static AuthConfig from(FlagValues given) throws ConfigException {
    int seconds = given.number("auth-token-ttl", 1, Integer.MAX_VALUE);
    return new AuthConfig(
        tokens(given.text("auth-token"), Duration.ofSeconds(seconds)),
        given.number("bcrypt-cost", PasswordHashing.MIN_COST, PasswordHashing.MAX_COST),
        given.isTrue("client-cert-auth"));
  }

  private static Tokens tokens(String kind, Duration timeToLive) throws ConfigException {
    return kind.equals("simple") ? new SimpleTokens(timeToLive) : JwtOptions.parse(kind).tokens();
  }
}
