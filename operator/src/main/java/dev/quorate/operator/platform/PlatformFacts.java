package dev.quorate.operator.platform;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the platform says about a cluster. A member is in it if anything of it is there: its process
 * or pod, the order to run one, or only a volume.
 *
 * @param members by name
 * @param podSelector the label selector of the members' pods; null where there are no pods
 * @param wantedTemplate the mark of the pod template that the spec asks for; null where there are
 *     none
 */
public record PlatformFacts(
    SortedMap<String, ObservedMember> members,
    @Nullable String podSelector,
    @Nullable String wantedTemplate) {
  public PlatformFacts {
    members = Collections.unmodifiableSortedMap(new TreeMap<>(members));
  }
}
