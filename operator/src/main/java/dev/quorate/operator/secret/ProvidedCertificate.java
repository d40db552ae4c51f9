package dev.quorate.operator.secret;

import dev.quorate.operator.certificate.CertificateReport;
import dev.quorate.operator.certificate.CertificateReport.State;
import dev.quorate.operator.platform.SecretData;
import dev.quorate.operator.x509.PemException;
import dev.quorate.operator.x509.PemReader;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A Secret that somebody else keeps, as cert-manager writes it.
 *
 * @param field where the spec names it
 * @param needsAuthority whether somebody is to be checked with its ca.crt
 * @param hosts names of which the certificate must have each; a star stands for one label
 */
record ProvidedCertificate(
    String field, String secret, boolean needsAuthority, List<String> hosts) {
  private static final Duration LONGEST = Duration.ofDays(1);

  /** What there is to say about it; it is an obstacle, or all is well. */
  CertificateReport check(@Nullable SecretData data, Instant now) {
    if (data == null) {
      return problem(
          State.SECRET_MISSING,
          "does not exist: make it with tls.crt, tls.key and ca.crt, or name another in " + field);
    }
    for (var entry : List.of(SecretData.CERTIFICATE, SecretData.KEY, SecretData.BELIEVED)) {
      boolean needed = needsAuthority || !entry.equals(SecretData.BELIEVED);
      if (needed && data.text(entry).isEmpty()) {
        return problem(State.SECRET_INVALID, "has no " + entry + ": add it, as PEM");
      }
    }
    String entry = SecretData.CERTIFICATE;
    try {
      var certificate = PemReader.certificates(data.text(entry)).getFirst();
      entry = SecretData.KEY;
      var key = PemReader.key(data.text(entry));
      if (!PemReader.belongTogether(key, certificate)) {
        return problem(
            State.SECRET_INVALID,
            "has a tls.key that is not the key of tls.crt: put a certificate and its own key in");
      }
      entry = SecretData.BELIEVED;
      if (needsAuthority) {
        PemReader.certificates(data.text(entry));
      }
      var names = PemReader.hosts(certificate);
      for (var host : hosts) {
        if (names.stream().noneMatch(name -> name.toLowerCase(Locale.ROOT).equals(host))) {
          return problem(
              State.SECRET_INVALID,
              "has a tls.crt without the DNS name %s, by which members know each other: have one"
                      .formatted(host)
                  + " issued with it");
        }
      }
      var ends = certificate.getNotAfter().toInstant();
      return now.isBefore(ends)
          ? new CertificateReport(
              State.CURRENT,
              "Secret %s is valid until %s".formatted(secret, ends),
              Duration.between(now, ends).compareTo(LONGEST) < 0
                  ? Duration.between(now, ends)
                  : LONGEST)
          : problem(
              State.EXPIRED, "has a tls.crt that expired at %s: have it renewed".formatted(ends));
    } catch (PemException e) {
      return problem(
          State.SECRET_INVALID, "has an entry %s that %s".formatted(entry, e.getMessage()));
    }
  }

  private CertificateReport problem(State state, String what) {
    return new CertificateReport(
        state, "Secret %s (%s) %s".formatted(secret, field, what), LONGEST);
  }
}
