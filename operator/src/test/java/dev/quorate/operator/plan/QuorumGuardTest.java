package dev.quorate.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.operator.plan.World.Disk;
import dev.quorate.operator.plan.World.Node;
import dev.quorate.operator.plan.World.Place;
import dev.quorate.operator.platform.TemplateChange;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The guard against a second, naive count, over all small clusters. */
class QuorumGuardTest {
  private static final int MOST_VOTERS = 7;

  @Test
  void removalLeavesMajorityOfHealthyVotersAndOneToSpareWhenVoluntary() {
    for (int voters = 1; voters <= MOST_VOTERS; voters++) {
      for (int up = 0; up < 1 << voters; up++) {
        for (int removed = 0; removed < voters; removed++) {
          checkRemoval(voters, up, removed);
        }
      }
    }
  }

  private static void checkRemoval(int voters, int up, int removed) {
    var observed = world(voters, up).observe();
    var member = observed.member(World.name(removed));
    if (observed.live() == null || member == null || member.leads()) {
      return;
    }
    boolean wasUp = (up & 1 << removed) != 0;
    int left = Integer.bitCount(up & ~(1 << removed));
    if (wasUp && voters - 1 >= 3) {
      left--;
    }
    boolean majority = 2 * left > voters - 1;
    var action = new Action.RemoveMember(World.name(removed), removed + 1);
    assertThat(QuorumGuard.check(observed, action).safe())
        .as("%d voters, up %s, removing %d", voters, Integer.toBinaryString(up), removed)
        .isEqualTo(majority);
  }

  /** It serves until then: while another one does not, it is that one's turn. */
  @Test
  void removalOfOneWhoseMachineIsAboutToBeEmptiedCountsAsVoluntary() {
    var well = new Slot(Node.UP, Disk.DATA, Place.VOTER, true);
    var leaving = well.at(World.Site.LEAVING);
    var down = well.with(Node.STARTING);
    var without = World.of(List.of(well, down, well, leaving), 0, 3, null, 4).observe();
    var verdict = QuorumGuard.check(without, new Action.RemoveMember("demo-3", 4));
    assertThat(verdict.safe()).isFalse();
    assertThat(verdict.arithmetic())
        .isEqualTo(
            "voters after this step 3, of them healthy 2, needed 3 (one to spare): not safe");
    assertThat(QuorumGuard.check(without, new Action.RemoveMember("demo-1", 2)).safe()).isTrue();

    var two = World.of(List.of(well, well, leaving, leaving), 0, 3, null, 4).observe();
    assertThat(QuorumGuard.check(two, new Action.RemoveMember("demo-3", 4)).safe()).isTrue();
  }

  @Test
  void promotionCountsTheNewVoterAsUnhealthy() {
    for (int voters = 2; voters <= MOST_VOTERS; voters++) {
      for (int up = 0; up < 1 << voters; up++) {
        var observed = world(voters, up).observe();
        boolean majority = 2 * Integer.bitCount(up) > voters + 1;
        if (observed.live() != null) {
          assertThat(QuorumGuard.growth(observed).safe())
              .as("%d voters, up %s", voters, Integer.toBinaryString(up))
              .isEqualTo(majority);
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "3, 7, true, 'voters after this step 4, of them healthy 3, needed 3: safe'",
    "3, 3, false, 'voters after this step 4, of them healthy 2, needed 3: not safe'",
    "2, 3, true, 'voters after this step 3, of them healthy 2, needed 2: safe'",
    "1, 1, true, 'voters after this step 2, of them healthy 2, needed 2: safe'",
  })
  void tellsTheArithmetic(int voters, int up, boolean safe, String arithmetic) {
    var verdict = QuorumGuard.growth(world(voters, up).observe());
    assertThat(verdict.safe()).isEqualTo(safe);
    assertThat(verdict.arithmetic()).isEqualTo(arithmetic);
  }

  @Test
  void refusesEverythingThatTouchesVotesWithoutLeader() {
    var observed = world(3, 0).observe();
    for (var action :
        List.of(
            new Action.AddLearner("demo-3", "http://demo-3:2380"),
            new Action.PromoteLearner("demo-1", 2),
            new Action.RemoveMember("demo-1", 2),
            new Action.RestartMember("demo-1"),
            new Action.DeleteMember("demo-1"),
            new Action.DeleteVolume("demo-1"),
            new Action.BootstrapMember("demo-1", 1))) {
      assertThat(QuorumGuard.check(observed, action).safe()).as("%s", action).isFalse();
    }
  }

  /** Ending one that works is the only failure, or there are too few to spare any. */
  @Test
  void updatesOneThatWorksOnlyWhileAllOthersDo() {
    for (int voters = 1; voters <= 5; voters++) {
      for (int up = 0; up < 1 << voters; up++) {
        var world = world(voters, up);
        var observed = world.observe();
        for (int number = 0; number < voters; number++) {
          var action = new Action.UpdateMember(World.name(number), new TemplateChange("t0", "t1"));
          boolean works = (up & 1 << number) != 0;
          int others = Integer.bitCount(up & ~(1 << number));
          boolean leads = world.leader() == number && voters > 1;
          boolean expected =
              world.hasLeader()
                  && !leads
                  && ((works || voters <= 2) ? others == voters - 1 : others >= voters / 2 + 1);
          assertThat(QuorumGuard.check(observed, action).safe())
              .as("%s of %d voters, %s up", action, voters, Integer.toBinaryString(up))
              .isEqualTo(expected);
        }
      }
    }
  }

  @Test
  void neverRemovesLeaderAndNeverDeletesMember() {
    var observed = world(3, 7).observe();
    assertThat(QuorumGuard.check(observed, new Action.RemoveMember("demo-0", 1)).safe()).isFalse();
    assertThat(QuorumGuard.check(observed, new Action.DeleteMember("demo-1")).safe()).isFalse();
    assertThat(QuorumGuard.check(observed, new Action.DeleteVolume("demo-1")).safe()).isFalse();
  }

  /** Voters of which those in {@code up} work, the lowest of them leading. */
  private static World world(int voters, int up) {
    var slots = new ArrayList<Slot>();
    for (int number = 0; number < voters; number++) {
      var node = (up & 1 << number) == 0 ? Node.HUNG : Node.UP;
      slots.add(new Slot(node, Disk.DATA, Place.VOTER, true));
    }
    int leader = Integer.numberOfTrailingZeros(up);
    return World.of(slots, up == 0 ? -1 : leader, voters, null, voters);
  }
}
