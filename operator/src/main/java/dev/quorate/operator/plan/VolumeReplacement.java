package dev.quorate.operator.plan;

import dev.quorate.crds.VolumeChangePolicy;
import dev.quorate.operator.plan.Plan.Purpose;
import dev.quorate.operator.plan.Step.Operation;
import dev.quorate.operator.platform.Platform;
import java.util.Collection;
import java.util.Comparator;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Members whose volume cannot be made what the spec asks for go, one at a time, where the spec lets
 * them: another one is added first and votes before the old one is removed, so that there are never
 * fewer healthy voters than before. The leader is the last one, after it has handed over.
 *
 * <p>This is nobody's repair: it begins only while every member is healthy, and does not use up
 * what may be replaced within the hour.
 */
final class VolumeReplacement {
  private VolumeReplacement() {}

  /** Whether the spec lets members be replaced for their volumes. */
  static boolean isAllowed(Situation situation) {
    return situation.spec().storage().changePolicy() == VolumeChangePolicy.REPLACE;
  }

  /** Whether the member is rather not kept, where one of several has to go. */
  static boolean isMisplaced(Situation situation, ClusterMember member) {
    var fit = member.platform().volumeFit();
    return isAllowed(situation) ? fit.differs() : fit.otherClass();
  }

  /** Whether it was tried to let its volume grow, and its class does not let it. */
  static boolean isGrowthRefused(Situation situation, ClusterMember member) {
    var failure = situation.observed().failure();
    return failure != null
        && failure.isOf(new Action.GrowVolume(member.name()))
        && failure.message().contains(Platform.CANNOT_GROW);
  }

  /**
   * Whether it was tried in vain to let another one of the same class grow, so that this one will
   * not either.
   */
  static boolean sharesRefusedClass(Situation situation, ClusterMember member) {
    return situation.observed().configured().stream()
        .anyMatch(other -> isGrowthRefused(situation, other) && isOfOneClass(other, member));
  }

  /** Whether the step replaces a member of the same class, because that lets no volume grow. */
  static boolean isReplacedAlike(Situation situation, @Nullable Step step, ClusterMember member) {
    if (step == null || step.replaces() == null || !step.reason().contains(Platform.CANNOT_GROW)) {
      return false;
    }
    var replaced = situation.observed().member(step.replaces());
    return replaced != null && isOfOneClass(replaced, member);
  }

  private static boolean isOfOneClass(ClusterMember one, ClusterMember other) {
    var first = one.platform().volumeFit().claimed();
    var second = other.platform().volumeFit().claimed();
    return first != null
        && second != null
        && first.classDifference().equals(second.classDifference());
  }

  /** The member that is to be replaced next; null if none is known to be. */
  static @Nullable ClusterMember next(Situation situation) {
    return isAllowed(situation)
        ? situation.observed().voters().stream()
            .filter(member -> isToBeReplaced(situation, member))
            .min(
                Comparator.comparing(ClusterMember::leads)
                    .thenComparingInt(member -> MemberNaming.ordinal(member.name())))
            .orElse(null)
        : null;
  }

  static boolean isToBeReplaced(Situation situation, ClusterMember member) {
    var fit = member.platform().volumeFit();
    return isAllowed(situation)
        && (fit.unchangeable() || (fit.smaller() && isGrowthRefused(situation, member)));
  }

  /** The first step to replace the member; null if this is not the time. */
  static @Nullable Plan begin(Situation situation, ClusterMember old) {
    var observed = situation.observed();
    var growth = QuorumGuard.growth(observed);
    boolean wellManned = observed.voters().size() == situation.spec().replicas();
    boolean fits = VolumeRoom.refusal(situation.spec(), observed) == null;
    boolean well = observed.configured().stream().allMatch(ClusterMember::healthy);
    if (!wellManned || !well || !fits || observed.hasLearner() || !growth.safe()) {
      return null;
    }
    var step =
        situation
            .begin(Operation.ADD_MEMBER, observed.nextName(), reason(situation, old))
            .replacing(old.name());
    return MemberAddition.proceed(situation, step).withQuorum(growth.arithmetic());
  }

  static String reason(Situation situation, ClusterMember old) {
    return "in place of %s, because %s%s"
        .formatted(
            old.name(),
            old.platform().volumeFit().difference(),
            isGrowthRefused(situation, old) ? "; " + Platform.CANNOT_GROW : "");
  }

  /** Whether the member that the added one replaces is still to go, as far as can be seen. */
  static boolean goesOn(Situation situation, Step step) {
    var old = step.replaces() == null ? null : situation.observed().member(step.replaces());
    if (old == null || !old.votes() || !isAllowed(situation)) {
      return false;
    }
    var fit = old.platform().volumeFit();
    return fit.differs() || fit.unknown();
  }

  /** The added member votes: now the old one goes, if one has to. */
  static Plan finish(Situation situation, Step step, Plan plan) {
    var observed = situation.observed();
    boolean repairing = Replacements.due(situation).stream().anyMatch(ClusterMember::votes);
    boolean enough = observed.voters().size() <= situation.spec().replicas();
    if (enough || repairing || !goesOn(situation, step)) {
      return plan.withStep(null).lookingAgain(Plan.AT_ONCE);
    }
    var old = Objects.requireNonNull(step.replaces());
    for (var member : observed.configured()) {
      if (!member.healthy() && !member.name().equals(old)) {
        return plan.waiting("%s to be healthy, then %s is removed".formatted(member.name(), old));
      }
    }
    var reason = step.member() + " took its place";
    return MemberRemoval.begin(situation, situation.begin(Operation.REMOVE_MEMBER, old, reason));
  }

  /** Whether another one is to go by now: the wish was taken back, and the new one is too many. */
  static boolean isSpared(Situation situation, ClusterMember member) {
    return member.healthy()
        && !isMisplaced(situation, member)
        && isAnyMisplaced(situation, situation.observed().voters());
  }

  private static boolean isAnyMisplaced(Situation situation, Collection<ClusterMember> members) {
    return members.stream().anyMatch(member -> isMisplaced(situation, member));
  }

  static Purpose purpose(Situation situation, ClusterMember member) {
    return isMisplaced(situation, member) ? Purpose.UPDATE : Purpose.SCALE;
  }

  static String summary(Step step) {
    return "Add %s (%s): create it, add it as learner, wait until it has caught up, promote it%s"
        .formatted(
            step.member(),
            step.reason(),
            step.replaces() == null ? "" : ", then remove " + step.replaces());
  }
}
