package dev.quorate.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.operator.plan.Plan.Purpose;
import dev.quorate.operator.plan.World.Disk;
import dev.quorate.operator.plan.World.Node;
import dev.quorate.operator.plan.World.Place;
import dev.quorate.operator.plan.World.Site;
import dev.quorate.operator.plan.World.Wish;
import dev.quorate.operator.platform.ObservedMember;
import dev.quorate.operator.platform.Platform;
import dev.quorate.operator.platform.VolumeFit;
import dev.quorate.operator.platform.VolumeFit.Claimed;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Volumes that are not as wanted; each decision told by itself. */
class VolumeReplacementTest {
  private static final Slot WELL = new Slot(Node.UP, Disk.DATA, Place.VOTER, true);
  private static final Slot LEARNER = WELL.with(Place.LEARNER).on(2);

  /** Of the other class and the small size, of which the members' volumes are not. */
  private static final Wish OTHER_CLASS = new Wish(3, 0, 2, true);

  private static final Wish MEMBERS_STAY = new Wish(3, 0, 2, false);
  private static final Wish AS_BEFORE = new Wish(3, 0, 0, true);

  @Test
  void addsAnotherMemberFirstAndLeavesTheLeaderForLast() {
    var plan = plan(three().with(OTHER_CLASS));
    assertThat(plan.action()).isEqualTo(new Action.CreateMember("demo-3", "t0"));
    assertThat(plan.purpose()).isEqualTo(Purpose.UPDATE);
    assertThat(plan.summary())
        .isEqualTo(
            "Add demo-3 (in place of demo-1, because its volume is another): create it, add it as learner, wait until it has caught up, promote it, then remove demo-1");
    assertThat(plan.quorum())
        .isEqualTo("voters after this step 4, of them healthy 3, needed 3: safe");
    var step = Objects.requireNonNull(plan.step());
    assertThat(step.operation()).isEqualTo(Step.Operation.ADD_MEMBER);
    assertThat(step.replaces()).isEqualTo("demo-1");
    assertThat(new RepairBudget(List.of()).after(plan, World.NOW)).as("nobody's repair").isEmpty();
  }

  @Test
  void doesNothingWhereTheSpecDoesNotLetIt() {
    var plan = plan(three().with(MEMBERS_STAY));
    assertThat(plan.action()).isNull();
    assertThat(plan.purpose()).isEqualTo(Purpose.STEADY);
  }

  @Test
  void beginsOnlyWhileEveryMemberIsHealthy() {
    for (var unwell : List.of(WELL.with(Node.STARTING), WELL.at(Site.LEAVING))) {
      var plan = plan(world(null, WELL, WELL, unwell).with(OTHER_CLASS));
      assertThat(plan.step()).as("%s", unwell).isNull();
    }
  }

  /** Of five it could be done without risk, and is not. */
  @Test
  void waitsForAMemberThatTheQuorumWouldNotNeed() {
    var cordoned = World.of(List.of(WELL, WELL, WELL, WELL, WELL.at(Site.LEAVING)), 0, 5, null, 5);
    var wish = new Wish(5, 0, 2, true);
    assertThat(plan(cordoned.with(wish)).step()).isNull();
    assertThat(plan(cordoned.with(4, WELL).with(wish)).step()).isNotNull();
  }

  @Test
  void doesNothingAboutVolumesThatNobodyKnows() {
    var world = three().with(OTHER_CLASS);
    var plan = plan(world, each(world.observe(), VolumeReplacementTest::unknown));
    assertThat(plan.action()).isNull();
    assertThat(plan.purpose()).isEqualTo(Purpose.STEADY);
  }

  private static ObservedCluster each(ObservedCluster seen, UnaryOperator<ClusterMember> change) {
    return each(seen, change, seen.failure());
  }

  private static ObservedCluster each(
      ObservedCluster seen, UnaryOperator<ClusterMember> change, @Nullable Failure failure) {
    var members = new TreeMap<>(seen.members());
    members.replaceAll((name, member) -> change.apply(member));
    return new ObservedCluster(
        seen.name(),
        seen.clusterId(),
        seen.proposedClusterId(),
        members,
        seen.membership(),
        seen.step(),
        failure,
        seen.repairs(),
        seen.wantedTemplate(),
        seen.verdicts(),
        seen.nextOrdinal(),
        seen.podSelector());
  }

  private static ObservedCluster holding(ObservedCluster seen, long bytes) {
    return each(seen, member -> with(member, member.platform(), bytes));
  }

  private static ClusterMember unknown(ClusterMember member) {
    var seen = member.platform();
    var platform =
        new ObservedMember(
            seen.name(),
            seen.address(),
            seen.process(),
            seen.template(),
            seen.ready(),
            seen.volume(),
            VolumeFit.UNKNOWN,
            seen.machine(),
            seen.detail());
    return with(member, platform, 0);
  }

  private static ClusterMember with(ClusterMember member, ObservedMember platform, long bytes) {
    var answer = Objects.requireNonNull(member.answer());
    var report = WorldView.saying(answer, bytes, NodeReport.Disk.UNKNOWN);
    return new ClusterMember(
        platform, report, member.raft(), member.leads(), member.joining(), member.unhealthySince());
  }

  @Test
  void removesTheOldOneWhenTheNewOneVotes() {
    var plan = plan(four(WELL.on(2)).with(OTHER_CLASS));
    assertThat(plan.action()).isEqualTo(new Action.RemoveMember("demo-1", 2));
    assertThat(plan.purpose()).isEqualTo(Purpose.UPDATE);
    assertThat(plan.summary()).isEqualTo("Remove demo-1 (demo-3 took its place)");
    assertThat(plan.quorum())
        .isEqualTo("voters after this step 3, of them healthy 3, needed 3 (one to spare): safe");
  }

  @Test
  void keepsTheOldOneUntilAllOthersAreHealthy() {
    var world = world(replacing("demo-1"), WELL, WELL, WELL.with(Node.HUNG), WELL.on(2));
    var plan = plan(world.with(OTHER_CLASS));
    assertThat(plan.action())
        .as("what hangs is restarted first")
        .isEqualTo(new Action.RestartMember("demo-2"));
    var starting = world(replacing("demo-1"), WELL, WELL, WELL.with(Node.STARTING), WELL.on(2));
    var waiting = plan(starting.with(OTHER_CLASS));
    assertThat(waiting.action()).isNull();
    assertThat(waiting.waitingFor()).isEqualTo("demo-2 to be healthy, then demo-1 is removed");
    assertThat(waiting.step()).isNotNull();
  }

  @Test
  void theLeaderHandsOverBeforeItGoes() {
    var other = WELL.on(2);
    var begun = plan(world(null, WELL, other, other).with(OTHER_CLASS));
    assertThat(Objects.requireNonNull(begun.step()).replaces()).isEqualTo("demo-0");
    var plan = plan(world(replacing("demo-0"), WELL, other, other, other).with(OTHER_CLASS));
    assertThat(plan.action()).isInstanceOf(Action.TransferLeadership.class);
    assertThat(Objects.requireNonNull(plan.step()).member()).isEqualTo("demo-0");
  }

  @Test
  void takesTheLearnerAwayAgainWhenTheWishIsTakenBack() {
    for (var wish : List.of(AS_BEFORE, MEMBERS_STAY)) {
      var plan = plan(four(LEARNER).with(wish));
      assertThat(plan.action()).isEqualTo(new Action.RemoveMember("demo-3", 4));
      assertThat(plan.summary()).isEqualTo("Remove demo-3 (it is not wanted any more)");
    }
  }

  @Test
  void removesTheNewOneWhenTheWishIsTakenBackAfterItVotes() {
    var plan = plan(four(WELL.on(2)).with(AS_BEFORE));
    assertThat(plan.step()).as("no step goes on").isNull();
    var next = plan(world(null, WELL, WELL, WELL, WELL.on(2)).with(AS_BEFORE));
    assertThat(next.action()).isEqualTo(new Action.RemoveMember("demo-3", 4));

    var removing =
        new Step(Step.Operation.REMOVE_MEMBER, "RemoveMember", "demo-1", "", World.LONG_AGO);
    var calledBack = plan(world(removing, WELL, WELL, WELL, WELL.on(2)).with(AS_BEFORE));
    assertThat(calledBack.action()).isNull();
    assertThat(calledBack.step()).isNull();
  }

  @Test
  void doesNotTakeInWhatIsNotWantedAnyMore() {
    var plan = plan(four(LEARNER).with(new Wish(3, 0, 1, true)));
    assertThat(plan.summary()).isEqualTo("Remove demo-3 (its volume is another)");
  }

  @Test
  void anotherMemberIsWelcomeWhenMoreAreWantedMeanwhile() {
    var wish = new Wish(5, 0, 2, true);
    assertThat(plan(four(LEARNER).with(wish)).action())
        .isEqualTo(new Action.PromoteLearner("demo-3", 4));
    var voting = plan(four(WELL.on(2)).with(wish));
    assertThat(voting.step()).as("nobody has to go").isNull();
    var fewer = plan(four(LEARNER).with(new Wish(1, 0, 2, true)));
    assertThat(fewer.action()).isEqualTo(new Action.RemoveMember("demo-3", 4));
  }

  /** A step of somebody else's came between, and the learner is there still. */
  @Test
  void goesOnWithALearnerThatNoStepSpeaksOf() {
    var plan = plan(world(null, WELL, WELL, WELL, LEARNER).with(OTHER_CLASS));
    assertThat(plan.action()).isEqualTo(new Action.PromoteLearner("demo-3", 4));
    assertThat(Objects.requireNonNull(plan.step()).replaces()).isEqualTo("demo-1");
  }

  @Test
  void whatCanGrowGrowsAndTheLeaderLast() {
    var larger = new Wish(3, 0, 1, true);
    assertThat(plan(three().with(larger)).action()).isEqualTo(new Action.GrowVolume("demo-1"));
    assertThat(plan(world(null, WELL, WELL.on(1), WELL.on(1)).with(larger)).action())
        .isEqualTo(new Action.GrowVolume("demo-0"));
  }

  @Test
  void whatShrinksOrGrowsAndChangesItsClassIsReplaced() {
    var large = Collections.nCopies(3, WELL.on(1)).toArray(Slot[]::new);
    assertThat(plan(world(null, large).with(AS_BEFORE)).action())
        .isEqualTo(new Action.CreateMember("demo-3", "t0"));
    assertThat(plan(three().with(new Wish(3, 0, 3, true))).action())
        .as("what goes is not made larger before")
        .isEqualTo(new Action.CreateMember("demo-3", "t0"));
  }

  @Test
  void noVolumeBecomesTooSmallForWhatItHolds() {
    var large = Collections.nCopies(3, WELL.on(1)).toArray(Slot[]::new);
    var world = world(null, large).with(AS_BEFORE);
    assertThat(plan(world, holding(world.observe(), 512L << 20)).step()).isNotNull();
    var plan = plan(world, holding(world.observe(), (512L << 20) + 1));
    assertThat(plan.step()).isNull();
    assertThat(plan.purpose()).isEqualTo(Purpose.BLOCKED);
    assertThat(plan.summary())
        .isEqualTo(
            "Blocked: volumes of 1Gi are too small for what the members hold: set spec.storage.size to 2Gi at least, or delete keys and compact");
    var seen = holding(world.observe(), 1L << 30);
    assertThat(VolumeMessages.different(world.spec(), seen))
        .contains("demo-2: its volume is another. They stay, because volumes of 1Gi are too small");

    var otherClass = three().with(OTHER_CLASS);
    assertThat(plan(otherClass, holding(otherClass.observe(), 1L << 30)).step())
        .as("a volume that does not become smaller")
        .isNotNull();
  }

  @Test
  void whatCannotGrowIsReplacedWhereTheSpecLetsIt() {
    var stuck = Collections.nCopies(3, WELL.on(2)).toArray(Slot[]::new);
    var world = world(null, stuck);
    var refused = world.with(world.status().refusing(1));
    var plan = plan(refused.with(new Wish(3, 0, 3, true)));
    assertThat(plan.action()).isEqualTo(new Action.CreateMember("demo-3", "t0"));
    assertThat(plan.summary())
        .contains("in place of demo-1")
        .contains("its storage class does not let volumes grow");
    assertThat(plan(refused.with(new Wish(3, 0, 3, false))).action())
        .isEqualTo(new Action.GrowVolume("demo-1"));

    var unwell = refused.with(2, WELL.on(2).at(Site.LEAVING)).with(new Wish(3, 0, 3, true));
    assertThat(plan(unwell).action())
        .as("what is known stays known")
        .isEqualTo(new Action.GrowVolume("demo-1"));
    var leader = world.with(world.status().refusing(0)).with(new Wish(3, 0, 3, true));
    assertThat(plan(leader).action())
        .as("the leader is not replaced before it is known how it is with the others")
        .isEqualTo(new Action.GrowVolume("demo-1"));
  }

  @Test
  void oneThatCannotGrowDoesNotKeepThoseOfAnotherClassFromItForLong() {
    var old = "is of class old";
    assertThat(afterGrowthFailed("demo-1", 29, "", old, ""))
        .as("members tried in turn would forget each time why it fails")
        .isEqualTo(new Action.GrowVolume("demo-1"));
    assertThat(afterGrowthFailed("demo-1", 30, "", old, ""))
        .isEqualTo(new Action.GrowVolume("demo-2"));
    assertThat(afterGrowthFailed("demo-2", 0, "", old, ""))
        .as("and if that one fails as well")
        .isEqualTo(new Action.GrowVolume("demo-2"));
    assertThat(afterGrowthFailed("demo-1", 30, "", old, old))
        .as("even the leader's")
        .isEqualTo(new Action.GrowVolume("demo-0"));
  }

  private static @Nullable Action afterGrowthFailed(
      String member, long secondsAgo, String... classes) {
    var world = three().with(new Wish(3, 0, 1, false));
    var size = new Quantity("1Gi");
    var since = World.NOW.minusSeconds(secondsAgo);
    var failure = Failure.of(new Action.GrowVolume(member), Platform.CANNOT_GROW, since);
    var seen =
        each(
            world.observe(),
            each -> {
              var difference = classes[MemberNaming.ordinal(each.name())];
              var fit = VolumeFit.of(new Claimed(size, size, difference), new Quantity("2Gi"));
              return each.with(each.platform().withVolumeFit(fit));
            },
            failure);
    return plan(world, seen).action();
  }

  @Test
  void aSingleMemberIsReplacedToo() {
    var wish = new Wish(1, 0, 2, true);
    var one = World.of(List.of(WELL), 0, 1, null, 1).with(wish);
    assertThat(plan(one).action()).isEqualTo(new Action.CreateMember("demo-1", "t0"));
    var step =
        new Step(Step.Operation.ADD_MEMBER, Step.CATCH_UP, "demo-1", "", World.LONG_AGO)
            .replacing("demo-0");
    var two = World.of(List.of(WELL, WELL.on(2)), 0, 1, step, 2).with(wish);
    assertThat(plan(two).action()).isEqualTo(new Action.TransferLeadership("demo-0", "demo-1", 2));
    assertThat(plan(two.withLeader(1)).action()).isEqualTo(new Action.RemoveMember("demo-0", 1));
  }

  private static World three() {
    return world(null, WELL, WELL, WELL);
  }

  /** Half-way through the replacement of demo-1. */
  private static World four(Slot added) {
    return world(replacing("demo-1"), WELL, WELL, WELL, added);
  }

  private static Step replacing(String old) {
    return new Step(Step.Operation.ADD_MEMBER, Step.CATCH_UP, "demo-3", "", World.LONG_AGO)
        .replacing(old);
  }

  private static World world(@Nullable Step step, Slot... slots) {
    int next = IntStream.of(slots.length, 3).max().orElseThrow();
    return World.of(Stream.of(slots).toList(), 0, 3, step, next);
  }

  private static Plan plan(World world) {
    return plan(world, world.observe());
  }

  private static Plan plan(World world, ObservedCluster seen) {
    return ClusterPlanner.plan(world.spec(), seen, World.NOW);
  }
}
