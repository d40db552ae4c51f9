package dev.quorate.node.tls;

import dev.quorate.node.flags.ConfigException;
import dev.quorate.node.flags.FlagValues;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import javax.net.ssl.SSLContext;

/**
 * Versions and cipher suites, as the JDK calls them.
 *
 * @param cipherSuites for TLS 1.2; none means the usual ones. Those of 1.3 cannot be chosen, as in
 *     Go
 */
record TlsProtocols(List<String> versions, List<String> cipherSuites) {
  private static final String TLS_1_2 = "TLSv1.2";
  private static final String TLS_1_3 = "TLSv1.3";

  static TlsProtocols from(FlagValues given) throws ConfigException {
    boolean from13 = is13(given, "tls-min-version", false);
    boolean to13 = is13(given, "tls-max-version", true);
    if (from13 && !to13) {
      throw new ConfigException(
          "--tls-min-version: %s is above --tls-max-version, %s"
              .formatted(given.text("tls-min-version"), given.text("tls-max-version")));
    }
    var suites = cipherSuites(given.list("cipher-suites"));
    if (from13 && !suites.isEmpty()) {
      throw new ConfigException(
          "--cipher-suites: those of TLS 1.3 cannot be chosen: leave it out, or allow TLS1.2");
    }
    var versions = new ArrayList<String>();
    if (to13) {
      versions.add(TLS_1_3);
    }
    if (!from13) {
      versions.add(TLS_1_2);
    }
    return new TlsProtocols(List.copyOf(versions), suites);
  }

  private static boolean is13(FlagValues given, String flag, boolean otherwise)
      throws ConfigException {
    return switch (given.text(flag)) {
      case "" -> otherwise;
      case "TLS1.2" -> false;
      case "TLS1.3" -> true;
      default ->
          throw new ConfigException(
              "--%s: \"%s\" is neither TLS1.2 nor TLS1.3".formatted(flag, given.text(flag)));
    };
  }

  private static List<String> cipherSuites(List<String> names) throws ConfigException {
    var suites = new ArrayList<String>();
    Set<String> known = names.isEmpty() ? Set.of() : known();
    for (String name : names) {
      // Go has these without their hash.
      String suite = name.endsWith("CHACHA20_POLY1305") ? name + "_SHA256" : name;
      if (!known.contains(suite)) {
        throw new ConfigException("--cipher-suites: %s is not known: leave it out".formatted(name));
      }
      suites.add(suite);
    }
    return List.copyOf(suites);
  }

  private static Set<String> known() {
    try {
      return new TreeSet<>(
          List.of(SSLContext.getDefault().getSupportedSSLParameters().getCipherSuites()));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this JDK has no TLS", e);
    }
  }

  /** What a context is told; those of 1.3 are always there. */
  List<String> allCipherSuites() {
    var all = new ArrayList<>(cipherSuites);
    all.addAll(
        List.of(
            "TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"));
    return all;
  }
}
