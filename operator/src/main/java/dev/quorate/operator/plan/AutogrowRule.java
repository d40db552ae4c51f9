package dev.quorate.operator.plan;

import dev.quorate.operator.plan.Autogrow.Fullness;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * Grows volumes that are nearly full. That needs no step to be finished first, and does not end
 * one; where it does not succeed it holds up nothing else. The members that have room follow like
 * after an edit of the size ({@link StorageRule}).
 */
final class AutogrowRule implements Rule {
  @Override
  public @Nullable Plan apply(Situation situation) {
    var autogrow = situation.spec().storage().autogrow();
    var begun = situation.observed().step();
    boolean replacing = begun != null && begun.replaces() != null;
    if (autogrow == null || replacing) {
      return null; // Whoever is replaced for its volume does not grow.
    }
    var small =
        situation.observed().configured().stream()
            .filter(ClusterMember::volumeKnownPresent)
            .filter(member -> member.platform().volumeFit().smaller())
            .toList();
    boolean full = small.stream().anyMatch(member -> isFull(situation, member));
    return small.stream()
        .filter(member -> full && (isFailing(situation, member) || isFull(situation, member)))
        .min(
            Comparator.comparing((ClusterMember member) -> !isFailing(situation, member))
                .thenComparing(ClusterMember::leads))
        .map(member -> StorageRule.grow(situation, member))
        .orElse(null);
  }

  private static boolean isFull(Situation situation, ClusterMember member) {
    return Fullness.of(situation.spec().storage().autogrow(), member) == Fullness.GROWS;
  }

  /** What failed before comes first: trying members in turn would forget why each time. */
  private static boolean isFailing(Situation situation, ClusterMember member) {
    var failure = situation.observed().failure();
    return failure != null && failure.isOf(new Action.GrowVolume(member.name()));
  }
}
