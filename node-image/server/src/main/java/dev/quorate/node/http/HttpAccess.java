package dev.quorate.node.http;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which requests of web pages are taken on the client port: the origins of pages that may read
 * answers, and the names by which this member may be called. A page that made a name of its own
 * point here (DNS rebinding) is known by that name.
 *
 * @param origins empty for all, as are those with a {@code *}
 * @param hosts the same
 */
public record HttpAccess(Set<String> origins, Set<String> hosts) {
  public static final HttpAccess OPEN = new HttpAccess(Set.of(), Set.of());

  private static final String ALL = "*";

  public HttpAccess {
    origins = Set.copyOf(origins);
    hosts = Set.copyOf(hosts);
  }

  private static boolean isEverybody(Set<String> names) {
    return names.isEmpty() || names.contains(ALL);
  }

  /** Whose pages are told that they may read the answer; null for nobody's. */
  @Nullable String reader(@Nullable String origin) {
    if (isEverybody(origins)) {
      return ALL;
    }
    return origin != null && origins.contains(origin) ? origin : null;
  }

  /**
   * Whether this member may be called so.
   *
   * @param address what stands in the header {@code Host}
   */
  boolean takes(String address) {
    return isEverybody(hosts) || hosts.contains(name(address));
  }

  /** Without the port, if there is one, and the brackets that are there because of it. */
  static String name(String address) {
    int colon = address.lastIndexOf(':');
    int bracket = address.lastIndexOf(']');
    if (address.startsWith("[")) {
      return bracket > 0 && colon == bracket + 1 ? address.substring(1, bracket) : address;
    }
    return colon >= 0 && address.indexOf(':') == colon ? address.substring(0, colon) : address;
  }
}
