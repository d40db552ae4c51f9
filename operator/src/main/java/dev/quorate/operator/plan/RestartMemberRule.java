package dev.quorate.operator.plan;

import dev.quorate.operator.plan.Plan.Purpose;
import dev.quorate.operator.plan.Step.Operation;
import dev.quorate.operator.platform.ObservedMember.MachineState;
import dev.quorate.operator.platform.ObservedMember.ProcessState;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Restarts a member that runs and does not answer for a while. */
final class RestartMemberRule implements Rule {
  private static final Duration RESTART_AFTER = Duration.ofSeconds(20);
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @Override
  public @Nullable Plan apply(Situation situation) {
    for (var member : situation.observed().all()) {
      if (hangs(member)) {
        return restart(situation, member);
      }
    }
    return null;
  }

  /** Whether a voter does not answer for so long that this rule wants to restart it. */
  static boolean due(Situation situation) {
    return situation.observed().voters().stream()
        .anyMatch(member -> hangs(member) && overdue(situation, member));
  }

  private static boolean overdue(Situation situation, ClusterMember member) {
    var since = member.unhealthySince();
    return since != null && !situation.now().isBefore(since.plus(RESTART_AFTER));
  }

  private static Plan restart(Situation situation, ClusterMember member) {
    var observed = situation.observed();
    var begun = observed.step();
    var name = member.name();
    var summary = "Restart %s, which runs but does not answer".formatted(name);
    if (begun != null
        && begun.operation() == Operation.RESTART_MEMBER
        && begun.member().equals(name)) {
      if (situation.now().isBefore(begun.startedAt().plus(PATIENCE))) {
        return situation.plan(Purpose.REPAIR, begun, summary).waiting(name + " to answer");
      }
    } else if (!overdue(situation, member)) {
      return Plan.idle(Purpose.REPAIR, name + " does not answer", observed)
          .withStep(null)
          .waiting(
              "%s to answer within %d s, else it is restarted"
                  .formatted(name, RESTART_AFTER.toSeconds()));
    }
    var step = situation.begin(Operation.RESTART_MEMBER, name, "it does not answer");
    return situation.guarded(
        situation.plan(Purpose.REPAIR, step, summary), step, new Action.RestartMember(name));
  }

  private static boolean hangs(ClusterMember member) {
    return member.raft() != null
        && member.answer() == null
        && member.platform().process() == ProcessState.RUNNING
        && member.platform().machineState() != MachineState.NOT_READY;
  }
}
