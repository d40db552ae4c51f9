package dev.quorate.operator.certificate;

import java.time.Instant;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What one Secret with a certificate holds.
 *
 * @param id the SHA-256 of the certificate
 * @param issuer the id of the authority that signed it; empty if that is not known
 * @param fits it has its key, and the names and uses that are wanted now
 * @param believed the ids of the authorities in the same Secret, which its owner believes
 */
public record Leaf(
    String id,
    String issuer,
    Instant madeAt,
    Instant expiresAt,
    boolean fits,
    SortedSet<String> believed) {
  public Leaf {
    believed = Collections.unmodifiableSortedSet(new TreeSet<>(believed));
  }
}
