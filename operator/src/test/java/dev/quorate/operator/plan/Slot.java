package dev.quorate.operator.plan;

import dev.quorate.operator.plan.World.Disk;
import dev.quorate.operator.plan.World.Node;
import dev.quorate.operator.plan.World.Place;
import dev.quorate.operator.plan.World.Site;

/**
 * One member.
 *
 * @param running the template that its process is made from, -1 without any
 * @param ordered what the next one is made from
 * @param site its machine, and that of its disk
 * @param asleep its process ends, or has ended, and is not to start
 * @param volume what kind of volume it is, or was, on
 * @param full there is nearly no room on it
 */
record Slot(
    Node process,
    Disk disk,
    Place place,
    boolean caughtUp,
    int running,
    int ordered,
    Site site,
    boolean asleep,
    int volume,
    boolean full) {
  static final Slot UNUSED =
      new Slot(Node.NONE, Disk.NONE, Place.OUT, false, -1, -1, Site.READY, false, 0, false);

  Slot(Node process, Disk disk, Place place, boolean caughtUp) {
    this(process, disk, place, caughtUp, 0, 0, Site.READY, false, 0, false);
  }

  boolean works() {
    return (process == Node.UP || process == Node.DEAF)
        && (disk == Disk.DATA || disk == Disk.UNLINKED)
        && site != Site.LOST;
  }

  /** It waits for the machine that its disk is on. */
  boolean waits() {
    return process == Node.STARTING && site != Site.READY;
  }

  boolean answers() {
    return process == Node.UP && site != Site.LOST;
  }

  /** It runs, and looks at the data that it has. */
  boolean opens() {
    return process == Node.STARTING
        && disk == Disk.DATA
        && site == Site.READY
        && !broken()
        && !asleep;
  }

  /** Its machine is back, or takes members again; what was let go there is cleared away. */
  Slot back() {
    if (place == Place.OUT && ordered < 0) {
      return UNUSED;
    }
    return new Slot(
            process, disk, place, caughtUp, running, ordered, Site.READY, asleep, volume, full)
        .withCaughtUp(site == Site.LOST ? place == Place.OUT : caughtUp);
  }

  /** It is ordered to run what cannot run. */
  boolean broken() {
    return process == Node.STARTING && running == World.BROKEN;
  }

  boolean unproven() {
    return place != Place.OUT && (running == World.BROKEN || running == World.ASTRAY);
  }

  Slot with(Node following) {
    // What sleeps is not started again by anything that ends it.
    var next = asleep && following == Node.STARTING ? Node.NONE : following;
    // What was deleted under a process goes with it.
    return new Slot(
        next,
        disk == Disk.UNLINKED ? Disk.NONE : disk,
        place,
        caughtUp,
        next == Node.NONE ? -1 : next == Node.STARTING ? ordered : running,
        ordered,
        disk == Disk.UNLINKED || disk == Disk.NONE ? Site.READY : site,
        asleep,
        volume,
        full);
  }

  Slot at(Site next) {
    return new Slot(process, disk, place, caughtUp, running, ordered, next, asleep, volume, full);
  }

  Slot in(Node state) {
    return new Slot(state, disk, place, caughtUp, running, ordered, site, asleep, volume, full);
  }

  Slot with(Disk next) {
    return new Slot(
        process,
        next,
        place,
        caughtUp,
        running,
        ordered,
        site,
        asleep,
        volume,
        full && next == Disk.DATA);
  }

  Slot with(Place next) {
    return new Slot(process, disk, next, caughtUp, running, ordered, site, asleep, volume, full);
  }

  Slot withCaughtUp(boolean next) {
    return new Slot(process, disk, place, next, running, ordered, site, asleep, volume, full);
  }

  Slot on(int next) {
    return new Slot(process, disk, place, caughtUp, running, ordered, site, asleep, next, false);
  }

  Slot filled() {
    return new Slot(process, disk, place, caughtUp, running, ordered, site, asleep, volume, true);
  }

  Slot ordered(int template) {
    return new Slot(process, disk, place, caughtUp, running, template, site, asleep, volume, full);
  }

  Slot asleep(boolean next) {
    return new Slot(process, disk, place, caughtUp, running, ordered, site, next, volume, full);
  }

  /** It is being ended, to sleep. */
  boolean fallsAsleep() {
    return asleep && process != Node.NONE && site != Site.LOST;
  }
}
