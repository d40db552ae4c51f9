package dev.quorate.operator.platform;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a Secret holds, as text.
 *
 * @param version changes with every write, so that one that was changed meanwhile is not
 *     overwritten; null for one that is not there yet
 */
public record SecretData(SortedMap<String, String> entries, @Nullable String version) {
  public static final String CERTIFICATE = "tls.crt";
  public static final String KEY = "tls.key";
  public static final String BELIEVED = "ca.crt";

  public SecretData {
    entries = Collections.unmodifiableSortedMap(new TreeMap<>(entries));
  }

  /** The text of an entry; empty if there is none. */
  public String text(String entry) {
    return entries.getOrDefault(entry, "");
  }

  /** Never the content: a log is read by more people than a Secret. */
  @Override
  public String toString() {
    return "SecretData[entries=%s, version=%s]".formatted(entries.keySet(), version);
  }
}
