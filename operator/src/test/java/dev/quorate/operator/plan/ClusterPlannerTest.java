package dev.quorate.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.operator.plan.Action.RenewMember;
import dev.quorate.operator.plan.Plan.Purpose;
import dev.quorate.operator.plan.World.Disk;
import dev.quorate.operator.plan.World.Node;
import dev.quorate.operator.plan.World.Place;
import dev.quorate.operator.platform.ObservedMember;
import dev.quorate.operator.platform.ObservedMember.Machine;
import dev.quorate.operator.platform.ObservedMember.ProcessState;
import dev.quorate.operator.platform.ObservedMember.Template;
import dev.quorate.operator.platform.ObservedMember.VolumeState;
import dev.quorate.operator.platform.TemplateChange;
import dev.quorate.operator.platform.VolumeFit;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Single decisions, told one by one. */
class ClusterPlannerTest {
  private static final Slot WELL = new Slot(Node.UP, Disk.DATA, Place.VOTER, true);

  @Test
  void doesNothingWhenAllIsWell() {
    var plan = plan(World.steady(3, 3, 0, 0));
    assertThat(plan.purpose()).isEqualTo(Purpose.STEADY);
    assertThat(plan.action()).isNull();
    assertThat(plan.lookAgain()).isEqualTo(Plan.CALM);
  }

  @Test
  void announcesTheClusterBeforeAnythingIsMade() {
    var plan = plan(World.empty(3, 0, 0));
    assertThat(plan.action()).isNull();
    assertThat(plan.clusterId()).isEqualTo(World.CLUSTER_ID);
    assertThat(Objects.requireNonNull(plan.step()).member()).isEqualTo("demo-0");
  }

  @Test
  void removesDeadVoterBeforeItAddsAnother() {
    var plan = plan(with(World.steady(3, 3, 0, 0), 1, WELL.with(Disk.EMPTY)));
    assertThat(plan.action()).isEqualTo(new Action.RemoveMember("demo-1", 2, true));
    assertThat(plan.summary())
        .isEqualTo("Replace demo-1 (its volume is empty): remove it, then add another one");
    assertThat(plan.quorum())
        .isEqualTo("voters after this step 2, of them healthy 2, needed 2: safe");
  }

  @Test
  void fillsThePlaceOfALostMemberUnderNewName() {
    var world = with(World.steady(3, 3, 0, 0), 1, Slot.UNUSED);
    var plan = plan(world);
    assertThat(plan.action()).isEqualTo(new Action.CreateMember("demo-3", "t0"));
    assertThat(Objects.requireNonNull(plan.step()).operation())
        .isEqualTo(Step.Operation.ADD_MEMBER);
  }

  @Test
  void handsLeadershipOverBeforeItRemovesTheLeader() {
    var world = with(World.steady(3, 3, 0, 0), 0, WELL.with(Disk.UNLINKED));
    assertThat(plan(world).action()).isInstanceOf(Action.TransferLeadership.class);
  }

  @Test
  void startsEndedMembersEvenWithoutMajority() {
    var down = WELL.with(Node.NONE);
    var world = with(with(World.steady(3, 3, 0, 0), 0, down), 1, down);
    assertThat(plan(world).action()).isEqualTo(new Action.CreateMember("demo-0", "t0"));
  }

  @Test
  void touchesNothingWhenTheMajorityOfDisksIsLost() {
    var empty = WELL.with(Disk.EMPTY);
    var plan = plan(with(with(World.steady(3, 3, 0, 0), 0, empty), 1, empty));
    assertThat(plan.purpose()).isEqualTo(Purpose.QUORUM_LOST);
    assertThat(plan.action()).isNull();
    assertThat(plan.quorum()).isEqualTo("voters 3, of them running 1, needed 2");
  }

  @Test
  void doesNotCallSilenceLoss() {
    var hung = WELL.with(Node.HUNG);
    var plan = plan(with(with(World.steady(3, 3, 0, 0), 0, hung), 1, hung));
    assertThat(plan.purpose()).isEqualTo(Purpose.UNKNOWN);
    assertThat(plan.action()).isNull();
  }

  @Test
  void doesNotGrowWhileAVoterDoesNotAnswer() {
    var plan = plan(with(World.steady(3, 5, 0, 0), 2, WELL.with(Node.DEAF)));
    assertThat(plan.action()).isNull();
    assertThat(plan.waitingFor()).contains("demo-2 to answer");
  }

  @Test
  void restartsMemberThatRunsAndDoesNotAnswer() {
    var plan = plan(with(World.steady(3, 3, 0, 0), 2, WELL.with(Node.HUNG)));
    assertThat(plan.action()).isEqualTo(new Action.RestartMember("demo-2"));
  }

  @Test
  void restartsHungVoterWhileALearnerWaitsForIt() {
    var plan = plan(joining(WELL.with(Place.LEARNER), WELL.with(Node.HUNG)));
    assertThat(plan.action()).isEqualTo(new Action.RestartMember("demo-1"));
  }

  @Test
  void restartsHungLearner() {
    var plan = plan(joining(WELL.with(Place.LEARNER).with(Node.HUNG), WELL));
    assertThat(plan.action()).isEqualTo(new Action.RestartMember("demo-3"));
  }

  @Test
  void leavesVoterAloneThatOnlyTheOperatorCannotReach() {
    var plan = plan(with(World.steady(3, 3, 0, 0), 2, WELL.with(Node.DEAF)));
    assertThat(plan.action()).isNull();
    assertThat(plan.waitingFor()).contains("demo-2 to answer");
  }

  @Test
  void doesNotCallARestartBegunThatTheGuardRefuses() {
    var world =
        with(with(World.steady(3, 3, 0, 0), 1, WELL.with(Node.HUNG)), 2, WELL.with(Node.DEAF));
    var plan = plan(world);
    assertThat(plan.action()).isNull();
    assertThat(plan.waitingFor()).contains("a safe moment");
    assertThat(plan.step()).as("nothing was begun").isNull();
  }

  @Test
  void restartsAMemberAtMostThreeTimesAnHour() {
    var hung = with(World.steady(3, 3, 0, 0), 2, WELL.with(Node.HUNG)).observe();
    var twice = restarted(hung, World.NOW.minusSeconds(3000), World.NOW.minusSeconds(200));
    assertThat(ClusterPlanner.plan(World.steady(3, 3, 0, 0).spec(), twice, World.NOW).action())
        .isEqualTo(new Action.RestartMember("demo-2"));
    var thrice =
        restarted(
            hung,
            World.NOW.minusSeconds(3000),
            World.NOW.minusSeconds(200),
            World.NOW.minusSeconds(100));
    var plan = ClusterPlanner.plan(World.steady(3, 3, 0, 0).spec(), thrice, World.NOW);
    assertThat(plan.action())
        .as("what three restarts did not help is lost")
        .isEqualTo(new Action.RemoveMember("demo-2", 3, true));
  }

  @Test
  void remembersRestartsForAnHour() {
    var hung = with(World.steady(3, 3, 0, 0), 2, WELL.with(Node.HUNG)).observe();
    var seen = restarted(hung, World.NOW.minusSeconds(3600), World.NOW.minusSeconds(3599));
    var plan = ClusterPlanner.plan(World.steady(3, 3, 0, 0).spec(), seen, World.NOW);
    assertThat(seen.repairs().after(plan, World.NOW))
        .extracting(Repair::at)
        .containsExactly(World.NOW.minusSeconds(3599), World.NOW);
  }

  @Test
  void makesMemberAgainThatCannotStartFromAnEarlierSpec() {
    var world = with(World.steady(3, 3, 0, 0), 1, WELL.with(Node.HUNG));
    for (var process : List.of(ProcessState.STARTING, ProcessState.FAILED)) {
      var plan = ClusterPlanner.plan(world.spec(), outdated(world, "demo-1", process), World.NOW);
      assertThat(plan.action())
          .isEqualTo(new Action.RenewMember("demo-1", new TemplateChange(null, "t0")));
    }
    var plan =
        ClusterPlanner.plan(
            world.spec(), outdated(world, "demo-1", ProcessState.RUNNING), World.NOW);
    assertThat(plan.action()).as("one that runs is left to run").isNotInstanceOf(RenewMember.class);
  }

  @Test
  void makesFirstMemberAgainBeforeThereIsACluster() {
    var world = World.empty(3, 0, 0);
    world =
        world.publish(plan(world)).with(0, new Slot(Node.STARTING, Disk.EMPTY, Place.OUT, false));
    var seen = outdated(world, "demo-0", ProcessState.STARTING);
    assertThat(ClusterPlanner.plan(world.spec(), seen, World.NOW).action())
        .isEqualTo(new Action.RenewMember("demo-0", new TemplateChange(null, "t0")));
  }

  /** As when the operator ended after the member had joined and before it could note that. */
  @Test
  void takesLearnerAwayThatHasJoinedAndIsEmptyAgain() {
    var step = new Step(Step.Operation.ADD_MEMBER, "JoinMember", "demo-3", "", World.LONG_AGO);
    var slots = List.of(WELL, WELL, WELL, WELL.with(Place.LEARNER).with(Disk.EMPTY));
    var world = World.of(slots, 0, 5, step, 4);
    assertThat(plan(world).action()).as("it has not joined").isInstanceOf(Action.JoinMember.class);

    var seen = world.observe();
    var member = Objects.requireNonNull(seen.member("demo-3"));
    var raft = Objects.requireNonNull(member.raft());
    var joined =
        new RaftMember(
            raft.id(), "demo-3", raft.peerUrls(), true, true, false, false, raft.matchIndex());
    var empty = new ClusterMember(member.platform(), member.node(), joined, false, true, null);
    var plan = ClusterPlanner.plan(world.spec(), with(seen, empty), World.NOW);
    assertThat(Objects.requireNonNull(plan.step()).operation())
        .isEqualTo(Step.Operation.REPLACE_MEMBER);
    assertThat(plan.action()).isInstanceOf(Action.RemoveMember.class);
  }

  /** It was told to start from the new spec, and has not ended yet. */
  @Test
  void letsAMemberEndThatIsToStartFromAnother() {
    var world = joining(WELL.with(Place.LEARNER).with(Node.HUNG), WELL);
    var ending = template(world, "demo-3", ProcessState.STOPPING, "earlier", "t0");
    assertThat(ClusterPlanner.plan(world.spec(), ending, World.NOW).action())
        .isNotEqualTo(new Action.KeepTemplate("demo-3", "earlier"));
    var running = template(world, "demo-3", ProcessState.RUNNING, "earlier", "t0");
    assertThat(ClusterPlanner.plan(world.spec(), running, World.NOW).action())
        .isEqualTo(new Action.KeepTemplate("demo-3", "earlier"));
  }

  @Test
  void replacesALostVoterWhileAnUpdatedOneDoesNotEnd() {
    var change = new TemplateChange("earlier", "t0");
    var step =
        new Step(
            Step.Operation.UPDATE_MEMBER,
            "UpdateMember",
            "demo-4",
            "",
            World.LONG_AGO,
            change,
            null);
    var slots = List.of(WELL, WELL, WELL, WELL.with(Disk.EMPTY), WELL.with(Node.HUNG));
    var world = World.of(slots, 0, 5, step, 5);
    for (var process : List.of(ProcessState.STOPPING, ProcessState.UNKNOWN)) {
      var seen = template(world, "demo-4", process, "earlier", "t0");
      assertThat(ClusterPlanner.plan(world.spec(), seen, World.NOW).action())
          .isEqualTo(new Action.RemoveMember("demo-3", 4, true));
    }
  }

  @Test
  void putsNoMemberBackToWhatNobodyKnows() {
    var world = World.steady(1, 1, 0, 0);
    var seen = template(world, "demo-0", ProcessState.RUNNING, Template.UNMARKED, "t0");
    var plan = ClusterPlanner.plan(world.spec(), withoutVerdicts(seen), World.NOW);
    assertThat(plan.action())
        .isEqualTo(new Action.UpdateMember("demo-0", new TemplateChange(null, "t0")));
  }

  @Test
  void goesOnWhereNothingIsKnownToCompareAMemberWith() {
    var world = World.steady(3, 3, 0, 0);
    var seen = template(world, "demo-0", ProcessState.RUNNING, Template.UNMARKED, "t0");
    seen = with(seen, template(world, "demo-1", Template.UNMARKED));
    var plan = ClusterPlanner.plan(world.spec(), withoutVerdicts(seen), World.NOW);
    assertThat(plan.action())
        .isEqualTo(new Action.UpdateMember("demo-1", new TemplateChange(null, "t0")));
  }

  private static ClusterMember template(World world, String name, String running) {
    var seen = template(world, name, ProcessState.RUNNING, running, "t0");
    return Objects.requireNonNull(seen.member(name));
  }

  private static ObservedCluster template(
      World world, String name, ProcessState process, String running, String ordered) {
    var seen = world.observe();
    var member = Objects.requireNonNull(seen.member(name));
    var platform =
        new ObservedMember(
            name,
            member.platform().address(),
            process,
            new Template(running, ordered),
            process == ProcessState.RUNNING,
            VolumeState.PRESENT,
            VolumeFit.AS_WANTED,
            Machine.NONE,
            "");
    return with(seen, on(platform, member, member.unhealthySince()));
  }

  private static ClusterMember on(
      ObservedMember platform, ClusterMember member, @Nullable Instant unhealthySince) {
    return new ClusterMember(
        platform, member.node(), member.raft(), member.leads(), member.joining(), unhealthySince);
  }

  private static ObservedCluster withoutVerdicts(ObservedCluster seen) {
    return copy(seen, seen.members(), seen.repairs(), Verdicts.NONE);
  }

  private static ObservedCluster outdated(World world, String name, ProcessState process) {
    var seen = world.observe();
    var member = Objects.requireNonNull(seen.member(name));
    var platform =
        new ObservedMember(
            name,
            null,
            process,
            new ObservedMember.Template("earlier", "earlier"),
            false,
            VolumeState.PRESENT,
            VolumeFit.AS_WANTED,
            Machine.NONE,
            "");
    return with(seen, on(platform, member, World.LONG_AGO));
  }

  private static ObservedCluster with(ObservedCluster seen, ClusterMember member) {
    var members = new TreeMap<>(seen.members());
    members.put(member.name(), member);
    return copy(seen, members, seen.repairs(), seen.verdicts());
  }

  private static ObservedCluster restarted(ObservedCluster seen, Instant... times) {
    var done = Arrays.stream(times).map(at -> new Repair("RestartMember", "demo-2", at)).toList();
    return copy(seen, seen.members(), new RepairBudget(done), seen.verdicts());
  }

  private static ObservedCluster copy(
      ObservedCluster seen,
      SortedMap<String, ClusterMember> members,
      RepairBudget repairs,
      Verdicts verdicts) {
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
        verdicts,
        seen.nextOrdinal(),
        seen.podSelector());
  }

  /** Three voters, five wanted, the fourth member being added. */
  private static World joining(Slot learner, Slot second) {
    var slots = List.of(WELL, second, WELL, learner);
    var step = new Step(Step.Operation.ADD_MEMBER, Step.CATCH_UP, "demo-3", "", World.LONG_AGO);
    return World.of(slots, 0, 5, step, 4);
  }

  @Test
  void doesNotShrinkWhileAVoterDoesNotAnswer() {
    var plan = plan(with(World.steady(5, 3, 0, 0), 1, WELL.with(Node.DEAF)));
    assertThat(plan.action()).isNull();
    assertThat(plan.waitingFor()).contains("demo-1 to answer");
  }

  @Test
  void callsAScaleInBackUntilItIsCommitted() {
    var begun = World.steady(5, 3, 0, 0);
    var step = plan(begun).step();
    assertThat(Objects.requireNonNull(step).member()).isEqualTo("demo-4");
    var edited = begun.publish(plan(begun)).withPending(null).with(new World.Wish(5, 0));
    var plan = plan(edited);
    assertThat(plan.step()).isNull();
    assertThat(plan.action()).isNull();
  }

  private static Plan plan(World world) {
    return ClusterPlanner.plan(world.spec(), world.observe(), World.NOW);
  }

  private static World with(World world, int number, Slot slot) {
    var slots = new ArrayList<>(world.slots());
    slots.set(number, slot);
    return World.of(
        slots, firstWorking(slots), world.wish().replicas(), null, world.status().nextOrdinal());
  }

  private static int firstWorking(List<Slot> slots) {
    for (int number = 0; number < slots.size(); number++) {
      if (slots.get(number).works() && slots.get(number).place() == Place.VOTER) {
        return number;
      }
    }
    return -1;
  }
}
