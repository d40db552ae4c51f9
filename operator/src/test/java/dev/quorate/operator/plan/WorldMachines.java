package dev.quorate.operator.plan;

import static org.assertj.core.api.Assertions.fail;

import dev.quorate.operator.plan.World.Disk;
import dev.quorate.operator.plan.World.Node;
import dev.quorate.operator.plan.World.Place;
import dev.quorate.operator.plan.World.Site;
import dev.quorate.operator.plan.WorldSteps.Transition;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What happens to the machines of a {@link World}, and to members that are out of reach. */
final class WorldMachines {
  private WorldMachines() {}

  /** Machines go; members hang and are not mended by restarts. */
  static void faults(World world, World after, List<Transition> transitions) {
    for (int number = 0; number < world.slots().size(); number++) {
      var slot = world.slot(number);
      boolean there = slot.process() != Node.NONE && slot.disk() != Disk.NONE;
      if (there && slot.site() != Site.LOST) {
        transitions.add(
            new Transition("machine lost " + number, after.with(number, slot.at(Site.LOST))));
      }
      if (there && slot.site() == Site.READY) {
        transitions.add(
            new Transition("cordon " + number, after.with(number, slot.at(Site.LEAVING))));
      }
      if (there && slot.site() == Site.LEAVING && !slot.waits() && slot.disk() != Disk.UNLINKED) {
        var drained = slot.with(Node.STARTING).withCaughtUp(slot.place() == Place.OUT);
        transitions.add(new Transition("drain " + number, after.with(number, drained)));
      }
      if (slot.process() == Node.UP && isNeeded(world, number) && slot.site() != Site.LOST) {
        transitions.add(new Transition("stick " + number, after.with(number, slot.in(Node.STUCK))));
      }
    }
  }

  /** It is in the configuration, or about to be. */
  private static boolean isNeeded(World world, int number) {
    return world.slot(number).place() != Place.OUT || isBeingAdded(world, number);
  }

  private static boolean isBeingAdded(World world, int number) {
    var step = world.status().step();
    return step != null
        && step.operation() == Step.Operation.ADD_MEMBER
        && step.member().equals(World.name(number));
  }

  /** A member that is waited for, although it hangs and another one could be added. */
  static @Nullable String awaitedInVain(World world) {
    for (int number = 0; number < world.slots().size(); number++) {
      var slot = world.slot(number);
      if ((slot.process() == Node.HUNG || slot.process() == Node.STUCK)
          && slot.place() == Place.OUT
          && slot.site() != Site.LOST
          && world.hasLeader()
          && isBeingAdded(world, number)) {
        return World.name(number);
      }
    }
    return null;
  }

  /** What is away comes back at any moment, however late: with it the processes that were there. */
  static List<Transition> recoveries(World world) {
    var transitions = new ArrayList<Transition>();
    for (int number = 0; number < world.slots().size(); number++) {
      var slot = world.slot(number);
      if (slot.site() != Site.READY) {
        transitions.add(new Transition("machine back " + number, world.with(number, slot.back())));
      }
      if (slot.process() == Node.STUCK && slot.site() != Site.LOST) {
        transitions.add(new Transition("goes on " + number, world.with(number, slot.in(Node.UP))));
      }
    }
    return transitions;
  }

  /** No voter that works is taken for lost, and within an hour not more are than may be. */
  static void checkReplacement(World before, int number) {
    var slot = before.slot(number);
    if (slot.works() && slot.disk() == Disk.DATA && slot.place() == Place.VOTER) {
      fail("a voter that works is replaced: %s", before);
    }
    var replaced = before.status().replaced();
    if (!replaced.contains(number)
        || replaced.size() > before.spec().repair().maxReplacementsPerHour()) {
      fail("more members are replaced within the hour than may be: %s", before);
    }
  }

  /** A voter that is lost, may be replaced without risk, and is not. */
  static @Nullable String neglected(World world) {
    var observed = world.observe();
    var situation = new Situation(world.spec(), observed, World.NOW);
    for (var member : Replacements.due(situation)) {
      var raft = member.raft();
      if (raft != null
          && member.votes()
          && !member.leads()
          && QuorumGuard.check(observed, new Action.RemoveMember(member.name(), raft.id(), true))
              .safe()) {
        return member.name();
      }
    }
    return null;
  }

  /** A leader that stays on a machine that is about to be emptied, although it need not. */
  static boolean leadsInVain(World world) {
    var observed = world.observe();
    var leader = observed.leader();
    return leader != null
        && leader.leaving()
        && Successor.caughtUp(observed, leader.name()) != null;
  }

  /** The next hour, if the last one's replacements are in the way; else the same. */
  static World anHourLater(World world) {
    return Replacements.refusal(world.spec(), world.observe(), World.NOW) == null
        ? world
        : world.with(world.status().anHourLater());
  }
}
