package dev.quorate.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.operator.plan.Step.Operation;
import dev.quorate.operator.plan.World.Disk;
import dev.quorate.operator.plan.World.Node;
import dev.quorate.operator.plan.World.Place;
import dev.quorate.operator.platform.TemplateChange;
import java.util.ArrayList;
import java.util.Collections;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How far a step is, told from what is seen: with a plus it is Done, with a star Next. */
class StepOutlineTest {
  private static final Slot VOTER = new Slot(Node.UP, Disk.DATA, Place.VOTER, true);

  @ParameterizedTest(name = "{0} {1} {2} {3}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          NONE     | NONE  | OUT     | false | *CreateMember AddLearner JoinMember CatchUp PromoteLearner
          STARTING | NONE  | OUT     | false | *CreateMember AddLearner JoinMember CatchUp PromoteLearner
          UP       | EMPTY | OUT     | false | +CreateMember *AddLearner JoinMember CatchUp PromoteLearner
          UP       | EMPTY | LEARNER | false | +CreateMember +AddLearner *JoinMember CatchUp PromoteLearner
          UP       | DATA  | LEARNER | false | +CreateMember +AddLearner +JoinMember *CatchUp PromoteLearner
          UP       | DATA  | LEARNER | true  | +CreateMember +AddLearner +JoinMember +CatchUp *PromoteLearner
          HUNG     | DATA  | LEARNER | true  | *CreateMember AddLearner JoinMember CatchUp PromoteLearner
          UP       | DATA  | VOTER   | true  | +CreateMember +AddLearner +JoinMember +CatchUp +PromoteLearner
          """)
  void addsAMember(Node process, Disk disk, Place place, boolean caughtUp, String expected) {
    var slot = new Slot(process, disk, place, caughtUp);
    assertThat(outline(Operation.ADD_MEMBER, "CreateMember", slot, 4, 0)).isEqualTo(expected);
  }

  @ParameterizedTest(name = "{0} {1} {2} leader {3}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          UP   | DATA | VOTER | 0 | Begin              | *RemoveMember DeleteMember DeleteVolume
          UP   | DATA | VOTER | 3 | Begin              | *TransferLeadership RemoveMember DeleteMember DeleteVolume
          UP   | DATA | VOTER | 0 | TransferLeadership | +TransferLeadership *RemoveMember DeleteMember DeleteVolume
          UP   | DATA | OUT   | 0 | RemoveMember       | +RemoveMember *DeleteMember DeleteVolume
          NONE | DATA | OUT   | 0 | DeleteMember       | +RemoveMember +DeleteMember *DeleteVolume
          NONE | NONE | OUT   | 0 | DeleteVolume       | +RemoveMember +DeleteMember +DeleteVolume
          """)
  void removesAMember(
      Node process, Disk disk, Place place, int leader, String action, String expected) {
    var slot = new Slot(process, disk, place, true);
    assertThat(outline(Operation.REMOVE_MEMBER, action, slot, 3, leader)).isEqualTo(expected);
  }

  @ParameterizedTest(name = "{0} {1} {2}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          NONE | NONE | VOTER | *RemoveMember DeleteMember DeleteVolume AddMember:demo-4
          NONE | DATA | OUT   | +RemoveMember +DeleteMember *DeleteVolume AddMember:demo-4
          NONE | NONE | OUT   | +RemoveMember +DeleteMember +DeleteVolume *AddMember:demo-4
          """)
  void replacesAMember(Node process, Disk disk, Place place, String expected) {
    var slot = new Slot(process, disk, place, true);
    assertThat(outline(Operation.REPLACE_MEMBER, "RemoveMember", slot, 4, 0)).isEqualTo(expected);
  }

  @ParameterizedTest(name = "{0} {1} {2} leader {3}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          UP       | 0 | true  | 0 | *UpdateMember CatchUp CompareState
          UP       | 0 | true  | 3 | *TransferLeadership UpdateMember CatchUp CompareState
          UP       | 1 | false | 0 | +UpdateMember *CatchUp CompareState
          UP       | 1 | true  | 0 | +UpdateMember +CatchUp *CompareState
          """)
  void updatesAMember(Node process, int template, boolean caughtUp, int leader, String expected) {
    var slot =
        new Slot(
            process,
            Disk.DATA,
            Place.VOTER,
            caughtUp,
            template,
            template,
            World.Site.READY,
            false,
            0,
            false);
    assertThat(outline(Operation.UPDATE_MEMBER, "UpdateMember", slot, 4, leader))
        .isEqualTo(expected);
  }

  @Test
  void addsAMemberInPlaceOfAnother() {
    var learner = new Slot(Node.UP, Disk.DATA, Place.LEARNER, false);
    var step =
        new Step(Operation.ADD_MEMBER, Step.CATCH_UP, "demo-3", "", World.NOW).replacing("demo-1");
    assertThat(outline(step, learner, 3, 0))
        .isEqualTo(
            "+CreateMember +AddLearner +JoinMember *CatchUp PromoteLearner RemoveMember:demo-1");
  }

  /** Three voters, and the fourth that the step is about. */
  private static String outline(
      Operation operation, String action, Slot fourth, int replicas, int leader) {
    var change =
        operation == Operation.UPDATE_MEMBER
            ? new TemplateChange(World.template(0), World.template(1))
            : null;
    var step = new Step(operation, action, "demo-3", "", World.NOW, change, null);
    return outline(step, fourth, replicas, leader);
  }

  private static String outline(Step step, Slot fourth, int replicas, int leader) {
    var slots = new ArrayList<>(Collections.nCopies(3, VOTER));
    slots.add(fourth);
    var world = World.of(slots, leader, replicas, step, 4);
    var observed = world.observe();
    var plan = Plan.idle(Plan.Purpose.SCALE, "", observed, step);
    return StepOutline.of(world.spec(), observed, plan).stream()
        .map(StepOutlineTest::told)
        .collect(Collectors.joining(" "));
  }

  private static String told(PlannedAction action) {
    var mark =
        switch (action.state()) {
          case DONE -> "+";
          case NEXT -> "*";
          case LATER -> "";
        };
    var other = action.member().equals("demo-3") ? "" : ":" + action.member();
    return mark + action.action() + other;
  }
}
