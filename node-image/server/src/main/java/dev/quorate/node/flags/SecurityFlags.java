package dev.quorate.node.flags;

import static dev.quorate.node.flags.Flag.noEffect;
import static dev.quorate.node.flags.Flag.refused;
import static dev.quorate.node.flags.FlagKind.BOOLEAN;
import static dev.quorate.node.flags.FlagKind.LIST;
import static dev.quorate.node.flags.FlagKind.NUMBER;
import static dev.quorate.node.flags.FlagKind.PATH;
import static dev.quorate.node.flags.FlagKind.TEXT;

/** Certificates and users. */
final class SecurityFlags {
  private static final String NO_TLS = "TLS is not in this version: leave it out";

  static final FlagGroup CLIENT_TLS =
      new FlagGroup(
          "TLS for clients",
          refused("cert-file", PATH, "", NO_TLS),
          refused("key-file", PATH, "", NO_TLS),
          refused("client-cert-auth", BOOLEAN, "false", NO_TLS),
          refused("trusted-ca-file", PATH, "", NO_TLS),
          refused("client-cert-allowed-hostname", LIST, "", NO_TLS),
          refused("client-cert-allowed-cn", LIST, "", NO_TLS),
          refused("client-crl-file", PATH, "", NO_TLS),
          refused("client-cert-file", PATH, "", NO_TLS),
          refused("client-key-file", PATH, "", NO_TLS),
          refused("auto-tls", BOOLEAN, "false", NO_TLS));

  static final FlagGroup PEER_TLS =
      new FlagGroup(
          "TLS between members",
          refused("peer-cert-file", PATH, "", NO_TLS),
          refused("peer-key-file", PATH, "", NO_TLS),
          refused("peer-client-cert-auth", BOOLEAN, "false", NO_TLS),
          refused("peer-trusted-ca-file", PATH, "", NO_TLS),
          refused("peer-client-cert-file", PATH, "", NO_TLS),
          refused("peer-client-key-file", PATH, "", NO_TLS),
          refused("peer-cert-allowed-cn", LIST, "", NO_TLS),
          refused("peer-cert-allowed-hostname", LIST, "", NO_TLS),
          refused("peer-crl-file", PATH, "", NO_TLS),
          refused("peer-auto-tls", BOOLEAN, "false", NO_TLS),
          noEffect("peer-skip-client-san-verification", BOOLEAN, "false", NO_TLS));

  static final FlagGroup TLS =
      new FlagGroup(
          "TLS everywhere",
          refused("cipher-suites", LIST, "", NO_TLS),
          noEffect("tls-min-version", TEXT, "TLS1.2", NO_TLS),
          noEffect("tls-max-version", TEXT, "", NO_TLS),
          noEffect("self-signed-cert-validity", NUMBER, "1", NO_TLS));

  private static final String NO_AUTH = "users and roles are not in this version";

  static final FlagGroup AUTH =
      new FlagGroup(
          "Users and roles",
          noEffect("auth-token", TEXT, "simple", NO_AUTH),
          noEffect("auth-token-ttl", NUMBER, "300", NO_AUTH),
          noEffect("bcrypt-cost", NUMBER, "10", NO_AUTH));

  private SecurityFlags() {}
}
