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

  /**
   * @param raised whether the alarm is raised, whoever did it
   */
  Step next(DiskSpace space, boolean raised) {
    boolean first = !looked;
    looked = true;
    if (!raised) {
      ours = space.isShort();
      return ours ? Step.RAISE : Step.NOTHING;
    }
    ours |= first && space.isShort();
    return ours && space.isAmple() ? Step.CLEAR : Step.NOTHING;
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
