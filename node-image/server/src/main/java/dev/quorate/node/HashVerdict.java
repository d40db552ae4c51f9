package dev.quorate.node;

import dev.quorate.api.peer.StateHash;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Decides which members hold something else than the others, given what they answered; etcd's rule
 * for hashes taken at one revision.
 */
final class HashVerdict {
  /** Stands for a member that nobody can name: members differ and none has a majority behind it. */
  static final long NOBODY_KNOWS = 0;

  private HashVerdict() {}

  /**
   * The members that differ from the majority of all members. Answers that cannot be compared with
   * the leader's count for nobody: other members may have compacted more, or hash in another way.
   *
   * @param leaders the leader's own hash
   * @param others what the other members answered, as far as they did
   * @param members how many members there are, the leader and the silent ones included
   */
  static SortedSet<Long> wrong(
      long leader, StateHash leaders, Map<Long, StateHash> others, int members) {
    SortedMap<Long, SortedSet<Long>> byContent = new TreeMap<>();
    byContent.computeIfAbsent(content(leaders), _ -> new TreeSet<>()).add(leader);
    others.forEach(
        (id, hash) -> {
          if (comparable(leaders, hash)) {
            byContent.computeIfAbsent(content(hash), _ -> new TreeSet<>()).add(id);
          }
        });
    var wrong = new TreeSet<Long>();
    if (byContent.size() == 1) {
      return wrong;
    }
    boolean hasMajority = byContent.values().removeIf(same -> same.size() > members / 2);
    if (!hasMajority) {
      wrong.add(NOBODY_KNOWS);
      return wrong;
    }
    byContent.values().forEach(wrong::addAll);
    return wrong;
  }

  /** Another way to hash, or another compaction, says nothing. */
  static boolean comparable(StateHash leaders, StateHash other) {
    return other.getAlgorithm() == leaders.getAlgorithm()
        && !other.getCompacted()
        && (other.getMissing() || other.getCompactRevision() == leaders.getCompactRevision());
  }

  /** A revision that is not there, although all that leads to it is applied, is a content too. */
  static long content(StateHash hash) {
    return hash.getMissing() ? -1 : Integer.toUnsignedLong(hash.getHash());
  }
}
