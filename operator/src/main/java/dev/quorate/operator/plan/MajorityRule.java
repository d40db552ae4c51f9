package dev.quorate.operator.plan;

import dev.quorate.operator.plan.NodeReport.State;
import dev.quorate.operator.plan.Plan.Purpose;
import dev.quorate.operator.platform.ObservedMember.Hindrance;
import dev.quorate.operator.platform.ObservedMember.ProcessState;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Without a leader's own view nothing is touched; tells whether one is to be expected. */
final class MajorityRule implements Rule {
  /** With a volume that has to be moved to another machine first. */
  private static final Duration START_PATIENCE = Duration.ofMinutes(2);

  /** How long Kubernetes lets a member look at its data, too. */
  private static final Duration OPEN_PATIENCE = Duration.ofMinutes(30);

  @Override
  public @Nullable Plan apply(Situation situation) {
    var observed = situation.observed();
    if (observed.live() != null) {
      return null;
    }
    int voters = observed.voters().size();
    long running = observed.voters().stream().filter(MajorityRule::running).count();
    int needed = voters / 2 + 1;
    var arithmetic = "voters %d, of them running %d, needed %d".formatted(voters, running, needed);
    if (running >= needed) {
      return Plan.idle(
              Purpose.ELECTION,
              "No member leads yet; nothing is touched until one does",
              observed,
              observed.step())
          .withQuorum(arithmetic)
          .waiting("an election");
    }
    long starting =
        observed.voters().stream().filter(member -> starting(situation, member)).count();
    if (running + starting >= needed) {
      return Plan.idle(
              Purpose.START,
              "Members start; nothing is touched until one leads",
              observed,
              observed.step())
          .withQuorum(arithmetic)
          .waiting("members to start");
    }
    if (observed.voters().stream().anyMatch(MajorityRule::silent)) {
      return Plan.idle(
              Purpose.UNKNOWN,
              "Members that should run do not answer; nothing is touched",
              observed,
              observed.step())
          .withQuorum(arithmetic)
          .waiting("members to answer");
    }
    return Plan.idle(
            Purpose.QUORUM_LOST,
            "The majority is lost; nothing is touched, because any step could cost data",
            observed,
            observed.step())
        .withQuorum(arithmetic)
        .waiting("%d more of the voters to come back with their data".formatted(needed - running));
  }

  private static boolean running(ClusterMember member) {
    return member.node() instanceof NodeReport.Reachable answer
        && answer.state() == State.RUNNING
        && member.loss() == null;
  }

  /**
   * It says so itself, while it opens its data; or it is ended or started so lately, as after
   * waking or in an update, that it says nothing yet.
   */
  private static boolean starting(Situation situation, ClusterMember member) {
    if (member.loss() != null) {
      return false;
    }
    var since = member.unhealthySince();
    var process = member.platform().process();
    boolean ordered = process == ProcessState.STARTING || process == ProcessState.STOPPING;
    var patience = member.opening() ? OPEN_PATIENCE : START_PATIENCE;
    return (ordered || member.opening())
        && member.platform().hindrance() == Hindrance.NONE
        && (since == null || situation.now().isBefore(since.plus(patience)));
  }

  /** It may run all the same: only the way to it is known to be broken. */
  private static boolean silent(ClusterMember member) {
    var process = member.platform().process();
    return member.answer() == null
        && member.loss() == null
        && (process == ProcessState.RUNNING || process == ProcessState.UNKNOWN);
  }
}
