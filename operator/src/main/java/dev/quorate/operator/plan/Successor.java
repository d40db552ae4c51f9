package dev.quorate.operator.plan;

import java.util.Comparator;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Who takes over when a leader hands over. */
final class Successor {
  private Successor() {}

  /**
   * A healthy voter: rather one with that template, then the one that lacks least of the log. Null
   * if there is none.
   */
  private static @Nullable ClusterMember of(
      ObservedCluster observed, String leader, @Nullable String template) {
    return observed.voters().stream()
        .filter(voter -> !voter.name().equals(leader) && voter.healthy())
        .max(
            Comparator.comparing((ClusterMember voter) -> has(voter, template))
                .thenComparingLong(Successor::matchIndex))
        .orElse(null);
  }

  /** A healthy voter that lacks little of the log, so that leadership moves at once. */
  static @Nullable ClusterMember caughtUp(ObservedCluster observed, String leader) {
    var target = of(observed, leader, null);
    return target != null && target.raft() != null && target.raft().caughtUp() ? target : null;
  }

  /** Lets the step's member hand over, confirmed by the member that leads then. */
  static Plan handOver(Situation situation, Step step, Plan plan, @Nullable String template) {
    var target = of(situation.observed(), step.member(), template);
    return target == null
        ? plan.waiting("a healthy member that can take over leadership")
        : situation.guarded(
            plan,
            step,
            new Action.TransferLeadership(
                step.member(), target.name(), Objects.requireNonNull(target.raft()).id()));
  }

  private static boolean has(ClusterMember member, @Nullable String template) {
    return template != null && member.madeFrom(template);
  }

  private static long matchIndex(ClusterMember member) {
    return member.raft() == null ? 0 : member.raft().matchIndex();
  }
}
