package dev.quorate.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.operator.plan.Plan.Purpose;
import dev.quorate.operator.plan.World.Disk;
import dev.quorate.operator.plan.World.Node;
import dev.quorate.operator.plan.World.Place;
import dev.quorate.operator.plan.World.Slot;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
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
    assertThat(plan.action()).isEqualTo(new Action.RemoveMember("demo-1", 2));
    assertThat(plan.summary()).isEqualTo("Remove demo-1 (its volume is empty)");
    assertThat(plan.quorum())
        .isEqualTo("voters after this step 2, of them healthy 2, needed 2: safe");
  }

  @Test
  void fillsThePlaceOfALostMemberUnderNewName() {
    var world = with(World.steady(3, 3, 0, 0), 1, Slot.UNUSED);
    var plan = plan(world);
    assertThat(plan.action()).isEqualTo(new Action.CreateMember("demo-3"));
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
    assertThat(plan(world).action()).isEqualTo(new Action.CreateMember("demo-0"));
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
    var plan = plan(with(World.steady(3, 5, 0, 0), 2, WELL.with(Node.STARTING)));
    assertThat(plan.action()).isNull();
    assertThat(plan.waitingFor()).contains("demo-2 to answer");
  }

  @Test
  void restartsMemberThatRunsAndDoesNotAnswer() {
    var plan = plan(with(World.steady(3, 3, 0, 0), 2, WELL.with(Node.HUNG)));
    assertThat(plan.action()).isEqualTo(new Action.RestartMember("demo-2"));
  }

  @Test
  void doesNotShrinkWhileAVoterDoesNotAnswer() {
    var plan = plan(with(World.steady(5, 3, 0, 0), 1, WELL.with(Node.STARTING)));
    assertThat(plan.action()).isNull();
    assertThat(plan.waitingFor()).contains("demo-1 to answer");
  }

  @Test
  void callsAScaleInBackUntilItIsCommitted() {
    var begun = World.steady(5, 3, 0, 0);
    var step = plan(begun).step();
    assertThat(Objects.requireNonNull(step).member()).isEqualTo("demo-4");
    var edited = begun.publish(plan(begun)).withPending(null).withReplicas(5);
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
    return new World(
        slots, firstWorking(slots), world.replicas(), true, null, world.nextOrdinal(), null, 0, 0);
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
