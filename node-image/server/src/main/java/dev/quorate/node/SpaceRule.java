package dev.quorate.node;

import dev.quorate.api.admin.SpaceAlarm;
import dev.quorate.node.storage.DiskSpace;

/**
 * Decides when the NOSPACE alarm of a member is raised for its disk, and when it is cleared again.
 * An alarm that was raised otherwise is left alone. One that is there when the member starts is for
 * the disk if that is full then.
 */
final class SpaceRule {
  /** What is to be done now. */
  enum Step {
    NOTHING,
    RAISE,
    CLEAR
  }

  private boolean looked;
  private boolean ours;

  /** What was asked for last, until it is known what came of it. */
  private Step asked = Step.NOTHING;

  /** The alarm was asked for, and may be raised at any moment although that failed. */
  private boolean mayCome;

  /**
   * @param raised whether the alarm is raised, whoever did it
   */
  Step next(DiskSpace space, boolean raised) {
    boolean first = !looked;
    looked = true;
    if (raised) {
      ours |= mayCome || (first && space.isShort());
      mayCome = false;
      asked = ours && space.isAmple() ? Step.CLEAR : Step.NOTHING;
    } else {
      ours = space.isShort();
      // After one that failed this is in the log behind it.
      asked = ours ? Step.RAISE : mayCome ? Step.CLEAR : Step.NOTHING;
    }
    return asked;
  }

  /** What came of the last step: whether it is done, or nobody knows. */
  void ended(boolean done) {
    if (asked == Step.RAISE) {
      mayCome = !done;
    } else if (asked == Step.CLEAR && done) {
      mayCome = false;
    }
    asked = Step.NOTHING;
  }

  /** What the alarm is, as it was at the last {@link #next}. */
  SpaceAlarm alarm(boolean raised) {
    if (!raised) {
      return SpaceAlarm.SPACE_ALARM_NONE;
    }
    return ours ? SpaceAlarm.DISK_FULL : SpaceAlarm.RAISED_OTHERWISE;
  }

  /** The same while the disk has room again, and nothing keeps the alarm but that it is cleared. */
  static SpaceAlarm told(SpaceAlarm alarm, DiskSpace space) {
    return alarm == SpaceAlarm.DISK_FULL && space.isAmple() ? SpaceAlarm.SPACE_ALARM_NONE : alarm;
  }
}
