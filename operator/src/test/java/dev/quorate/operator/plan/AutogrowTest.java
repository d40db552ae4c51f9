package dev.quorate.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.crds.AutogrowSpec;
import dev.quorate.crds.RaftClusterSpec;
import dev.quorate.crds.StorageSpec;
import dev.quorate.crds.VolumeChangePolicy;
import dev.quorate.operator.plan.NodeReport.Disk;
import dev.quorate.operator.plan.NodeReport.SpaceAlarm;
import dev.quorate.operator.plan.Plan.Purpose;
import dev.quorate.operator.plan.World.Node;
import dev.quorate.operator.plan.World.Place;
import dev.quorate.operator.platform.Platform;
import dev.quorate.operator.platform.VolumeFit;
import dev.quorate.operator.platform.VolumeFit.Claimed;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Volumes that grow by themselves; each decision told by itself. */
class AutogrowTest {
  private static final AutogrowSpec UP_TO_100 = new AutogrowSpec(new Quantity("100Gi"), 80, 25);

  /** One member as it is told. */
  private record Told(@Nullable String asked, @Nullable String present, Disk disk) {
    static Told of(String asked, int usedPercent) {
      return new Told(asked, asked, own(asked, usedPercent, SpaceAlarm.NONE));
    }
  }

  private static Disk own(String size, int usedPercent, SpaceAlarm alarm) {
    long bytes = Quantity.getAmountInBytes(new Quantity(size)).longValue();
    return new Disk(bytes / 100 * 95, usedPercent, alarm);
  }

  @ParameterizedTest
  @CsvSource({
    // size, its claim, used percent, and what is wanted
    "10Gi, 10Gi, 75, 10Gi",
    "10Gi, 10Gi, 80, 13Gi",
    "10Gi, 13Gi, 75, 13Gi",
    "10Gi, 13Gi, 95, 17Gi",
    "10Gi, 90Gi, 80, 100Gi",
    "10Gi, 100Gi, 80, 100Gi",
    "10Gi, 200Gi, 80, 100Gi",
    "1Gi, 1Gi, 80, 1280Mi",
    "16Mi, 16Mi, 80, 20Mi",
    "20Gi, 10Gi, 80, 20Gi",
    "10Gi, 10737418241, 75, 10737418241"
  })
  void wantsAStepMoreThanTheClaimThatIsNearlyFull(
      String size, String claim, int used, String wanted) {
    var spec = spec(size, UP_TO_100, VolumeChangePolicy.REFUSE);
    var seen = seen(three(), Told.of(claim, used), null, null);
    var inForce = Autogrow.inForce(spec, seen);
    assertThat(inForce.storage().size()).isEqualTo(new Quantity(wanted));
    assertThat(inForce.withStorage(spec.storage())).as("nothing else").isEqualTo(spec);
  }

  @Test
  void growsTheOneThatIsFullAtOnceAndTheOthersAfterIt() {
    var spec = spec("10Gi", UP_TO_100, VolumeChangePolicy.REFUSE);
    var full = seen(three(), Told.of("10Gi", 50), Told.of("10Gi", 50), Told.of("10Gi", 80));
    var plan = plan(spec, full);
    assertThat(plan.action()).isEqualTo(new Action.GrowVolume("demo-2"));
    assertThat(plan.summary())
        .isEqualTo("Grow the volume of demo-2 to 13Gi, because it is nearly full");
    assertThat(plan.purpose()).isEqualTo(Purpose.SCALE);

    var grown = seen(three(), Told.of("10Gi", 50), Told.of("10Gi", 50), Told.of("13Gi", 60));
    var next = plan(spec, grown);
    assertThat(next.action()).as("the leader last").isEqualTo(new Action.GrowVolume("demo-1"));
    assertThat(next.summary()).isEqualTo("Grow the volume of demo-1 to 13Gi");
    var all = seen(three(), Told.of("13Gi", 40), Told.of("13Gi", 40), Told.of("13Gi", 60));
    assertThat(plan(spec, all).purpose()).isEqualTo(Purpose.STEADY);
  }

  /** A disk that fills does not wait for what was begun, and does not end it. */
  @Test
  void growsInTheMiddleOfAStep() {
    var spec = spec("10Gi", UP_TO_100, VolumeChangePolicy.REFUSE);
    var step = new Step(Step.Operation.ADD_MEMBER, Step.CATCH_UP, "demo-3", "", World.LONG_AGO);
    var learner = new Slot(Node.UP, World.Disk.DATA, Place.LEARNER, false);
    var world = World.of(three().with(3, learner).slots(), 0, 4, step, 4);
    var plan = plan(spec, seen(world, Told.of("10Gi", 80), null, null));
    assertThat(plan.action()).isEqualTo(new Action.GrowVolume("demo-0"));
    assertThat(Objects.requireNonNull(plan.step()).member()).isEqualTo("demo-3");
  }

  @Test
  void waitsUntilAVolumeIsAsLargeAsItsClaim() {
    var spec = spec("10Gi", UP_TO_100, VolumeChangePolicy.REFUSE);
    var growing = new Told("13Gi", "10Gi", own("10Gi", 95, SpaceAlarm.DISK_FULL));
    var plan = plan(spec, seen(three(), growing, Told.of("13Gi", 50), Told.of("13Gi", 50)));
    assertThat(plan.action()).isNull();
    assertThat(plan.summary()).isEqualTo("The volume of demo-0 grows");
    assertThat(plan.waitingFor()).isEqualTo("Kubernetes to make it larger");
    assertThat(plan.lookAgain()).isEqualTo(Plan.WATCHFUL);
  }

  @Test
  void saysWhatToDoWhenVolumesAreAsLargeAsTheyMayBe() {
    var spec = spec("10Gi", UP_TO_100, VolumeChangePolicy.REFUSE);
    var seen = seen(three(), Told.of("100Gi", 85), Told.of("100Gi", 80), Told.of("100Gi", 75));
    var plan = plan(spec, seen);
    assertThat(plan.action()).isNull();
    assertThat(plan.summary())
        .isEqualTo(
            "Blocked: 80% or more of the disk of demo-0, demo-1 is used: it is as large as spec.storage.autogrow.maxSize lets it be (100Gi); raise that, or delete keys and compact");
    assertThat(plan.lookAgain()).isEqualTo(Plan.CALM);
  }

  /** Directories of one disk do not grow with their claims, and would be asked to for ever. */
  @Test
  void doesNotGrowWhatIsNotAsLargeAsItsClaim() {
    var spec = spec("10Gi", UP_TO_100, VolumeChangePolicy.REFUSE);
    for (var disk : new String[] {"4Gi", "500Gi"}) {
      var shared = new Told("10Gi", "10Gi", own(disk, 90, SpaceAlarm.NONE));
      var plan = plan(spec, seen(three(), shared, Told.of("10Gi", 50), Told.of("10Gi", 50)));
      assertThat(plan.action()).as(disk).isNull();
      assertThat(plan.purpose()).isEqualTo(Purpose.BLOCKED);
      assertThat(plan.summary())
          .contains("it is not as large as its claim, so that a larger claim would not help");
    }
  }

  @Test
  void growsForAnAlarmOfTheDiskAndNotForAnother() {
    var spec = spec("1Gi", UP_TO_100, VolumeChangePolicy.REFUSE);
    var full = new Told("1Gi", "1Gi", own("1Gi", 75, SpaceAlarm.DISK_FULL));
    assertThat(plan(spec, seen(three(), full, null, null)).action())
        .isEqualTo(new Action.GrowVolume("demo-0"));

    var quota = new Told("1Gi", "1Gi", own("1Gi", 75, SpaceAlarm.RAISED_OTHERWISE));
    var plan = plan(spec, seen(three(), quota, Told.of("1Gi", 50), Told.of("1Gi", 50)));
    assertThat(plan.action()).isNull();
    assertThat(plan.summary())
        .isEqualTo(
            "Blocked: the NOSPACE alarm of demo-0 is raised, and not for its disk, so puts are refused: delete keys and compact, or raise ETCD_QUOTA_BACKEND_BYTES in spec.podTemplate.env if the data is over its quota; then, or if its disk was made larger while it did not run, etcdctl alarm disarm");
  }

  @Test
  void withoutItOnlyTellsOfFullDisks() {
    var spec = spec("1Gi", null, VolumeChangePolicy.REFUSE);
    var almost = seen(three(), Told.of("1Gi", 95), null, null);
    assertThat(plan(spec, almost).purpose()).isEqualTo(Purpose.STEADY);
    var full = new Told(null, null, own("1Gi", 95, SpaceAlarm.DISK_FULL));
    var plan = plan(spec, seen(three(), full, null, null));
    assertThat(plan.purpose()).isEqualTo(Purpose.BLOCKED);
    assertThat(plan.summary())
        .isEqualTo(
            "Blocked: the disk of demo-0 is full, so puts are refused until there is space: raise spec.storage.size, let spec.storage.autogrow do so, or delete keys and compact");
  }

  @Test
  void whatWasGrownByHandIsNotTooLarge() {
    var seen = seen(three(), Told.of("20Gi", 50), Told.of("20Gi", 50), Told.of("20Gi", 50));
    for (var policy : VolumeChangePolicy.values()) {
      assertThat(plan(spec("10Gi", UP_TO_100, policy), seen).purpose()).isEqualTo(Purpose.STEADY);
    }
    var less = new AutogrowSpec(new Quantity("15Gi"), 80, 25);
    var plan = plan(spec("10Gi", less, VolumeChangePolicy.REPLACE), seen);
    assertThat(plan.summary()).contains("its volume has 20Gi, and 15Gi is wanted");
  }

  @Test
  void whatCannotGrowHoldsUpNothingElseAndIsTriedAgain() {
    var spec = spec("10Gi", UP_TO_100, VolumeChangePolicy.REFUSE);
    var two = World.of(three().slots().subList(0, 2), 0, 3, null, 2);
    var failed = Failure.of(new Action.GrowVolume("demo-1"), Platform.CANNOT_GROW, World.NOW);
    var adds = plan(spec, failing(seen(two, Told.of("10Gi", 50), Told.of("10Gi", 80)), failed));
    assertThat(adds.action()).isInstanceOf(Action.CreateMember.class);

    var waits =
        World.of(three().with(2, three().slot(2).with(Node.STARTING)).slots(), 0, 3, null, 3);
    var seen = seen(waits, Told.of("10Gi", 50), Told.of("10Gi", 80), null);
    var again = plan(spec, failing(seen, failed));
    assertThat(again.action()).isEqualTo(new Action.GrowVolume("demo-1"));
    assertThat(again.failure()).as("known to the next try").isEqualTo(failed);
  }

  @Test
  void oneWithRoomThatCannotGrowDoesNotKeepAFullOneFromItForLong() {
    var spec = spec("10Gi", UP_TO_100, VolumeChangePolicy.REFUSE);
    var seen = seen(three(), Told.of("10Gi", 50), Told.of("10Gi", 50), Told.of("13Gi", 80));
    assertThat(afterGrowthFailed(spec, seen, "demo-1", 29))
        .as("members tried in turn would forget each time why it fails")
        .isEqualTo(new Action.GrowVolume("demo-1"));
    assertThat(afterGrowthFailed(spec, seen, "demo-1", 30))
        .isEqualTo(new Action.GrowVolume("demo-2"));
    assertThat(afterGrowthFailed(spec, seen, "demo-2", 0))
        .isEqualTo(new Action.GrowVolume("demo-1"));
  }

  private static @Nullable Action afterGrowthFailed(
      RaftClusterSpec spec, ObservedCluster seen, String member, long secondsAgo) {
    var since = World.NOW.minusSeconds(secondsAgo);
    var failed = Failure.of(new Action.GrowVolume(member), Platform.CANNOT_GROW, since);
    return plan(spec, failing(seen, failed)).action();
  }

  /** Two that last, tried in turn, would both be news in every look. */
  @Test
  void letsWhatHasJustFailedFailForAWhile() {
    var spec = spec("10Gi", UP_TO_100, VolumeChangePolicy.REFUSE);
    var two = World.of(three().slots().subList(0, 2), 0, 3, null, 2);
    var seen = seen(two, Told.of("10Gi", 50), Told.of("10Gi", 80));
    var create = Objects.requireNonNull(plan(spec, seen(two, null, null)).action());
    assertThat(create).isInstanceOf(Action.CreateMember.class);
    var now = failing(seen, Failure.of(create, "refused", World.NOW.minusSeconds(29)));
    assertThat(plan(spec, now).action()).isEqualTo(create);
    var before = failing(seen, Failure.of(create, "refused", World.NOW.minusSeconds(30)));
    assertThat(plan(spec, before).action()).isEqualTo(new Action.GrowVolume("demo-1"));
  }

  @Test
  void isReplacedWhereItsClassDoesNotLetItGrow() {
    var spec = spec("10Gi", UP_TO_100, VolumeChangePolicy.REPLACE);
    var failed = Failure.of(new Action.GrowVolume("demo-1"), Platform.CANNOT_GROW, World.NOW);
    var seen = seen(three(), Told.of("10Gi", 50), Told.of("10Gi", 80), Told.of("10Gi", 50));
    var plan = plan(spec, failing(seen, failed));
    assertThat(plan.summary())
        .contains("in place of demo-1, because its volume has 10Gi, and 13Gi is wanted");
  }

  /** What is full is full on all members, and of one class. */
  @Test
  void theOthersOfAClassThatCannotGrowWaitWhileOneIsReplaced() {
    var spec = spec("10Gi", UP_TO_100, VolumeChangePolicy.REPLACE);
    var step =
        new Step(
                Step.Operation.ADD_MEMBER,
                Step.CATCH_UP,
                "demo-3",
                "in place of demo-1; " + Platform.CANNOT_GROW,
                World.LONG_AGO)
            .replacing("demo-1");
    var learner = new Slot(Node.UP, World.Disk.DATA, Place.LEARNER, false);
    var world = World.of(three().with(3, learner).slots(), 0, 3, step, 4);
    var full = Told.of("10Gi", 80);
    var plan = plan(spec, seen(world, full, full, full));
    assertThat(plan.action()).isNull();
    assertThat(plan.waitingFor()).startsWith("demo-3 to catch up");
  }

  /** Asking for less than what is there would change nothing, again and again. */
  @Test
  void countsFromHowLargeAVolumeIsIfThatIsMoreThanWasAskedFor() {
    var spec = spec("10Gi", UP_TO_100, VolumeChangePolicy.REFUSE);
    var rounded = new Told("10Gi", "20Gi", own("20Gi", 80, SpaceAlarm.NONE));
    var seen = seen(three(), rounded, Told.of("10Gi", 50), Told.of("10Gi", 50));
    assertThat(Autogrow.inForce(spec, seen).storage().size()).isEqualTo(new Quantity("25Gi"));
    var less = new AutogrowSpec(new Quantity("15Gi"), 80, 25);
    var plan = plan(spec("10Gi", less, VolumeChangePolicy.REFUSE), seen);
    assertThat(plan.action()).isNull();
    assertThat(plan.summary()).contains("as large as spec.storage.autogrow.maxSize lets it be");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "5Gi | 80 | 25 | spec.storage.autogrow.maxSize is 5Gi: must be spec.storage.size or more, here 10Gi",
        "20Gi | 82 | 25 | spec.storage.autogrow.whenUsedPercent is 82: must be a multiple of 5 from 50 to 95",
        "20Gi | 45 | 25 | spec.storage.autogrow.whenUsedPercent is 45: must be a multiple of 5 from 50 to 95",
        "20Gi | 80 | 5 | spec.storage.autogrow.stepPercent is 5: must be 10 to 100"
      })
  void complainsOfWhatCannotBeMeant(String most, int percent, int step, String complaint) {
    var autogrow = new AutogrowSpec(new Quantity(most), percent, step);
    assertThat(SpecValidator.complaints("demo", spec("10Gi", autogrow, VolumeChangePolicy.REFUSE)))
        .containsExactly(complaint);
  }

  private static RaftClusterSpec spec(
      String size, @Nullable AutogrowSpec autogrow, VolumeChangePolicy policy) {
    return WorldView.spec(new World.Wish(3, 0))
        .withStorage(new StorageSpec(new Quantity(size), null, policy, autogrow));
  }

  private static World three() {
    return World.steady(3, 3, 0, 0);
  }

  private static ObservedCluster seen(World world, @Nullable Told... told) {
    var observed = world.observe();
    var numbers = IntStream.range(0, told.length).boxed().toList();
    return observed.withMembers(
        member ->
            numbers.stream()
                .filter(number -> World.name(number).equals(member.name()))
                .map(number -> told[number])
                .filter(Objects::nonNull)
                .findFirst()
                .map(each -> with(member, each))
                .orElse(member));
  }

  private static ClusterMember with(ClusterMember member, Told told) {
    var answer = Objects.requireNonNull(member.answer());
    var report = WorldView.saying(answer, answer.databaseBytes(), told.disk());
    var fit =
        told.asked() == null
            ? VolumeFit.AS_WANTED
            : VolumeFit.of(
                new Claimed(
                    new Quantity(told.asked()),
                    told.present() == null ? null : new Quantity(told.present()),
                    ""),
                new Quantity(told.asked()));
    return new ClusterMember(
        member.platform().withVolumeFit(fit),
        report,
        member.raft(),
        member.leads(),
        member.joining(),
        member.unhealthySince());
  }

  private static ObservedCluster failing(ObservedCluster seen, Failure failure) {
    return new ObservedCluster(
        seen.name(),
        seen.clusterId(),
        seen.proposedClusterId(),
        seen.members(),
        seen.membership(),
        seen.step(),
        failure,
        seen.repairs(),
        seen.wantedTemplate(),
        seen.verdicts(),
        seen.nextOrdinal(),
        seen.podSelector());
  }

  private static Plan plan(RaftClusterSpec spec, ObservedCluster seen) {
    return ClusterPlanner.plan(spec, seen, World.NOW);
  }
}
