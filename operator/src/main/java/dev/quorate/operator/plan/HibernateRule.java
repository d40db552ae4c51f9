package dev.quorate.operator.plan;

import dev.quorate.operator.plan.Plan.Purpose;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Stops all members while the spec says so, and does nothing else.
 *
 * <p>Followers are told first and the leader last, because a leader that ends hands leadership
 * over, and would do so to one that is about to end as well. Nobody waits for the other: with the
 * majority gone nothing more can be written, so going slowly would only make clients wait longer
 * for an error.
 *
 * <p>What was begun is not finished first, which could take as long as a majority is lost. It stays
 * in the status and goes on after waking: what comes next in a step follows from what is seen, as
 * after an operator that died and members that were killed.
 *
 * <p>Two things come first. An order that was given and not carried out is taken back, because
 * waking would carry it out. And a member whose volume was deleted under it goes on with what it
 * has open, and stopping it ends that. Where too few of the others are left with their data it is
 * replaced before.
 */
final class HibernateRule implements Rule {
  private final Rule settle = new SettleRule();
  private final Rule repair = new ReplaceMemberRule();

  @Override
  public @Nullable Plan apply(Situation situation) {
    var observed = situation.observed();
    if (!observed.hibernated()) {
      return null;
    }
    var plan =
        situation
            .plan(
                Purpose.HIBERNATE,
                observed.step(),
                "Hibernated: spec.hibernated is true, so no member runs; their volumes are kept")
            .lookingAgain(Plan.CALM);
    var settled = settle.apply(situation);
    if (settled != null) {
      return settled;
    }
    var next = awake(observed).stream().min(order()).orElse(null);
    if (next == null) {
      return waitForEnds(observed, plan);
    }
    var stop = new Action.StopMember(next.name());
    var verdict = QuorumGuard.check(observed, stop);
    return verdict.safe() ? plan.doing(stop) : repairFirst(situation, verdict.arithmetic());
  }

  private static List<ClusterMember> awake(ObservedCluster observed) {
    return observed.all().stream()
        .filter(member -> !member.absent() && !member.asleep() && !member.letGo())
        .toList();
  }

  /**
   * Whoever may have to stay awake is judged first. Whoever is found empty is stopped last: asleep
   * it would be taken for one with its data.
   */
  private static Comparator<ClusterMember> order() {
    return Comparator.comparing((ClusterMember member) -> !member.holdsWhatIsGone())
        .thenComparing(member -> !member.holdsWhatIsGone() && member.loss() != null)
        .thenComparing(HibernateRule::leading)
        .thenComparing(ClusterMember::name);
  }

  /** As it says itself: with the others gone it may have no majority any more that hears it. */
  private static boolean leading(ClusterMember member) {
    var answer = member.answer();
    return member.leads() || (answer != null && answer.role() == NodeReport.Role.LEADER);
  }

  /** Their ends are told by the platform. */
  private static Plan waitForEnds(ObservedCluster observed, Plan plan) {
    var ending =
        observed.all().stream()
            .filter(member -> !member.absent())
            .map(ClusterMember::name)
            .collect(Collectors.joining(", "));
    return ending.isEmpty() ? plan : plan.waiting(ending + " to end").lookingAgain(Plan.CALM);
  }

  private Plan repairFirst(Situation situation, String why) {
    var repaired = repair.apply(situation);
    return repaired != null && repaired.action() != null
        ? repaired
        : Plan.idle(
                Purpose.BLOCKED,
                "Blocked: not hibernated, because " + why,
                situation.observed(),
                situation.observed().step())
            .waiting("more members with their data");
  }
}
