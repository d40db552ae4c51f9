package dev.quorate.operator.certificate;

import java.time.Duration;
import java.time.Instant;

/**
 * How long things last. Authorities and certificates are renewed after two thirds of their life.
 *
 * @param authorityLife of an authority
 * @param leafLife of a certificate
 * @param overlap how long clients have, of whom nobody hears, to read what changed
 */
public record CertificateTimes(Duration authorityLife, Duration leafLife, Duration overlap) {
  public static final CertificateTimes DEFAULT =
      new CertificateTimes(Duration.ofDays(3650), Duration.ofDays(90), Duration.ofHours(24));

  /** Where every user of the certificates tells what it works with, nobody needs more time. */
  public CertificateTimes withoutOverlap() {
    return new CertificateTimes(authorityLife, leafLife, Duration.ZERO);
  }

  static Instant renewal(Instant madeAt, Instant expiresAt) {
    return madeAt.plus(Duration.between(madeAt, expiresAt).multipliedBy(2).dividedBy(3));
  }
}
