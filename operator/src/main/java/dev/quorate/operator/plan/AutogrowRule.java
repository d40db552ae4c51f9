package dev.quorate.operator.plan;

import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * Grows volumes that are nearly full. That needs no step to be finished first, and does not end
 * one; where it does not succeed it holds up nothing else. The members that have room follow like
 * after an edit of the size ({@link StorageRule}).
 */
final class AutogrowRule implements Rule {
  static final String GROW_VOLUME = Action.GrowVolume.class.getSimpleName();

  @Override
  public @Nullable Plan apply(Situation situation) {
    var autogrow = situation.spec().storage().autogrow();
    var begun = situation.observed().step();
    if (autogrow == null || somethingElseHasJustFailed(situation)) {
      return null;
    }
    var small =
        situation.observed().configured().stream()
            .filter(ClusterMember::volumeKnownPresent)
            .filter(member -> member.platform().volumeFit().smaller())
            // Whoever is replaced for its volume does not grow, nor whoever will be.
            .filter(member -> begun == null || !goes(begun, member.name()))
            .filter(member -> !VolumeReplacement.isReplacedAlike(situation, begun, member))
            .toList();
    boolean full = small.stream().anyMatch(member -> StorageRule.isNearlyFull(situation, member));
    return small.stream()
        .filter(member -> full && urgency(situation, member) != Urgency.NONE)
        .min(
            Comparator.comparing((ClusterMember member) -> urgency(situation, member))
                .thenComparing(ClusterMember::leads))
        .map(member -> StorageRule.grow(situation, member, kept(begun)))
        .orElse(null);
  }

  private static boolean goes(Step begun, String member) {
    return member.equals(begun.replaces())
        || (begun.operation() == Step.Operation.REMOVE_MEMBER && begun.member().equals(member));
  }

  /** The first comes first. */
  private enum Urgency {
    /** Trying members in turn would forget each time why it fails. */
    HAS_JUST_FAILED,
    FULL,
    FAILS_FOR_LONG,
    NONE
  }

  private static Urgency urgency(Situation situation, ClusterMember member) {
    var failure = situation.observed().failure();
    if (failure != null && failure.isOf(new Action.GrowVolume(member.name()))) {
      if (!failure.lastsLong(situation.now())) {
        return Urgency.HAS_JUST_FAILED;
      }
      return StorageRule.isNearlyFull(situation, member) ? Urgency.FAILS_FOR_LONG : Urgency.NONE;
    }
    return StorageRule.isNearlyFull(situation, member) ? Urgency.FULL : Urgency.NONE;
  }

  /**
   * One failure is remembered at a time. Two that last would make each other new in every look, and
   * be tried without a pause.
   */
  private static boolean somethingElseHasJustFailed(Situation situation) {
    var failure = situation.observed().failure();
    return failure != null
        && !failure.action().equals(GROW_VOLUME)
        && !failure.lastsLong(situation.now());
  }

  /** Nothing but the rule that began these goes on with them. */
  private static @Nullable Step kept(@Nullable Step begun) {
    return begun == null
            || begun.operation() == Step.Operation.RESTART_MEMBER
            || begun.operation() == Step.Operation.TRANSFER_LEADERSHIP
        ? null
        : begun;
  }
}
