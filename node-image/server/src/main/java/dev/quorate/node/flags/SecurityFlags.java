package dev.quorate.node.flags;

import static dev.quorate.node.flags.Flag.noEffect;
import static dev.quorate.node.flags.Flag.works;
import static dev.quorate.node.flags.FlagKind.BOOLEAN;
import static dev.quorate.node.flags.FlagKind.LIST;
import static dev.quorate.node.flags.FlagKind.NUMBER;
import static dev.quorate.node.flags.FlagKind.PATH;
import static dev.quorate.node.flags.FlagKind.TEXT;

/** Certificates and users. */
final class SecurityFlags {
  private static final String CALLS_ITSELF_PLAINLY = "the node does not connect to itself";

  static final FlagGroup CLIENT_TLS =
      new FlagGroup(
          "TLS for clients",
          works("cert-file", PATH, "", "Certificate (PEM, with those above it) for https URLs."),
          works("key-file", PATH, "", "Its private key (PEM, not encrypted)."),
          works(
              "trusted-ca-file",
              PATH,
              "",
              "Who signs for clients (PEM); with it every client must show a certificate."),
          works(
              "client-cert-auth",
              BOOLEAN,
              "false",
              "Clients must show a certificate; needs --trusted-ca-file."),
          works(
              "client-cert-allowed-hostname",
              LIST,
              "",
              "Take only clients with one of these names or addresses in their certificate."),
          works(
              "client-cert-allowed-cn",
              LIST,
              "",
              "Take only clients with one of these common names (allowed-cn in etcd's file)."),
          works("client-crl-file", PATH, "", "Revoked certificates (an X.509 CRL)."),
          works(
              "auto-tls",
              BOOLEAN,
              "false",
              "Without --cert-file make a certificate at the start: encrypts, proves nothing."),
          noEffect("client-cert-file", PATH, "", CALLS_ITSELF_PLAINLY),
          noEffect("client-key-file", PATH, "", CALLS_ITSELF_PLAINLY));

  static final FlagGroup PEER_TLS =
      new FlagGroup(
          "TLS between members",
          works("peer-cert-file", PATH, "", "Certificate for https peer URLs, shown both ways."),
          works("peer-key-file", PATH, "", "Its private key."),
          works(
              "peer-trusted-ca-file",
              PATH,
              "",
              "Who signs for members; with it every member must show a certificate."),
          works(
              "peer-client-cert-auth",
              BOOLEAN,
              "false",
              "Members must show a certificate; needs --peer-trusted-ca-file."),
          works(
              "peer-client-cert-file",
              PATH,
              "",
              "Certificate to show to other members, if not --peer-cert-file."),
          works("peer-client-key-file", PATH, "", "Its private key."),
          works(
              "peer-cert-allowed-cn",
              LIST,
              "",
              "Believe only members with one of these common names."),
          works(
              "peer-cert-allowed-hostname",
              LIST,
              "",
              "Believe only members with one of these names or addresses in their certificate."),
          works("peer-crl-file", PATH, "", "Revoked certificates (an X.509 CRL)."),
          works(
              "peer-auto-tls",
              BOOLEAN,
              "false",
              "Without --peer-cert-file make a certificate at the start, and believe all others."),
          noEffect(
              "peer-skip-client-san-verification",
              BOOLEAN,
              "false",
              "from where a member connects is not compared with its certificate; use"
                  + " --peer-cert-allowed-cn or --peer-cert-allowed-hostname"));

  static final FlagGroup TLS =
      new FlagGroup(
          "TLS everywhere",
          works("tls-min-version", TEXT, "TLS1.2", "TLS1.2 or TLS1.3."),
          works("tls-max-version", TEXT, "", "TLS1.2 or TLS1.3; empty: the newest."),
          works("cipher-suites", LIST, "", "Those of TLS 1.2 to allow; empty: the usual ones."),
          works(
              "self-signed-cert-validity",
              NUMBER,
              "1",
              "Years for which --auto-tls and --peer-auto-tls make certificates."));

  static final FlagGroup AUTH =
      new FlagGroup(
          "Users and roles",
          works(
              "auth-token",
              TEXT,
              "simple",
              "simple, or jwt,sign-method=METHOD,pub-key=PATH,priv-key=PATH,ttl=10m"),
          works(
              "auth-token-ttl",
              NUMBER,
              "300",
              "seconds after which a simple token that is not used is forgotten"),
          works("bcrypt-cost", NUMBER, "10", "cost of hashing a password, from 4 to 31"));

  private SecurityFlags() {}
}
