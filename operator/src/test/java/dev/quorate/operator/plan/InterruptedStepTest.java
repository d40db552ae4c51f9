package dev.quorate.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.operator.plan.Plan.Purpose;
import dev.quorate.operator.plan.World.Disk;
import dev.quorate.operator.plan.World.Node;
import dev.quorate.operator.plan.World.Place;
import dev.quorate.operator.platform.ObservedMember;
import dev.quorate.operator.platform.ObservedMember.Machine;
import dev.quorate.operator.platform.ObservedMember.ProcessState;
import dev.quorate.operator.platform.ObservedMember.Template;
import dev.quorate.operator.platform.ObservedMember.VolumeState;
import dev.quorate.operator.platform.VolumeFit;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Steps that something came between, and steps that cannot go on. */
class InterruptedStepTest {
  private static final Slot WELL = new Slot(Node.UP, Disk.DATA, Place.VOTER, true);
  private static final Slot EMPTY_LEARNER = new Slot(Node.UP, Disk.EMPTY, Place.LEARNER, false);

  /** A repair took the place of the step that had added it. */
  @Test
  void learnerThatWasNeverToldToJoinIsTold() {
    var world = World.of(List.of(WELL, Slot.UNUSED, WELL, EMPTY_LEARNER), 0, 3, null, 4);
    assertThat(Objects.requireNonNull(world.observe().member("demo-3")).loss()).isNull();
    var plan = plan(world);
    assertThat(plan.action()).isInstanceOf(Action.JoinMember.class);
    assertThat(Objects.requireNonNull(plan.step()).action()).isEqualTo("JoinMember");
  }

  @Test
  void beingEmptyIsNoLossUntilALearnerHasJoined() {
    var never = learner(true, false, 0);
    var once = learner(true, true, 0);
    var lately = learner(true, false, 1);
    var voter = learner(false, false, 0);
    var adding = step(Step.Operation.ADD_MEMBER, "JoinMember", World.LONG_AGO);
    var elsewhere =
        new Step(Step.Operation.REPLACE_MEMBER, Step.BEGIN, "demo-1", "", World.LONG_AGO);
    assertThat(ClusterMember.isJoining("demo-3", never, null)).isTrue();
    assertThat(ClusterMember.isJoining("demo-3", never, elsewhere)).isTrue();
    assertThat(ClusterMember.isJoining("demo-3", never, adding.withAction(Step.CATCH_UP)))
        .isFalse();
    assertThat(ClusterMember.isJoining("demo-3", once, null)).isFalse();
    assertThat(ClusterMember.isJoining("demo-3", lately, null)).isFalse();
    var replaced = step(Step.Operation.REPLACE_MEMBER, "RemoveMember", World.LONG_AGO);
    assertThat(ClusterMember.isJoining("demo-3", never, replaced)).as("it was judged").isFalse();
    assertThat(ClusterMember.isJoining("demo-3", voter, adding)).isFalse();
    assertThat(ClusterMember.isJoining("demo-3", null, adding)).isTrue();
    assertThat(ClusterMember.isJoining("demo-3", null, null)).isFalse();
  }

  /** Another one became unhealthy before the member was asked to go. */
  @Test
  void scaleInChoosesAnewWhatMayGo() {
    var down = WELL.with(Node.STARTING);
    var step = step(Step.Operation.REMOVE_MEMBER, Step.BEGIN, World.NOW);
    var begun = plan(World.of(List.of(WELL, down, WELL, WELL), 0, 3, step, 4));
    assertThat(begun.action()).isNull();
    assertThat(begun.step()).isNull();
    assertThat(plan(World.of(List.of(WELL, down, WELL, WELL), 0, 3, null, 4)).action())
        .isEqualTo(new Action.RemoveMember("demo-1", 2));

    var asked = step.withAction("RemoveMember");
    assertThat(plan(World.of(List.of(WELL, down, WELL, WELL), 0, 3, asked, 4)).step())
        .as("whether it was heard is seen")
        .isNull();
  }

  @Test
  void podThatDoesNotEndHoldsUpNothingForLong() {
    var soon = plan(ending(World.NOW.minusSeconds(89)), "t0");
    assertThat(soon.waitingFor()).isEqualTo("demo-3 to end");
    var late = World.NOW.minusSeconds(90);
    assertThat(plan(ending(late), "t0").action()).isEqualTo(new Action.DeleteMember("demo-3"));
    var gone = plan(ending(late), null);
    assertThat(gone.step()).as("what is left goes when it can").isNull();
    assertThat(gone.purpose()).isEqualTo(Purpose.SCALE);
  }

  @Test
  void newMemberThatRunsAndAnswersNobodyIsNotWaitedForWithoutEnd() {
    var hung = new Slot(Node.HUNG, Disk.EMPTY, Place.OUT, false);
    var step = step(Step.Operation.ADD_MEMBER, "CreateMember", World.LONG_AGO);
    var plan = plan(World.of(List.of(WELL, WELL, WELL, hung), 0, 4, step, 4));
    assertThat(plan.action()).isEqualTo(new Action.DeleteMember("demo-3"));
    assertThat(Objects.requireNonNull(plan.step()).operation())
        .isEqualTo(Step.Operation.REPLACE_MEMBER);
    assertThat(plan.step().reason())
        .contains("never in the cluster, and does not answer before it was promoted");
  }

  private static World ending(Instant begun) {
    var out = WELL.with(Place.OUT);
    var step = step(Step.Operation.REMOVE_MEMBER, "DeleteMember", begun);
    return World.of(List.of(WELL, WELL, WELL, out), 0, 3, step, 4);
  }

  private static Step step(Step.Operation operation, String action, Instant begun) {
    return new Step(operation, action, "demo-3", "", begun);
  }

  private static RaftMember learner(boolean learner, boolean started, long matchIndex) {
    return new RaftMember(4, "demo-3", List.of(), learner, started, true, true, matchIndex);
  }

  private static Plan plan(World world) {
    return ClusterPlanner.plan(world.spec(), world.observe(), World.NOW);
  }

  /** The last member's pod is being deleted. */
  private static Plan plan(World world, @Nullable String ordered) {
    var seen =
        world
            .observe()
            .withMembers(
                member ->
                    member.name().equals("demo-3")
                        ? member.with(
                            new ObservedMember(
                                "demo-3",
                                member.platform().address(),
                                ProcessState.STOPPING,
                                new Template("t0", ordered),
                                false,
                                VolumeState.PRESENT,
                                VolumeFit.AS_WANTED,
                                Machine.NONE,
                                ""))
                        : member);
    return ClusterPlanner.plan(world.spec(), seen, World.NOW);
  }
}
