package dev.quorate.operator.certificate;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Everything known of one authority and of what it signs.
 *
 * @param signing who signs now; null if the Secret is not there
 * @param next who signs after it; null while nobody is to
 * @param retired who signed before and is still believed
 * @param wanted the names of the Secrets that shall hold certificates
 * @param leaves what they hold; a Secret that is missing, or cannot be read, is not in it
 * @param found authorities in the Secrets with certificates, for the case that their own is lost
 * @param members what those members work with that there are
 */
public record AuthorityFacts(
    @Nullable Authority signing,
    @Nullable Authority next,
    List<Authority> retired,
    SortedSet<String> wanted,
    SortedMap<String, Leaf> leaves,
    List<Authority> found,
    List<MemberUse> members) {
  public AuthorityFacts {
    retired = List.copyOf(retired);
    wanted = Collections.unmodifiableSortedSet(new TreeSet<>(wanted));
    leaves = Collections.unmodifiableSortedMap(new TreeMap<>(leaves));
    found = List.copyOf(found);
    members = List.copyOf(members);
  }

  /** The same with what members work with now. */
  public AuthorityFacts withMembers(List<MemberUse> present) {
    return new AuthorityFacts(signing, next, retired, wanted, leaves, found, present);
  }

  /** Who has to be believed by everybody. */
  public SortedSet<String> believed() {
    var ids = new TreeSet<String>();
    if (signing != null) {
      ids.add(signing.id());
    }
    if (next != null) {
      ids.add(next.id());
    }
    retired.forEach(authority -> ids.add(authority.id()));
    return ids;
  }
}
