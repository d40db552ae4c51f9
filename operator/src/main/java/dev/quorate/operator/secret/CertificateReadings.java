package dev.quorate.operator.secret;

import dev.quorate.operator.certificate.AuthorityFacts;
import dev.quorate.operator.platform.AdminAccess;
import dev.quorate.operator.platform.SecretData;
import dev.quorate.operator.x509.PemException;
import java.util.Map;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What was read out of Secrets, for as long as somebody keeps their content: reading checks
 * signatures, which costs more than the rest of a look at a cluster. Equal content always reads
 * alike, so that it does not matter whether this remembers it.
 */
final class CertificateReadings {
  /** What an authority's facts follow from, beside the Secret with its key. */
  record Source(AuthoritySpec spec, Map<String, SecretData> leaves) {
    Source {
      leaves = Map.copyOf(leaves);
    }
  }

  /** Reads the facts, without those about members. */
  interface Reader {
    AuthorityFacts read() throws PemException;
  }

  private record Reading(Source source, AuthorityFacts facts) {}

  private final Map<SecretData, Reading> authorities = new WeakHashMap<>();
  private final Map<SecretData, AdminAccess> accesses = new WeakHashMap<>();

  /**
   * @param own the Secret with the authority's key
   */
  AuthorityFacts facts(SecretData own, Source source, Reader reader) throws PemException {
    var known = reading(own);
    if (known != null && known.source().equals(source)) {
      return known.facts();
    }
    var facts = reader.read();
    keep(own, new Reading(source, facts));
    return facts;
  }

  private synchronized @Nullable Reading reading(SecretData own) {
    return authorities.get(own);
  }

  private synchronized void keep(SecretData own, Reading reading) {
    authorities.put(own, reading);
  }

  /** Whether this access, made from the operator's own Secret, was found to be readable. */
  synchronized boolean isReadable(SecretData own, AdminAccess access) {
    return access.equals(accesses.get(own));
  }

  synchronized void readable(SecretData own, AdminAccess access) {
    accesses.put(own, access);
  }
}
