package dev.quorate.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.crds.RaftClusterSpec;
import dev.quorate.crds.RepairSpec;
import dev.quorate.operator.plan.Plan.Purpose;
import dev.quorate.operator.plan.World.Disk;
import dev.quorate.operator.plan.World.Node;
import dev.quorate.operator.plan.World.Place;
import dev.quorate.operator.plan.World.Site;
import dev.quorate.operator.platform.ObservedMember;
import dev.quorate.operator.platform.ObservedMember.Hindrance;
import dev.quorate.operator.platform.ObservedMember.Machine;
import dev.quorate.operator.platform.ObservedMember.ProcessState;
import dev.quorate.operator.platform.ObservedMember.Template;
import dev.quorate.operator.platform.ObservedMember.VolumeState;
import dev.quorate.operator.platform.VolumeFit;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** When a member is given up, and when it is not; each decision told by itself. */
class ReplacementTest {
  private static final Slot WELL = new Slot(Node.UP, Disk.DATA, Place.VOTER, true);
  private static final Slot ON_LOST_MACHINE = WELL.at(Site.LOST);
  private static final RepairSpec REPAIR = RepairSpec.DEFAULT;

  @Test
  void replacesAMemberOnALostMachineWithoutWaitingForItsPod() {
    var seen = three(ON_LOST_MACHINE).observe();
    var plan = plan(REPAIR, seen);
    assertThat(plan.action()).isEqualTo(new Action.RemoveMember("demo-2", 3, true));
    assertThat(plan.purpose()).isEqualTo(Purpose.REPAIR);
    assertThat(plan.summary())
        .isEqualTo(
            "Replace demo-2 (unreachable for more than 120 s: its machine): remove it, then add another one");
    assertThat(plan.quorum())
        .isEqualTo("voters after this step 2, of them healthy 2, needed 2: safe");
    assertThat(Objects.requireNonNull(plan.step()).operation())
        .isEqualTo(Step.Operation.REPLACE_MEMBER);

    var removed = three(ON_LOST_MACHINE.with(Place.OUT)).publish(plan).withPending(null);
    assertThat(plan(REPAIR, removed.observe()).action())
        .isEqualTo(new Action.DeleteMember("demo-2"));
    var letGo = three(ON_LOST_MACHINE.with(Place.OUT).ordered(-1)).publish(plan);
    var next = plan(REPAIR, letGo.withPending(null).observe());
    assertThat(next.step()).as("its pod is there and is not waited for").isNull();
    assertThat(next.lookAgain()).isZero();
    assertThat(plan(REPAIR, letGo.publish(next).withPending(null).observe()).action())
        .isEqualTo(new Action.CreateMember("demo-3", "t0"));
  }

  /** Its pod was deleted, does not end, and would be made again. */
  @Test
  void doesNotWaitForAPodThatIsBeingDeletedEither() {
    var step = new Step(Step.Operation.REPLACE_MEMBER, "RemoveMember", "demo-2", "", World.NOW);
    var out = World.of(List.of(WELL, WELL, WELL.with(Place.OUT)), 0, 3, step, 3).observe();
    var plan = plan(REPAIR, ending(out, "t0"));
    assertThat(plan.action()).isEqualTo(new Action.DeleteMember("demo-2"));
    assertThat(plan.lookAgain()).as("not again and again").isEqualTo(Plan.WATCHFUL);
    assertThat(plan(REPAIR, ending(out, null)).step()).as("nothing is left to be done").isNull();
  }

  private static ObservedCluster ending(ObservedCluster seen, @Nullable String ordered) {
    var member = Objects.requireNonNull(seen.member("demo-2"));
    var platform =
        new ObservedMember(
            "demo-2",
            member.platform().address(),
            ProcessState.STOPPING,
            new Template("t0", ordered),
            false,
            VolumeState.PRESENT,
            VolumeFit.AS_WANTED,
            Machine.NONE,
            "");
    var silent = new NodeReport.Unreachable("no connection to it");
    return with(seen, new ClusterMember(platform, silent, null, false, false, World.LONG_AGO));
  }

  @Test
  void saysWhenItWillGiveAMemberUpAndWaitsUntilThen() {
    var seen = three(ON_LOST_MACHINE).observe();
    var lately = since(seen, World.NOW.minusSeconds(119));
    var plan = plan(REPAIR, lately);
    assertThat(plan.action()).isNull();
    assertThat(plan.waitingFor())
        .isEqualTo("demo-2 to come back before 2026-01-01T12:00:01Z, else it is replaced");
    assertThat(plan(REPAIR, since(seen, World.NOW.minusSeconds(120))).action()).isNotNull();
    assertThat(
            plan(new RepairSpec(true, 600, 2), since(seen, World.NOW.minusSeconds(599))).action())
        .isNull();
    assertThat(plan(REPAIR, since(seen, null)).action()).as("not noted yet").isNull();
  }

  /** Its kubelet is dead, and its process does all that it should. */
  @Test
  void leavesAMemberAloneThatTheLeaderHears() {
    var seen = three(ON_LOST_MACHINE).observe();
    var member = Objects.requireNonNull(seen.member("demo-2"));
    var raft = Objects.requireNonNull(member.raft());
    var heard =
        new RaftMember(raft.id(), "demo-2", raft.peerUrls(), false, true, true, true, 10, null);
    var alive =
        new ClusterMember(
            member.platform(), member.node(), heard, false, false, World.LONG_AGO, World.LONG_AGO);
    assertThat(plan(REPAIR, with(seen, alive)).action()).isNull();
    assertThat(
            QuorumGuard.check(with(seen, alive), new Action.RemoveMember("demo-2", 3, true)).safe())
        .as("one that came back meanwhile is kept")
        .isFalse();
  }

  @Test
  void givesUpAMemberWhoseVolumeIsOnAMachineThatTakesNobody() {
    var drained = WELL.with(Node.STARTING).at(Site.LEAVING);
    assertThat(plan(REPAIR, three(drained).observe()).action())
        .isEqualTo(new Action.RemoveMember("demo-2", 3, true));
  }

  @Test
  void restartsFirstAndGivesUpWhenThatDidNotHelp() {
    assertThat(plan(REPAIR, three(WELL.with(Node.HUNG)).observe()).action())
        .isEqualTo(new Action.RestartMember("demo-2"));
    var spent = three(WELL.with(Node.STUCK)).observe();
    var plan = plan(REPAIR, spent);
    assertThat(plan.action()).isEqualTo(new Action.RemoveMember("demo-2", 3, true));
    assertThat(plan.summary()).contains("unreachable for more than 120 s: 3 restarts did not help");
    var lately = plan(REPAIR, since(spent, World.NOW.minusSeconds(60)));
    assertThat(lately.action()).isNull();
    assertThat(lately.waitingFor())
        .contains("restarted 3 times within the hour")
        .contains("not again before 2026-01-01T12:50:00Z")
        .contains("is replaced if it stays unreachable for 120 s");
  }

  @Test
  void givesUpAMemberThatCrashesAgainAndAgainUnlessAllThatIsMadeAlikeDoes() {
    var crashing = on(three(WELL).observe(), ProcessState.FAILED, Hindrance.CRASHES, "t0");
    assertThat(plan(REPAIR, crashing).action())
        .isEqualTo(new Action.RemoveMember("demo-2", 3, true));
    var alone = on(three(WELL).observe(), ProcessState.FAILED, Hindrance.CRASHES, "t9");
    assertThat(plan(REPAIR, alone).action()).isNotInstanceOf(Action.RemoveMember.class);
  }

  @Test
  void givesUpAPodThatDoesNotEndButOnlyAfterItsTimeToEndInOrder() {
    var ending = on(three(WELL).observe(), ProcessState.STOPPING, Hindrance.NONE, "t0");
    assertThat(plan(REPAIR, ending).summary()).contains("is being deleted and does not end");
    var member = Objects.requireNonNull(ending.member("demo-2"));
    var lately = World.NOW.minusSeconds(89);
    var inOrder = copy(member, lately, World.LONG_AGO);
    assertThat(plan(REPAIR, with(ending, inOrder)).action()).isNull();
  }

  @Test
  void replacesNobodyWithoutASafeQuorum() {
    var world = worldOf(WELL, WELL.at(Site.LEAVING), ON_LOST_MACHINE);
    var plan = plan(REPAIR, world.observe());
    assertThat(plan.action()).isNull();
    assertThat(plan.waitingFor())
        .isEqualTo(
            "a safe moment: voters after this step 2, of them healthy 1, needed 2: not safe");
    assertThat(plan.step()).isNull();
  }

  @Test
  void replacesNoMoreMembersWithinAnHourThanItMay() {
    var seen = three(ON_LOST_MACHINE).observe();
    var first = World.NOW.minusSeconds(3000);
    var once = repaired(seen, new Repair("ReplaceMember", "demo-8", first));
    assertThat(plan(REPAIR, once).action()).isNotNull();
    var twice =
        repaired(
            seen,
            new Repair("ReplaceMember", "demo-8", first),
            new Repair("ReplaceMember", "demo-9", World.NOW.minusSeconds(60)));
    var plan = plan(REPAIR, twice);
    assertThat(plan.action()).isNull();
    assertThat(plan.purpose()).isEqualTo(Purpose.BLOCKED);
    assertThat(plan.summary())
        .contains("demo-2 is lost")
        .contains("not replaced before 2026-01-01T12:10:00Z")
        .contains("spec.repair.maxReplacementsPerHour is 2");
    assertThat(plan(new RepairSpec(true, 120, 3), twice).action()).isNotNull();
    assertThat(Replacements.refusal(spec(REPAIR), twice, World.NOW.plusSeconds(600))).isNull();

    var begun = repaired(seen, new Repair("ReplaceMember", "demo-2", World.NOW));
    assertThat(plan(new RepairSpec(true, 120, 1), begun).action())
        .as("the one that was begun is brought to its end")
        .isEqualTo(new Action.RemoveMember("demo-2", 3, true));
  }

  /** Lost data counts like everything else. */
  @Test
  void countsEachReplacementOnceWhateverItsReason() {
    var seen = three(WELL.with(Disk.EMPTY)).observe();
    var plan = plan(REPAIR, seen);
    var after = seen.repairs().after(plan, World.NOW);
    assertThat(after).containsExactly(new Repair("ReplaceMember", "demo-2", World.NOW));
    assertThat(new RepairBudget(after).after(plan, World.NOW.plusSeconds(5))).isEqualTo(after);
    assertThat(new RepairBudget(after).after(plan, World.NOW.plusSeconds(3600)))
        .as("an hour later it is forgotten, and counted anew")
        .containsExactly(new Repair("ReplaceMember", "demo-2", World.NOW.plusSeconds(3600)));
  }

  @Test
  void onlyReportsWhereRepairIsOff() {
    var off = new RepairSpec(false, 120, 2);
    for (var slot : List.of(ON_LOST_MACHINE, WELL.with(Disk.EMPTY), WELL.with(Node.STUCK))) {
      var plan = plan(off, three(slot).observe());
      assertThat(plan.action()).as("%s", slot).isNull();
      assertThat(plan.summary()).contains("spec.repair.enabled is false");
    }
    var hung = plan(off, three(WELL.with(Node.HUNG)).observe());
    assertThat(hung.action()).isNull();
    assertThat(hung.waitingFor()).contains("spec.repair.enabled is false, so it is not restarted");
  }

  @Test
  void takesALearnerBackThatIsLost() {
    var learner = WELL.with(Place.LEARNER).at(Site.LOST);
    var step = new Step(Step.Operation.ADD_MEMBER, Step.CATCH_UP, "demo-3", "", World.LONG_AGO);
    var world = World.of(List.of(WELL, WELL, WELL, learner), 0, 4, step, 4);
    assertThat(plan(REPAIR, world.observe(), 4).action())
        .isEqualTo(new Action.RemoveMember("demo-3", 4, true));
  }

  /** Its machine died before it was made a learner. */
  @Test
  void letsANewMemberGoThatCannotStartWhereItIs() {
    var begun = new Slot(Node.UP, Disk.EMPTY, Place.OUT, true).at(Site.LOST);
    var step = new Step(Step.Operation.ADD_MEMBER, Step.BEGIN, "demo-3", "", World.LONG_AGO);
    var world = World.of(List.of(WELL, WELL, WELL, begun), 0, 4, step, 4);
    assertThat(plan(REPAIR, world.observe(), 4).action())
        .isEqualTo(new Action.DeleteMember("demo-3"));
  }

  @Test
  void keepsAMemberThatIsBackBeforeItWasRemoved() {
    var step = new Step(Step.Operation.REPLACE_MEMBER, "RemoveMember", "demo-2", "", World.NOW);
    var world = World.of(List.of(WELL, WELL, WELL), 0, 3, step, 3);
    var plan = plan(REPAIR, world.observe());
    assertThat(plan.action()).isNull();
    assertThat(plan.step()).isNull();
  }

  @Test
  void movesLeadershipAwayFromACordonedMachineAndLeavesTheMemberThere() {
    var world = worldOf(WELL.at(Site.LEAVING), WELL, WELL);
    var plan = plan(REPAIR, world.observe());
    assertThat(plan.action()).isInstanceOf(Action.TransferLeadership.class);
    assertThat(plan.summary()).startsWith("Move leadership from demo-0 to demo-");
    assertThat(Objects.requireNonNull(plan.step()).operation())
        .isEqualTo(Step.Operation.TRANSFER_LEADERSHIP);
    var moved = plan(REPAIR, world.withLeader(1).observe());
    assertThat(moved.action()).as("it serves as before").isNull();
    assertThat(moved.purpose()).isEqualTo(Purpose.STEADY);
  }

  @Test
  void keepsTheStepInFlightWhileLeadershipMoves() {
    var learner = WELL.with(Place.LEARNER).withCaughtUp(false);
    var step = new Step(Step.Operation.ADD_MEMBER, Step.CATCH_UP, "demo-3", "", World.LONG_AGO);
    var world = World.of(List.of(WELL.at(Site.LEAVING), WELL, WELL, learner), 0, 4, step, 4);
    var plan = plan(REPAIR, world.observe(), 4);
    assertThat(plan.action()).isInstanceOf(Action.TransferLeadership.class);
    assertThat(plan.step()).isEqualTo(step);
  }

  @Test
  void keepsLeadershipWhereNobodyBetterIs() {
    var world = worldOf(WELL.at(Site.LEAVING), WELL.at(Site.LEAVING), WELL.withCaughtUp(false));
    assertThat(plan(REPAIR, world.observe()).action()).isNull();
  }

  private static World three(Slot last) {
    return worldOf(WELL, WELL, last);
  }

  private static World worldOf(Slot... slots) {
    return World.of(List.of(slots), 0, 3, null, slots.length);
  }

  private static Plan plan(RepairSpec repair, ObservedCluster seen) {
    return plan(repair, seen, 3);
  }

  private static Plan plan(RepairSpec repair, ObservedCluster seen, int replicas) {
    return ClusterPlanner.plan(spec(repair, replicas), seen, World.NOW);
  }

  private static RaftClusterSpec spec(RepairSpec repair) {
    return spec(repair, 3);
  }

  private static RaftClusterSpec spec(RepairSpec repair, int replicas) {
    var plain = WorldView.spec(new World.Wish(replicas, 0));
    return new RaftClusterSpec(
        replicas,
        null,
        null,
        plain.storage(),
        null,
        plain.raft(),
        plain.deletionPolicy(),
        null,
        plain.updates(),
        repair,
        false,
        false,
        plain.tls());
  }

  private static ObservedCluster since(ObservedCluster seen, @Nullable Instant since) {
    var member = Objects.requireNonNull(seen.member("demo-2"));
    return with(seen, copy(member, member.unhealthySince(), since));
  }

  private static ClusterMember copy(
      ClusterMember member, @Nullable Instant unhealthySince, @Nullable Instant unreachableSince) {
    return new ClusterMember(
        member.platform(),
        member.node(),
        member.raft(),
        member.leads(),
        member.joining(),
        unhealthySince,
        unreachableSince);
  }

  /** The third member, silent for long, as the platform tells of it. */
  private static ObservedCluster on(
      ObservedCluster seen, ProcessState process, Hindrance hindrance, String template) {
    var member = Objects.requireNonNull(seen.member("demo-2"));
    var raft = Objects.requireNonNull(member.raft());
    var platform =
        new ObservedMember(
            "demo-2",
            member.platform().address(),
            process,
            new Template(template, template),
            false,
            VolumeState.PRESENT,
            VolumeFit.AS_WANTED,
            Machine.NONE,
            hindrance,
            "it ended with exit code 1");
    var silent =
        new RaftMember(raft.id(), "demo-2", raft.peerUrls(), false, true, false, false, 1, null);
    return with(
        seen,
        new ClusterMember(
            platform,
            new NodeReport.Unreachable("no connection to it"),
            silent,
            false,
            false,
            World.LONG_AGO,
            World.LONG_AGO));
  }

  private static ObservedCluster repaired(ObservedCluster seen, Repair... done) {
    return copy(seen, seen.members(), new RepairBudget(Arrays.asList(done)));
  }

  private static ObservedCluster with(ObservedCluster seen, ClusterMember member) {
    var members = new TreeMap<>(seen.members());
    members.put(member.name(), member);
    return copy(seen, members, seen.repairs());
  }

  private static ObservedCluster copy(
      ObservedCluster seen, SortedMap<String, ClusterMember> members, RepairBudget repairs) {
    return new ObservedCluster(
        seen.name(),
        seen.clusterId(),
        seen.proposedClusterId(),
        members,
        seen.membership(),
        seen.step(),
        seen.failure(),
        repairs,
        seen.wantedTemplate(),
        seen.verdicts(),
        seen.nextOrdinal(),
        seen.podSelector());
  }
}
