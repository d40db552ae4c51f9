package dev.quorate.operator.plan;

import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Who goes when there are more voters than wanted: one that does not do its part, else one whose
 * machine is about to be emptied, else one whose volume is not as wanted, else one of a zone and a
 * machine that have the most, so that what is left fails together as little as possible; rather not
 * the leader, rather one that lags, and of those that are alike the newest.
 */
final class Victim {
  private final List<ClusterMember> voters;

  private final Predicate<ClusterMember> misplaced;

  private Victim(List<ClusterMember> voters, Predicate<ClusterMember> misplaced) {
    this.voters = voters;
    this.misplaced = misplaced;
  }

  /**
   * @param misplaced those whose volume is not as wanted
   */
  static ClusterMember among(List<ClusterMember> voters, Predicate<ClusterMember> misplaced) {
    return voters.stream().min(new Victim(voters, misplaced).order()).orElseThrow();
  }

  private Comparator<ClusterMember> order() {
    return Comparator.comparing(ClusterMember::serves)
        .thenComparing(ClusterMember::healthy)
        .thenComparing(member -> !misplaced.test(member))
        .thenComparing(member -> misplaced.test(member) && member.leads())
        .thenComparing(crowded(member -> member.platform().machine().zone()))
        .thenComparing(crowded(member -> member.platform().machine().name()))
        .thenComparing(ClusterMember::leads)
        .thenComparing(Victim::caughtUp)
        .thenComparing(
            Comparator.comparingInt((ClusterMember member) -> MemberNaming.ordinal(member.name()))
                .reversed());
  }

  /** Those with the most neighbours first; where it is unknown, nobody has any. */
  private Comparator<ClusterMember> crowded(Function<ClusterMember, @Nullable String> place) {
    return Comparator.comparingLong((ClusterMember member) -> neighbours(place, member)).reversed();
  }

  private long neighbours(Function<ClusterMember, @Nullable String> place, ClusterMember member) {
    var here = place.apply(member);
    return here == null
        ? 0
        : voters.stream().filter(other -> Objects.equals(place.apply(other), here)).count();
  }

  private static boolean caughtUp(ClusterMember member) {
    var raft = member.raft();
    return raft != null && raft.caughtUp();
  }
}
