package dev.quorate.operator.plan;

import dev.quorate.operator.plan.Step.Operation;
import dev.quorate.operator.platform.TemplateChange;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Brings members that were made from an earlier spec up to the present one, a member at a time and
 * only while all others are healthy: first one that does not run from what it has, then one that an
 * update was begun on already, then followers, the newest first, and the leader last, after it has
 * handed over.
 */
final class RollRule implements Rule {
  @Override
  public @Nullable Plan apply(Situation situation) {
    var observed = situation.observed();
    var wanted = situation.acceptableTemplate();
    if (wanted == null) {
      return null;
    }
    var next = next(observed);
    if (next == null || !othersHealthy(observed, next) || !mayBeEnded(situation, next)) {
      return null;
    }
    var step =
        situation
            .begin(Operation.UPDATE_MEMBER, next.name(), reason(situation))
            .withChange(new TemplateChange(Templates.good(observed, next), wanted));
    return MemberUpdate.begin(situation, step);
  }

  private static String reason(Situation situation) {
    var reason = "it was made from an earlier spec";
    return VersionSkew.unknown(situation.spec())
        ? reason + "; the image tells no version, so whether the two work together is not checked"
        : reason;
  }

  private static @Nullable ClusterMember next(ObservedCluster observed) {
    var base = Templates.base(observed);
    return outdated(observed).stream()
        .min(
            Comparator.comparing(ClusterMember::healthy)
                .thenComparing(member -> Templates.isKnown(observed, member))
                .thenComparing(member -> base == null || member.madeFrom(base))
                .thenComparing(ClusterMember::leads)
                .thenComparing(
                    Comparator.comparingInt(
                            (ClusterMember member) -> MemberNaming.ordinal(member.name()))
                        .reversed()))
        .orElse(null);
  }

  static List<ClusterMember> outdated(ObservedCluster observed) {
    return observed.configured().stream().filter(observed::outdated).toList();
  }

  private static boolean othersHealthy(ObservedCluster observed, ClusterMember next) {
    return observed.configured().stream()
        .allMatch(member -> member.healthy() || member.name().equals(next.name()));
  }

  /**
   * An unhealthy one has had time to come back by itself. One that only we cannot reach is left
   * alone: it could not be judged. So is one that is lost, and one whose machine is about to be
   * emptied: ended there it could not start again, because the machine takes nobody any more.
   */
  private static boolean mayBeEnded(Situation situation, ClusterMember member) {
    var since = member.unhealthySince();
    boolean onlyWeAreBlind = member.silent() && !member.hangs();
    return member.healthy()
        || (!onlyWeAreBlind
            && !member.leaving()
            && !Replacements.isLost(situation, member)
            && since != null
            && !situation.now().isBefore(since.plus(RenewRule.START_PATIENCE)));
  }
}
