package dev.quorate.operator.platform;

import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What the things that members share depend on.
 *
 * @param voters names of the members that vote now
 * @param minimumAvailable how many of them a voluntary disruption must leave: the quorum of the
 *     larger of what is and what is wanted
 */
public record SharedSettings(SortedSet<String> voters, int minimumAvailable) {
  public SharedSettings {
    voters = Collections.unmodifiableSortedSet(new TreeSet<>(voters));
  }
}
