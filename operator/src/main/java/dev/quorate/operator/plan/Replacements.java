package dev.quorate.operator.plan;

import dev.quorate.crds.RaftClusterSpec;
import dev.quorate.operator.platform.ObservedMember.ProcessState;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which members are lost, so that another has to take their place, and what stands in the way.
 *
 * <p>One is lost when its data is gone; or when neither the leader nor the operator has reached it
 * for {@code repair.unreachableAfterSeconds} and something shows that waiting will not help:
 * silence alone may end by itself at any moment. A member that the leader hears does its part and
 * is never lost, whatever its machine or our own way to it looks like.
 */
public final class Replacements {
  /** A pod that ends in order has a minute for it, and a moment for what comes after. */
  static final Duration END_PATIENCE = Duration.ofSeconds(90);

  private Replacements() {}

  /**
   * Why a lost member is not replaced.
   *
   * @param until when it will be; null for as long as the spec does not let it
   * @param message with what can be done about it
   */
  public record Refusal(@Nullable Instant until, String message) {}

  /** What keeps lost members from being replaced; null if nothing does, or none is lost. */
  public static @Nullable Refusal refusal(
      RaftClusterSpec spec, ObservedCluster observed, Instant now) {
    var situation = new Situation(spec, observed, now);
    return Stream.concat(lost(situation).stream(), Stream.ofNullable(added(observed)))
        .map(member -> refusal(situation, member))
        .filter(Objects::nonNull)
        .findFirst()
        .orElse(null);
  }

  /** The member that is being added and is in no configuration yet. */
  private static @Nullable ClusterMember added(ObservedCluster observed) {
    var step = observed.step();
    var member =
        step != null && step.operation() == Step.Operation.ADD_MEMBER
            ? observed.member(step.member())
            : null;
    return member != null && member.raft() == null ? member : null;
  }

  /** Whether a member is lost and may be replaced. */
  public static boolean isDue(
      RaftClusterSpec spec, ObservedCluster observed, Instant now, String name) {
    return due(new Situation(spec, observed, now)).stream()
        .anyMatch(member -> member.name().equals(name));
  }

  /** Lost members of the configuration: voters first, and of them those without data. */
  static List<ClusterMember> lost(Situation situation) {
    return situation.observed().configured().stream()
        .filter(member -> isLost(situation, member))
        .sorted(
            Comparator.comparing((ClusterMember member) -> !member.votes())
                .thenComparing(member -> member.loss() == null))
        .toList();
  }

  /** Those of them that may be replaced now. */
  static List<ClusterMember> due(Situation situation) {
    return lost(situation).stream().filter(member -> refusal(situation, member) == null).toList();
  }

  static boolean isLost(Situation situation, ClusterMember member) {
    return reason(situation, member) != null;
  }

  /** Why the member is lost, for people; null if it is not. It says the same from pass to pass. */
  static @Nullable String reason(Situation situation, ClusterMember member) {
    var loss = member.loss();
    if (loss != null) {
      return loss;
    }
    var since = member.unreachableSince();
    var proof = proof(situation, member);
    if (since == null || proof == null || !isOver(situation, since.plus(patience(situation)))) {
      return null;
    }
    return "unreachable for more than %d s: %s".formatted(patience(situation).toSeconds(), proof);
  }

  /** What is given up at what time if nothing changes; null if waiting is all there is. */
  static @Nullable String outlook(Situation situation) {
    return situation.observed().configured().stream()
        .map(member -> outlook(situation, member))
        .filter(Objects::nonNull)
        .findFirst()
        .orElse(null);
  }

  /** The same of one member, which need not be in the configuration. */
  static @Nullable String outlook(Situation situation, ClusterMember member) {
    var since = member.unreachableSince();
    return since != null
            && situation.spec().repair().enabled()
            && isWithinBudget(situation, member)
            && member.loss() == null
            && proof(situation, member) != null
        ? "%s to come back before %s, else it is replaced"
            .formatted(member.name(), since.plus(patience(situation)))
        : null;
  }

  static @Nullable Refusal refusal(Situation situation, ClusterMember member) {
    var reason = reason(situation, member);
    if (reason == null) {
      return null;
    }
    var repair = situation.spec().repair();
    if (!repair.enabled()) {
      return new Refusal(
          null,
          "%s is lost (%s) and not replaced, because spec.repair.enabled is false"
              .formatted(member.name(), reason));
    }
    if (isWithinBudget(situation, member)) {
      return null;
    }
    int most = repair.maxReplacementsPerHour();
    var budget = situation.observed().repairs();
    var next = budget.nextReplacement(most, situation.now());
    return new Refusal(
        next,
        "%s is lost (%s) and not replaced before %s, because %d members were replaced within the hour and spec.repair.maxReplacementsPerHour is %d; find out why they are lost, or allow more"
            .formatted(
                member.name(), reason, next, budget.replacements(situation.now()).size(), most));
  }

  private static boolean isWithinBudget(Situation situation, ClusterMember member) {
    int most = situation.spec().repair().maxReplacementsPerHour();
    return situation.observed().repairs().allowsReplacement(member.name(), most, situation.now());
  }

  private static Duration patience(Situation situation) {
    return Duration.ofSeconds(situation.spec().repair().unreachableAfterSeconds());
  }

  private static boolean isOver(Situation situation, Instant end) {
    return !situation.now().isBefore(end);
  }

  /** Why it will not come back by itself; null if it may, or is not away. */
  private static @Nullable String proof(Situation situation, ClusterMember member) {
    if (situation.observed().live() == null || !member.outOfReach()) {
      return null;
    }
    var platform = member.platform();
    return switch (platform.hindrance()) {
      case MACHINE_LOST, VOLUME_OUT_OF_REACH -> platform.detail();
      case CRASHES ->
          isJudged(situation, member) || !othersRunTheSame(situation, member)
              ? null
              : platform.detail();
      case NONE ->
          switch (platform.process()) {
            case RUNNING ->
                member.raft() == null
                    ? "it runs, was never in the cluster, and does not answer"
                    : spent(situation, member);
            case STOPPING -> endless(situation, member);
            case ABSENT, STARTING, FAILED, UNKNOWN -> null;
          };
      case ASLEEP -> null;
    };
  }

  /** A member that is being updated is put back when it does not come back. */
  private static boolean isJudged(Situation situation, ClusterMember member) {
    return RestartMemberRule.isBeingUpdated(situation, member)
        || situation.observed().outdated(member);
  }

  /** Else what it is made from may be what does not run, and a new member would not run either. */
  private static boolean othersRunTheSame(Situation situation, ClusterMember member) {
    var running = member.platform().template().running();
    return situation.observed().voters().stream()
        .filter(ClusterMember::serves)
        .anyMatch(other -> running == null || other.madeFrom(running));
  }

  private static @Nullable String spent(Situation situation, ClusterMember member) {
    return member.hangs()
            && !RestartMemberRule.isBeingUpdated(situation, member)
            && RestartMemberRule.isSpent(situation, member)
        ? "%d restarts did not help".formatted(RepairBudget.RESTARTS_PER_HOUR)
        : null;
  }

  private static @Nullable String endless(Situation situation, ClusterMember member) {
    var since = member.unhealthySince();
    boolean overdue = since != null && isOver(situation, since.plus(END_PATIENCE));
    return overdue && member.platform().process() == ProcessState.STOPPING
        ? "its pod is being deleted and does not end"
        : null;
  }
}
