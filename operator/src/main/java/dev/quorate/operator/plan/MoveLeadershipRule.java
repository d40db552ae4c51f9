package dev.quorate.operator.plan;

import dev.quorate.operator.plan.Plan.Purpose;
import dev.quorate.operator.plan.Step.Operation;
import org.jspecify.annotations.Nullable;

/**
 * Moves leadership away from a machine that is about to be emptied, before it is: a cordon is the
 * early sign, and a hand-over costs clients next to nothing. It needs no step to be finished first,
 * and does not end one.
 *
 * <p>Members themselves stay where they are as long as they serve. A cordon does not say whether a
 * drain follows, nor that the machine will not be back in a minute; replacing members at every
 * cordon would copy the whole store from machine to machine while somebody upgrades one after the
 * other. They count as down for every other step ({@link QuorumGuard}), so that nothing is taken
 * away beside them, and one that was drained and finds no other machine, because its volume is on
 * this one, is replaced like every member that stays unreachable ({@link Replacements}).
 */
final class MoveLeadershipRule implements Rule {
  @Override
  public @Nullable Plan apply(Situation situation) {
    var observed = situation.observed();
    var leader = observed.leader();
    if (leader == null || !leader.leaving()) {
      return null;
    }
    var target = Successor.caughtUp(observed, leader.name());
    var failure = observed.failure();
    if (target == null || target.raft() == null) {
      return null;
    }
    var action = new Action.TransferLeadership(leader.name(), target.name(), target.raft().id());
    var verdict = QuorumGuard.check(observed, action);
    boolean failsOn = failure != null && failure.isOf(action) && failure.lasts(situation.now());
    if (!verdict.safe() || failsOn) {
      return null; // Everything else goes on meanwhile.
    }
    var reason = leader.platform().detail();
    var summary =
        "Move leadership from %s to %s (%s)".formatted(leader.name(), target.name(), reason);
    // What was begun goes on afterwards.
    var begun = observed.step();
    var step =
        begun == null || isEarlierTransfer(begun, leader)
            ? situation
                .begin(Operation.TRANSFER_LEADERSHIP, leader.name(), reason)
                .withAction(action.kind())
            : begun;
    return situation
        .plan(Purpose.REPAIR, step, summary)
        .withQuorum(verdict.arithmetic())
        .doing(action);
  }

  private static boolean isEarlierTransfer(Step begun, ClusterMember leader) {
    return begun.operation() == Operation.TRANSFER_LEADERSHIP
        && !begun.member().equals(leader.name());
  }
}
