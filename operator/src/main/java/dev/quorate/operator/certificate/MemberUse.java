package dev.quorate.operator.certificate;

import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a member works with, as it says itself.
 *
 * @param answers whether it said anything lately; one that did not may hold anything
 * @param believed the ids of the authorities it believes; null if it has to believe none
 * @param shown the id of the certificate it shows; null if it shows none of this authority
 */
public record MemberUse(
    String member, boolean answers, @Nullable SortedSet<String> believed, @Nullable String shown) {
  public MemberUse {
    believed = believed == null ? null : Collections.unmodifiableSortedSet(new TreeSet<>(believed));
  }

  /** One that runs, or may, and does not answer. */
  public static MemberUse silent(String member) {
    return new MemberUse(member, false, new TreeSet<>(), "");
  }

  boolean believes(String authority) {
    return believed == null || believed.contains(authority);
  }

  boolean showsOneOf(SortedSet<String> leaves) {
    return shown == null || leaves.contains(shown);
  }
}
