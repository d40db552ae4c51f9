package dev.quorate.operator.plan;

import dev.quorate.operator.plan.Step.Operation;
import dev.quorate.operator.platform.ObservedMember.ProcessState;
import org.jspecify.annotations.Nullable;

/**
 * Brings the number of voters to the wanted one, a member at a time: out to scale and to fill the
 * place of one that was lost, and in.
 */
final class ScaleRule implements Rule {
  @Override
  public @Nullable Plan apply(Situation situation) {
    var observed = situation.observed();
    int voters = observed.voters().size();
    int wanted = situation.spec().replicas();
    if (voters < wanted) {
      return grow(situation, voters, wanted);
    }
    return voters > wanted ? shrink(situation, voters, wanted) : null;
  }

  private static Plan grow(Situation situation, int voters, int wanted) {
    var observed = situation.observed();
    var name =
        observed.all().stream()
            .filter(ScaleRule::unused)
            .map(ClusterMember::name)
            .findFirst()
            .orElseGet(observed::nextName);
    var step =
        situation.begin(
            Operation.ADD_MEMBER, name, "%d of %d voters are there".formatted(voters, wanted));
    var verdict = QuorumGuard.growth(observed);
    return verdict.safe()
        ? MemberAddition.proceed(situation, step).withQuorum(verdict.arithmetic())
        : situation
            .plan(Plan.Purpose.SCALE, null, "Add " + name + ", when it is safe")
            .withQuorum(verdict.arithmetic())
            .waiting("members to become healthy: " + verdict.arithmetic());
  }

  private static Plan shrink(Situation situation, int voters, int wanted) {
    var victim =
        Victim.among(
            situation.observed().voters(),
            member -> VolumeReplacement.isMisplaced(situation, member));
    var reason = "%d voters are there, %d are wanted".formatted(voters, wanted);
    var step = situation.begin(Operation.REMOVE_MEMBER, victim.name(), reason);
    return MemberRemoval.begin(situation, step);
  }

  /** On the platform, in no configuration, and never told to join anything. */
  private static boolean unused(ClusterMember member) {
    return member.raft() == null
        && member.idle()
        && member.platform().process() == ProcessState.RUNNING;
  }
}
