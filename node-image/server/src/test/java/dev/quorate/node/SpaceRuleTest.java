package dev.quorate.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.api.admin.SpaceAlarm;
import dev.quorate.node.SpaceRule.Step;
import dev.quorate.node.storage.DiskSpace;
import org.junit.jupiter.api.Test;

/** When the NOSPACE alarm is raised and cleared for a disk of 1000 MiB, 200 of them in reserve. */
final class SpaceRuleTest {
  private static final DiskSpace FULL = left(199);
  private static final DiskSpace BETWEEN = left(250);
  private static final DiskSpace AMPLE = left(300);

  private final SpaceRule rule = new SpaceRule();

  @Test
  void raisesItWhenTheReserveIsTouchedAndClearsItWhenThereIsEnoughAgain() {
    assertThat(rule.next(BETWEEN, false)).isEqualTo(Step.NOTHING);
    assertThat(rule.alarm(false)).isEqualTo(SpaceAlarm.SPACE_ALARM_NONE);
    assertThat(rule.next(FULL, false)).isEqualTo(Step.RAISE);
    assertThat(rule.next(FULL, true)).isEqualTo(Step.NOTHING);
    assertThat(rule.next(BETWEEN, true)).isEqualTo(Step.NOTHING);
    assertThat(rule.alarm(true)).isEqualTo(SpaceAlarm.DISK_FULL);
    assertThat(rule.next(AMPLE, true)).isEqualTo(Step.CLEAR);
    assertThat(rule.alarm(true)).as("not cleared yet").isEqualTo(SpaceAlarm.DISK_FULL);
    assertThat(rule.next(AMPLE, false)).isEqualTo(Step.NOTHING);
    assertThat(rule.next(FULL, false)).as("again").isEqualTo(Step.RAISE);
  }

  /** Who makes volumes larger for an alarm would otherwise do so once more. */
  @Test
  void tellsOfAFullDiskOnlyWhileItIsFull() {
    var full = SpaceAlarm.DISK_FULL;
    assertThat(SpaceRule.told(full, FULL)).isEqualTo(full);
    assertThat(SpaceRule.told(full, BETWEEN)).as("not cleared like this").isEqualTo(full);
    assertThat(SpaceRule.told(full, AMPLE)).isEqualTo(SpaceAlarm.SPACE_ALARM_NONE);
    var otherwise = SpaceAlarm.RAISED_OTHERWISE;
    assertThat(SpaceRule.told(otherwise, AMPLE)).isEqualTo(otherwise);
  }

  @Test
  void triesAgainWhatDidNotSucceed() {
    assertThat(rule.next(FULL, false)).isEqualTo(Step.RAISE);
    assertThat(rule.next(FULL, false)).isEqualTo(Step.RAISE);
    assertThat(rule.next(AMPLE, true)).isEqualTo(Step.CLEAR);
    assertThat(rule.next(AMPLE, true)).isEqualTo(Step.CLEAR);
  }

  @Test
  void leavesAloneWhatWasRaisedOtherwise() {
    assertThat(rule.next(AMPLE, false)).isEqualTo(Step.NOTHING);
    assertThat(rule.next(AMPLE, true)).isEqualTo(Step.NOTHING);
    assertThat(rule.alarm(true)).isEqualTo(SpaceAlarm.RAISED_OTHERWISE);
    assertThat(rule.next(FULL, true)).isEqualTo(Step.NOTHING);
    assertThat(rule.next(AMPLE, true)).as("whose it was").isEqualTo(Step.NOTHING);
    assertThat(rule.next(AMPLE, false)).isEqualTo(Step.NOTHING);
    assertThat(rule.next(FULL, false)).as("its own by now").isEqualTo(Step.RAISE);
  }

  /** It is in the log without a majority that could say so, and comes when that is back. */
  @Test
  void ownsAnAlarmOfWhichNobodyKnewWhetherItWouldCome() {
    assertThat(rule.next(FULL, false)).isEqualTo(Step.RAISE);
    rule.ended(false);
    assertThat(rule.next(BETWEEN, false)).isEqualTo(Step.CLEAR);
    rule.ended(false);
    assertThat(rule.next(BETWEEN, true)).as("it came").isEqualTo(Step.NOTHING);
    assertThat(rule.next(AMPLE, true)).isEqualTo(Step.CLEAR);
  }

  @Test
  void takesBackAnAlarmThatMayStillCome() {
    assertThat(rule.next(FULL, false)).isEqualTo(Step.RAISE);
    rule.ended(false);
    assertThat(rule.next(BETWEEN, false)).isEqualTo(Step.CLEAR);
    rule.ended(false);
    assertThat(rule.next(AMPLE, false)).as("again").isEqualTo(Step.CLEAR);
    rule.ended(true);
    assertThat(rule.next(AMPLE, false)).isEqualTo(Step.NOTHING);
    assertThat(rule.next(AMPLE, true)).as("somebody else's").isEqualTo(Step.NOTHING);
  }

  /** Nothing is remembered over a restart, and growing a disk may need one. */
  @Test
  void takesOverAnAlarmThatIsThereWhenItStartsOnAFullDisk() {
    assertThat(rule.next(FULL, true)).isEqualTo(Step.NOTHING);
    assertThat(rule.alarm(true)).isEqualTo(SpaceAlarm.DISK_FULL);
    assertThat(rule.next(AMPLE, true)).isEqualTo(Step.CLEAR);

    var onAmple = new SpaceRule();
    assertThat(onAmple.next(AMPLE, true)).isEqualTo(Step.NOTHING);
    assertThat(onAmple.alarm(true)).isEqualTo(SpaceAlarm.RAISED_OTHERWISE);
  }

  private static DiskSpace left(long mebibytes) {
    return new DiskSpace(mebibytes << 20, 1000L << 20);
  }
}
