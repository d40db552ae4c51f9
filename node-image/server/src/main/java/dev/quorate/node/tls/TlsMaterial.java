package dev.quorate.node.tls;

import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;

/**
 * What one reading of the files gave.
 *
 * @param identity what is shown to whoever connects
 * @param outgoing what is shown where this node connects
 * @param trusted who signs for the others; none means those that the JDK trusts
 * @param adminTrusted who signs for callers of Admin; none means that nothing is said of them
 */
record TlsMaterial(
    Identity identity,
    Identity outgoing,
    List<X509Certificate> trusted,
    List<X509Certificate> adminTrusted,
    List<X509CRL> revoked) {

  /** Reads them all, so that they are used together or not at all. */
  static TlsMaterial read(TlsSettings settings, Instant now) throws TlsException {
    var files = settings.identity();
    var outgoing = settings.outgoing();
    var trusted = settings.trustedCaFile();
    var admin = settings.admin();
    var revoked = settings.revokedFile();
    Identity identity =
        files == null
            ? SelfSigned.identity(settings.selfSignedHosts(), settings.selfSignedYears(), now)
            : Identity.read(files);
    return new TlsMaterial(
        identity,
        outgoing == null ? identity : Identity.read(outgoing),
        trusted == null ? List.of() : PemFiles.certificates(trusted),
        admin == null ? List.of() : PemFiles.certificates(admin.trustedCaFile()),
        revoked == null ? List.of() : PemFiles.revocations(revoked));
  }
}
