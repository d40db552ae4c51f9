package dev.quorate.node.tls;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/**
 * Who may come in, among those whose certificates are good: one of these common names, or one of
 * these hosts among the certificate's alternative names. None of either: all of them.
 */
record AllowedNames(List<String> commonNames, List<String> hostnames) {
  private static final int SAN_DNS = 2;
  private static final int SAN_IP = 7;

  boolean allows(X509Certificate certificate) {
    if (!commonNames.isEmpty()) {
      return commonNames.contains(SubjectNames.of(certificate));
    }
    return hostnames.isEmpty() || hostnames.stream().anyMatch(host -> names(certificate, host));
  }

  boolean isEmpty() {
    return commonNames.isEmpty() && hostnames.isEmpty();
  }

  private static boolean names(X509Certificate certificate, String host) {
    Collection<List<?>> alternatives;
    try {
      alternatives = certificate.getSubjectAlternativeNames();
    } catch (CertificateParsingException _) {
      return false;
    }
    if (alternatives == null) {
      return false;
    }
    for (List<?> alternative : alternatives) {
      boolean comparable =
          alternative.get(0) instanceof Integer kind && (kind == SAN_DNS || kind == SAN_IP);
      if (comparable && matches(String.valueOf(alternative.get(1)), host)) {
        return true;
      }
    }
    return false;
  }

  /** A star stands for one label, the first. */
  static boolean matches(String pattern, String host) {
    String wanted = host.toLowerCase(Locale.ROOT);
    String given = pattern.toLowerCase(Locale.ROOT);
    int dot = wanted.indexOf('.');
    return given.equals(wanted)
        || (given.startsWith("*.") && dot > 0 && given.substring(1).equals(wanted.substring(dot)));
  }
}
