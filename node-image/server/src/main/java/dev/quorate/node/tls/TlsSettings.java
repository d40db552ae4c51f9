package dev.quorate.node.tls;

import dev.quorate.node.flags.ConfigException;
import dev.quorate.node.flags.FlagPath;
import dev.quorate.node.flags.FlagValues;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the flags say about TLS on the ports for clients, or on those for members.
 *
 * @param what for people: clients or members
 * @param identity what this side shows; null if TLS is off or it makes a certificate itself
 * @param outgoing what it shows where it is the client, null for the same
 * @param trustedCaFile who signs for the others; if there is one, they must show a certificate
 * @param trustedOptional a certificate need not be shown, but one that is must be good
 * @param admin who may call Admin on the ports for members; null for every member
 * @param selfSigned whether to make a certificate, and to believe everybody who does the same
 */
public record TlsSettings(
    String what,
    @Nullable KeyPairFiles identity,
    @Nullable KeyPairFiles outgoing,
    @Nullable Path trustedCaFile,
    @Nullable Path revokedFile,
    AllowedNames allowed,
    boolean trustedOptional,
    @Nullable AdminCallers admin,
    boolean selfSigned,
    int selfSignedYears,
    List<String> selfSignedHosts,
    TlsProtocols protocols) {
  /** A certificate with those above it, and its key; PEM. */
  record KeyPairFiles(Path certificate, Path key) {}

  /** Those who may call Admin: who signs for them, and which of their names are good. */
  record AdminCallers(Path trustedCaFile, AllowedNames allowed) {}

  private static final int MOST_YEARS = 100;

  /** On the ports for clients, of which the hosts are listened on. */
  public static TlsSettings ofClients(FlagValues given, List<String> hosts) throws ConfigException {
    boolean optional = given.isTrue("client-cert-optional");
    if (optional && given.isTrue("client-cert-auth")) {
      throw new ConfigException(
          "--client-cert-optional and --client-cert-auth exclude each other: leave one out");
    }
    if (optional && given.text("trusted-ca-file").isEmpty()) {
      throw new ConfigException(
          "--client-cert-optional needs --trusted-ca-file: say who signs these certificates");
    }
    var flags = new Flags("clients", "", "", "client-cert", "client-crl-file");
    return from(given, flags, hosts, optional, null);
  }

  /** On the ports for members. */
  public static TlsSettings ofPeers(FlagValues given, List<String> hosts) throws ConfigException {
    var flags = new Flags("members", "peer-", "peer-client-", "peer-cert", "peer-crl-file");
    return from(given, flags, hosts, false, adminCallers(given));
  }

  private static @Nullable AdminCallers adminCallers(FlagValues given) throws ConfigException {
    var trusted = file(given, "admin-trusted-ca-file");
    var names = given.list("admin-cert-allowed-cn");
    if (trusted == null) {
      if (!names.isEmpty()) {
        throw new ConfigException(
            "--admin-cert-allowed-cn needs --admin-trusted-ca-file: say who signs these"
                + " certificates");
      }
      return null;
    }
    if (given.text("peer-trusted-ca-file").isEmpty()) {
      throw new ConfigException(
          "--admin-trusted-ca-file needs --peer-trusted-ca-file: without it nobody has to show a"
              + " certificate on the peer port");
    }
    return new AdminCallers(trusted, new AllowedNames(names, List.of()));
  }

  /** How the flags of one side are called. */
  private record Flags(
      String what, String prefix, String outgoingPrefix, String allowed, String revoked) {}

  private static TlsSettings from(
      FlagValues given,
      Flags flags,
      List<String> hosts,
      boolean trustedOptional,
      @Nullable AdminCallers admin)
      throws ConfigException {
    var identity = keyPair(given, flags.prefix + "cert-file", flags.prefix + "key-file");
    var outgoing =
        flags.outgoingPrefix.isEmpty()
            ? null
            : keyPair(given, flags.outgoingPrefix + "cert-file", flags.outgoingPrefix + "key-file");
    var trusted = file(given, flags.prefix + "trusted-ca-file");
    var revoked = file(given, flags.revoked);
    var allowed =
        new AllowedNames(
            given.list(flags.allowed + "-allowed-cn"),
            given.list(flags.allowed + "-allowed-hostname"));
    boolean selfSigned = identity == null && given.isTrue(flags.prefix + "auto-tls");
    if (selfSigned && trusted != null) {
      throw new ConfigException(
          "--%1$sauto-tls and --%1$strusted-ca-file exclude each other: leave one out"
              .formatted(flags.prefix));
    }
    requireTrusted(given, flags, trusted, flags.prefix + "client-cert-auth");
    requireTrusted(given, flags, trusted, flags.revoked);
    requireTrusted(given, flags, trusted, flags.allowed + "-allowed-cn");
    requireTrusted(given, flags, trusted, flags.allowed + "-allowed-hostname");
    if (!allowed.commonNames().isEmpty() && !allowed.hostnames().isEmpty()) {
      throw new ConfigException(
          "--%1$s-allowed-cn and --%1$s-allowed-hostname exclude each other: leave one out"
              .formatted(flags.allowed));
    }
    return new TlsSettings(
        flags.what,
        identity,
        outgoing,
        trusted,
        revoked,
        allowed,
        trustedOptional,
        admin,
        selfSigned,
        given.number("self-signed-cert-validity", 1, MOST_YEARS),
        hosts,
        TlsProtocols.from(given));
  }

  private static @Nullable KeyPairFiles keyPair(
      FlagValues given, String certificateFlag, String keyFlag) throws ConfigException {
    var certificate = file(given, certificateFlag);
    var key = file(given, keyFlag);
    if (certificate == null && key == null) {
      return null;
    }
    if (certificate == null || key == null) {
      throw new ConfigException(
          certificate == null
              ? "--%s needs --%s: give both".formatted(keyFlag, certificateFlag)
              : "--%s needs --%s: give both".formatted(certificateFlag, keyFlag));
    }
    return new KeyPairFiles(certificate, key);
  }

  private static @Nullable Path file(FlagValues given, String flag) throws ConfigException {
    String text = given.text(flag);
    return text.isEmpty() ? null : FlagPath.parse("--" + flag, text).toAbsolutePath();
  }

  private static void requireTrusted(
      FlagValues given, Flags flags, @Nullable Path trusted, String flag) throws ConfigException {
    boolean asked = given.has(flag) && !given.text(flag).isEmpty();
    boolean switchedOff = flag.endsWith("-auth") && !given.isTrue(flag);
    if (asked && !switchedOff && trusted == null) {
      throw new ConfigException(
          "--%s needs --%strusted-ca-file: say who signs these certificates"
              .formatted(flag, flags.prefix));
    }
  }

  /** Whether anything was asked for. */
  public boolean isWanted() {
    return isOn() || trustedCaFile != null;
  }

  /** Whether there can be https on these ports. */
  public boolean isOn() {
    return identity != null || selfSigned;
  }
}
