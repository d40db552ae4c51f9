package dev.quorate.operator.plan;

import static org.assertj.core.api.Assertions.fail;

import dev.quorate.operator.plan.World.Node;
import dev.quorate.operator.plan.World.Place;
import dev.quorate.operator.plan.World.Site;
import dev.quorate.operator.plan.WorldSteps.Transition;
import java.util.ArrayList;
import java.util.List;

/** How the members of a {@link World} fall asleep and are woken. */
final class WorldSleep {
  private WorldSleep() {}

  /** The user lets the cluster sleep, or wakes it. */
  static Transition edit(World world, World after) {
    boolean next = !world.wish().hibernated();
    return new Transition(next ? "hibernate" : "wake", after.with(world.wish().hibernated(next)));
  }

  /** Those that were stopped end. */
  static List<Transition> ends(World world) {
    var transitions = new ArrayList<Transition>();
    for (int number = 0; number < world.slots().size(); number++) {
      var slot = world.slot(number);
      if (slot.fallsAsleep()) {
        var ended = slot.with(Node.NONE).withCaughtUp(slot.place() == Place.OUT);
        transitions.add(new Transition("ends " + number, world.with(number, ended)));
      }
    }
    return transitions;
  }

  static World stopped(World world, int number) {
    if (!world.wish().hibernated()) {
      fail("%d is stopped, and nobody asked for that: %s", number, world);
    }
    var slot = world.slot(number);
    boolean last =
        slot.place() == Place.VOTER && slot.works() && slot.disk() == World.Disk.UNLINKED;
    if (last && !world.majorityOfDisks() && world.hasQuorum()) {
      fail("%d is stopped, and with it data that a majority still has: %s", number, world);
    }
    return asleep(world, number, true);
  }

  /** One that is still ending starts again after that. */
  static World created(World world, int number, int template) {
    var woken = asleep(world, number, false);
    var slot = woken.slot(number);
    var order = slot.ordered() < 0 ? slot.ordered(template) : slot;
    boolean ending = world.slot(number).fallsAsleep();
    if (ending) {
      order = order.withCaughtUp(order.place() == Place.OUT);
    }
    return ending || order.process() == Node.NONE
        ? woken.with(number, order.with(Node.STARTING))
        : woken;
  }

  /** What is written is in the operator's own caches at once. */
  private static World asleep(World world, int number, boolean next) {
    var changed = world.with(number, world.slot(number).asleep(next));
    var cached = world.cached();
    if (cached == null || number >= cached.size()) {
      return changed;
    }
    var seen = new ArrayList<>(cached);
    seen.set(number, seen.get(number).asleep(next));
    return changed.withCached(seen);
  }

  /** While the user wants a cluster to sleep, nothing else is planned. */
  static void checkPlan(World world, Plan plan) {
    var action = plan.action();
    var step = plan.step();
    boolean saves =
        action instanceof Action.KeepTemplate
            || (step != null && step.operation() == Step.Operation.REPLACE_MEMBER);
    if (world.wish().hibernated()
        && action != null
        && !saves
        && !(action instanceof Action.StopMember)) {
      fail("%s is planned for a cluster that is to sleep: %s", action, world);
    }
  }

  /** Nothing runs, unless that may cost the data that only running members have. */
  static void checkAsleep(World world) {
    boolean clings =
        !isMajorityKnownToWake(world)
            && world.count(slot -> slot.works() && slot.disk() == World.Disk.UNLINKED) > 0;
    if (!clings
        && world.count(slot -> slot.process() != Node.NONE && slot.site() != Site.LOST) > 0) {
      fail("does not fall asleep: %s", world);
    }
  }

  /** What those have who neither answer nor were stopped is not known. */
  private static boolean isMajorityKnownToWake(World world) {
    int known =
        world.count(
            slot ->
                slot.place() == Place.VOTER
                    && slot.disk() == World.Disk.DATA
                    && (slot.asleep() || slot.process() == Node.UP));
    return known >= world.voters() / 2 + 1;
  }

  static World woken(World world) {
    return world.with(world.wish().hibernated(false));
  }
}
