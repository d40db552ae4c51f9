package dev.quorate.operator.plan;

import dev.quorate.operator.plan.Autogrow.Fullness;
import dev.quorate.operator.plan.Plan.Purpose;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Grows volumes that are smaller than wanted, one after the other, the leader's last; where a
 * volume cannot be made as wanted, and the spec lets it, its member is replaced.
 */
final class StorageRule implements Rule {
  @Override
  public @Nullable Plan apply(Situation situation) {
    var small = small(situation);
    var refused = refused(situation);
    // A leader that cannot grow waits until it is known how it is with the others.
    if (!small.isEmpty() && (refused == null || refused.leads())) {
      return grow(situation, small.getFirst(), null);
    }
    var old = VolumeReplacement.next(situation);
    var plan = old == null ? null : VolumeReplacement.begin(situation, old);
    // What was refused is tried again while it has to wait, so that it stays known.
    return plan == null && refused != null ? grow(situation, refused, null) : plan;
  }

  private static @Nullable ClusterMember refused(Situation situation) {
    return situation.observed().voters().stream()
        .filter(member -> VolumeReplacement.isToBeReplaced(situation, member))
        .filter(member -> VolumeReplacement.isGrowthRefused(situation, member))
        .findFirst()
        .orElse(null);
  }

  /** Those that may grow, as far as is known. */
  private static List<ClusterMember> small(Situation situation) {
    return situation.observed().configured().stream()
        .filter(ClusterMember::volumeKnownPresent)
        .filter(member -> member.platform().volumeFit().smaller())
        .filter(member -> !VolumeReplacement.isToBeReplaced(situation, member))
        .sorted(
            // Members tried in turn would forget each time why it fails.
            Comparator.comparing((ClusterMember member) -> !hasJustFailed(situation, member))
                .thenComparing(member -> VolumeReplacement.sharesRefusedClass(situation, member))
                .thenComparing(ClusterMember::leads))
        .toList();
  }

  /** One that is nearly full is tried by {@link AutogrowRule}, and the others go on. */
  private static boolean hasJustFailed(Situation situation, ClusterMember member) {
    var failure = situation.observed().failure();
    return failure != null
        && !isNearlyFull(situation, member)
        && failure.isOf(new Action.GrowVolume(member.name()))
        && !failure.lastsLong(situation.now());
  }

  /** It grows by itself now, and a larger claim would help. */
  static boolean isNearlyFull(Situation situation, ClusterMember member) {
    return Fullness.of(situation.spec().storage().autogrow(), member) == Fullness.GROWS;
  }

  static Plan grow(Situation situation, ClusterMember member, @Nullable Step kept) {
    var storage = situation.spec().storage();
    boolean nearlyFull = isNearlyFull(situation, member);
    return Plan.idle(
            Purpose.SCALE,
            "Grow the volume of %s to %s%s"
                .formatted(
                    member.name(), storage.size(), nearlyFull ? ", because it is nearly full" : ""),
            situation.observed(),
            kept)
        .doing(new Action.GrowVolume(member.name()))
        .lookingAgain(Plan.WATCHFUL);
  }
}
