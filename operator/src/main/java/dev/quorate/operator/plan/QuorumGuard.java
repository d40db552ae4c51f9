package dev.quorate.operator.plan;

import org.jspecify.annotations.Nullable;

/**
 * Refuses what could cost the quorum (DESIGN 4.2). It projects the configuration after the step and
 * asks for a quorum of healthy voters in it; a member that is added counts as unhealthy, and so
 * does one that is only expected to go. A voluntary step must leave room for one more failure, from
 * three voters up. Every rule asks it, and the reconciler again right before it acts.
 */
public final class QuorumGuard {
  private QuorumGuard() {}

  /**
   * The guard's answer.
   *
   * @param arithmetic why, with the numbers, for people
   */
  public record Verdict(boolean safe, String arithmetic) {}

  public static Verdict check(ObservedCluster observed, Action action) {
    return switch (action) {
      case Action.AddLearner _ -> addLearner(observed);
      case Action.PromoteLearner promote -> promote(observed, promote);
      case Action.RemoveMember remove -> remove(observed, remove);
      case Action.TransferLeadership transfer -> transfer(observed, transfer);
      case Action.RestartMember restart -> restart(observed, restart.member());
      case Action.StopMember stop -> stop(observed, stop.member());
      case Action.DeleteMember delete -> gone(observed, delete.member());
      case Action.DeleteVolume delete -> gone(observed, delete.member());
      case Action.BootstrapMember _ ->
          verdict(
              observed.membership().members().isEmpty(), "a cluster is made only where none is");
      case Action.RenewMember renew -> renew(observed, renew.member());
      case Action.UpdateMember update -> update(observed, update.member());
      case Action.CreateMember _,
          Action.JoinMember _,
          Action.GrowVolume _,
          Action.KeepTemplate _,
          Action.CompareState _ ->
          verdict(true, "no vote is touched");
    };
  }

  /** Whether one more voter could be promoted later; asked before anything is begun for it. */
  public static Verdict growth(ObservedCluster observed) {
    var live = observed.live();
    if (live == null) {
      return noLeader();
    }
    int voters = live.voters().size();
    int healthy = observed.healthyVoters();
    // A single voter cannot outvote a newcomer, so the second one has to count as healthy.
    int counted = voters == 1 ? healthy + 1 : healthy;
    return arithmetic(voters + 1, counted, 0);
  }

  private static Verdict addLearner(ObservedCluster observed) {
    var live = observed.live();
    var blocked = blocked(live);
    if (live == null || blocked != null) {
      return verdict(false, blocked == null ? "" : blocked);
    }
    if (!live.learners().isEmpty()) {
      return verdict(
          false, live.learners().getFirst().name() + " is a learner already: one at a time");
    }
    return growth(observed);
  }

  private static Verdict promote(ObservedCluster observed, Action.PromoteLearner promote) {
    var live = observed.live();
    var blocked = blocked(live);
    if (live == null || blocked != null) {
      return verdict(false, blocked == null ? "" : blocked);
    }
    var learner = live.byName(promote.member());
    if (learner == null || !learner.learner() || !learner.caughtUp() || !learner.active()) {
      return verdict(false, promote.member() + " is not a learner that has caught up");
    }
    return growth(observed);
  }

  private static Verdict remove(ObservedCluster observed, Action.RemoveMember remove) {
    var name = remove.member();
    var live = observed.live();
    var blocked = blocked(live);
    if (live == null || blocked != null) {
      return verdict(false, blocked == null ? "" : blocked);
    }
    var member = observed.member(name);
    if (member == null || member.raft() == null) {
      return verdict(false, name + " is not a member");
    }
    if (remove.lost() && member.loss() == null && !member.outOfReach()) {
      return verdict(false, name + " is back: it is not replaced");
    }
    if (!member.votes()) {
      return verdict(true, name + " has no vote to lose");
    }
    if (member.leads()) {
      return verdict(false, name + " leads: leadership is handed over first");
    }
    int votersAfter = live.voters().size() - 1;
    int healthyAfter = observed.healthyVoters() - (member.healthy() ? 1 : 0);
    boolean voluntary = member.serves() && !remove.lost() && votersAfter >= 3;
    if (voluntary && !member.healthy()) {
      // Those that leave later serve until then, and go one after the other.
      var serving = arithmetic(votersAfter, observed.servingVoters() - 1, 1);
      return serving.safe() ? arithmetic(votersAfter, healthyAfter, 0) : serving;
    }
    return arithmetic(votersAfter, healthyAfter, voluntary ? 1 : 0);
  }

  private static Verdict transfer(ObservedCluster observed, Action.TransferLeadership transfer) {
    var target = observed.member(transfer.target());
    return observed.live() == null
        ? noLeader()
        : verdict(
            target != null && target.votes() && target.healthy(),
            transfer.target() + " takes over only as a healthy voter");
  }

  private static Verdict restart(ObservedCluster observed, String name) {
    var live = observed.live();
    var member = observed.member(name);
    if (live == null || member == null) {
      return noLeader();
    }
    if (!member.votes()) {
      return verdict(true, name + " has no vote to lose");
    }
    int healthyWithout = observed.healthyVoters() - (member.healthy() ? 1 : 0);
    return arithmetic(live.voters().size(), healthyWithout, 0);
  }

  /**
   * One that does its part is ended only while all others do theirs, so that this step is the only
   * failure. One or two voters can spare none, and are updated all the same.
   */
  private static Verdict update(ObservedCluster observed, String name) {
    var live = observed.live();
    var member = observed.member(name);
    if (member != null && member.loss() != null) {
      return verdict(false, name + " lost its data: it is replaced, not updated");
    }
    if (member != null && member.idles() && !member.serves()) {
      return verdict(true, name + " serves nobody");
    }
    if (live == null || member == null) {
      return noLeader();
    }
    if (live.changePending() || !live.learners().isEmpty()) {
      return verdict(false, "the members are being changed: one step at a time");
    }
    if (!member.votes()) {
      return verdict(true, name + " has no vote to lose");
    }
    int voters = live.voters().size();
    if (member.leads() && voters > 1) {
      return verdict(false, name + " leads: leadership is handed over first");
    }
    int others = observed.healthyVoters() - (member.healthy() ? 1 : 0);
    if (member.serves() || voters <= 2) {
      boolean safe = others == voters - 1;
      var cost = voters <= 2 ? "; without it nothing is written for a moment" : "";
      return verdict(
          safe,
          "voters %d, healthy besides %s %d, needed %d%s: %s"
              .formatted(voters, name, others, voters - 1, cost, safe ? "safe" : "not safe"));
    }
    return arithmetic(voters, others, 0);
  }

  /** It costs the quorum, and that is what the user asks for: nothing else makes it right. */
  private static Verdict stop(ObservedCluster observed, String name) {
    var member = observed.member(name);
    if (!observed.hibernated()) {
      return verdict(false, name + " is stopped only while spec.hibernated is true");
    }
    if (member == null || !member.votes() || !member.holdsWhatIsGone()) {
      return verdict(true, name + " is stopped because spec.hibernated is true");
    }
    int voters = observed.voters().size();
    long intact = observed.voters().stream().filter(QuorumGuard::wakesWithItsData).count();
    return verdict(
        intact >= voters / 2 + 1,
        "of %s %s, and of %d voters %d are known to wake up with their data, needed %d"
            .formatted(name, member.loss(), voters, intact, voters / 2 + 1));
  }

  /** Whoever does not answer may have nothing. */
  private static boolean wakesWithItsData(ClusterMember voter) {
    return voter.loss() == null && (voter.asleep() || voter.answer() != null);
  }

  private static Verdict renew(ObservedCluster observed, String name) {
    var member = observed.member(name);
    return verdict(
        member != null && member.starts(), name + " is renewed only while it does not run");
  }

  private static Verdict gone(ObservedCluster observed, String name) {
    var live = observed.live();
    return live == null
        ? noLeader()
        : verdict(live.byName(name) == null, name + " is deleted only when it is no member");
  }

  private static @Nullable String blocked(Membership.@Nullable Live live) {
    if (live == null) {
      return "there is no leader to ask";
    }
    return live.changePending() ? "another change of the members is not applied yet" : null;
  }

  private static Verdict noLeader() {
    return verdict(false, "there is no leader to ask");
  }

  private static Verdict verdict(boolean safe, String arithmetic) {
    return new Verdict(safe, arithmetic);
  }

  private static Verdict arithmetic(int voters, int healthy, int spare) {
    int needed = voters / 2 + 1 + spare;
    boolean safe = healthy >= needed;
    return verdict(
        safe,
        "voters after this step %d, of them healthy %d, needed %d%s: %s"
            .formatted(
                voters,
                healthy,
                needed,
                spare > 0 ? " (one to spare)" : "",
                safe ? "safe" : "not safe"));
  }
}
