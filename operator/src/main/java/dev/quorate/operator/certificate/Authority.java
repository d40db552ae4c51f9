package dev.quorate.operator.certificate;

import java.time.Instant;

/**
 * Who signs certificates.
 *
 * @param id the SHA-256 of its own certificate
 * @param hasKey whether it can sign; one of which the Secret was deleted can not
 */
public record Authority(String id, Instant madeAt, Instant expiresAt, boolean hasKey) {
  boolean expired(Instant now) {
    return !now.isBefore(expiresAt);
  }
}
