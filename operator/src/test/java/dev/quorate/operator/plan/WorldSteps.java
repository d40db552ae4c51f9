package dev.quorate.operator.plan;

import static org.assertj.core.api.Assertions.fail;

import dev.quorate.operator.plan.World.Disk;
import dev.quorate.operator.plan.World.Node;
import dev.quorate.operator.plan.World.Place;
import dev.quorate.operator.plan.World.Slot;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What can happen in a {@link World}: by the operator, by the nodes, by misfortune, by its user.
 */
final class WorldSteps {
  private WorldSteps() {}

  /** A step and where it leads; the text is for the story of a failure. */
  record Transition(String what, World next) {}

  static List<Transition> all(World world) {
    var transitions = new ArrayList<Transition>();
    var pending = world.pending();
    if (pending != null) {
      transitions.add(new Transition("act " + pending, execute(world, pending)));
      transitions.add(new Transition("operator dies", world.withPending(null)));
    } else {
      transitions.add(new Transition("plan", plan(world)));
    }
    transitions.addAll(progress(world));
    if (world.faultsLeft() > 0) {
      faults(world, transitions);
    }
    if (world.editsLeft() > 0) {
      for (int replicas = 1; replicas <= 5; replicas++) {
        if (replicas != world.replicas()) {
          transitions.add(new Transition("replicas " + replicas, world.withReplicas(replicas)));
        }
      }
    }
    return transitions;
  }

  /** One pass of the operator up to its write of the status. */
  static World plan(World world) {
    return world.publish(ClusterPlanner.plan(world.spec(), world.observe(), World.NOW));
  }

  /** What nodes do by themselves. */
  static List<Transition> progress(World world) {
    var transitions = new ArrayList<Transition>();
    for (int number = 0; number < world.slots().size(); number++) {
      var slot = world.slot(number);
      if (slot.process() == Node.STARTING) {
        // A node makes its directory when it starts.
        var up = slot.disk() == Disk.NONE ? slot.with(Disk.EMPTY) : slot;
        transitions.add(new Transition("up " + number, world.with(number, up.with(Node.UP))));
      }
      if (slot.place() != Place.OUT && slot.works() && !slot.caughtUp() && world.hasLeader()) {
        transitions.add(
            new Transition("caught up " + number, world.with(number, slot.withCaughtUp(true))));
      }
    }
    if (!world.hasLeader() && world.hasQuorum()) {
      // Oldest or newest: which one leads matters only for who is removed, the newest first.
      var able =
          IntStream.range(0, world.slots().size())
              .filter(n -> world.slot(n).place() == Place.VOTER && world.slot(n).works())
              .boxed()
              .toList();
      for (int elected : new TreeSet<>(List.of(able.getFirst(), able.getLast()))) {
        transitions.add(new Transition("elect " + elected, world.withLeader(elected)));
      }
    }
    return transitions;
  }

  /** A member that hangs and that the operator may restart. */
  static @Nullable String restartable(World world) {
    for (int number = 0; number < world.slots().size(); number++) {
      var slot = world.slot(number);
      var restart = new Action.RestartMember(World.name(number));
      if (slot.process() == Node.HUNG
          && slot.place() != Place.OUT
          && world.hasLeader()
          && QuorumGuard.check(world.observe(), restart).safe()) {
        return World.name(number);
      }
    }
    return null;
  }

  /** The same with all that hangs going on again. */
  static World resumed(World world) {
    var next = world;
    for (int number = 0; number < world.slots().size(); number++) {
      var slot = world.slot(number);
      if (slot.process() == Node.HUNG || slot.process() == Node.DEAF) {
        next = next.with(number, new Slot(Node.UP, slot.disk(), slot.place(), slot.caughtUp()));
      }
    }
    return next;
  }

  private static void faults(World world, List<Transition> transitions) {
    var after = world.afterFault();
    for (int number = 0; number < world.slots().size(); number++) {
      var slot = world.slot(number);
      if (slot.process() != Node.NONE) {
        transitions.add(new Transition("kill " + number, after.with(number, slot.with(Node.NONE))));
      }
      if (slot.process() == Node.UP) {
        var hung = new Slot(Node.HUNG, slot.disk(), slot.place(), slot.caughtUp());
        transitions.add(new Transition("hang " + number, after.with(number, hung)));
      }
      if (slot.disk() == Disk.DATA || slot.disk() == Disk.EMPTY) {
        var gone = slot.with(Node.NONE).with(Disk.NONE).withCaughtUp(false);
        transitions.add(
            new Transition("disk and process lost " + number, after.with(number, gone)));
      }
      if (slot.disk() == Disk.DATA && slot.process() == Node.UP) {
        transitions.add(
            new Transition(
                "wiped " + number, after.with(number, slot.with(Disk.EMPTY).withCaughtUp(false))));
        transitions.add(
            new Transition(
                "directory deleted " + number, after.with(number, slot.with(Disk.UNLINKED))));
      }
    }
  }

  /** Does what was published, if the guard still agrees, and checks what must never happen. */
  static World execute(World before, Action action) {
    var idle = before.withPending(null);
    if (!QuorumGuard.check(before.observe(), action).safe()) {
      return idle;
    }
    var after = effect(idle, action);
    if (before.hasQuorum() && before.voters() > 0 && !after.hasQuorum()) {
      fail("%s costs the quorum:%n%s%n%s", action, before, after);
    }
    if (after.count(slot -> slot.place() == Place.LEARNER) > 1) {
      fail("%s makes a second learner:%n%s", action, before);
    }
    return after;
  }

  private static World effect(World world, Action action) {
    int number = MemberNaming.ordinal(action.member());
    var slot = world.slot(number);
    return switch (action) {
      case Action.CreateMember _ ->
          slot.process() == Node.NONE ? world.with(number, slot.with(Node.STARTING)) : world;
      case Action.BootstrapMember _ -> {
        if (world.voters() > 0) {
          fail("a second cluster is made: %s", world);
        }
        yield slot.process() == Node.UP && slot.disk() == Disk.EMPTY
            ? world.with(number, new Slot(Node.UP, Disk.DATA, Place.VOTER, true)).withLeader(number)
            : world;
      }
      case Action.AddLearner _ ->
          world.hasLeader() && slot.place() == Place.OUT
              ? world.with(number, slot.with(Place.LEARNER).withCaughtUp(false))
              : world;
      case Action.JoinMember _ -> {
        if (slot.place() == Place.VOTER) {
          fail("a voter that lost its data joins again: %s", world);
        }
        yield slot.process() == Node.UP && slot.disk() == Disk.EMPTY
            ? world.with(number, slot.with(Disk.DATA))
            : world;
      }
      case Action.PromoteLearner _ ->
          world.hasLeader() && slot.place() == Place.LEARNER && slot.caughtUp()
              ? world.with(number, slot.with(Place.VOTER))
              : world;
      case Action.TransferLeadership transfer -> {
        int target = MemberNaming.ordinal(transfer.target());
        yield world.hasLeader() && world.slot(target).works() ? world.withLeader(target) : world;
      }
      case Action.RemoveMember _ ->
          world.hasLeader() ? world.with(number, slot.with(Place.OUT)) : world;
      case Action.DeleteMember _ -> {
        if (slot.place() != Place.OUT) {
          fail("%s of a member of the configuration: %s", action, world);
        }
        yield world.with(number, slot.with(Node.NONE));
      }
      case Action.DeleteVolume _ -> {
        if (slot.place() != Place.OUT) {
          fail("%s of a member of the configuration: %s", action, world);
        }
        yield world.with(number, Slot.UNUSED);
      }
      case Action.RestartMember _ ->
          slot.process() == Node.NONE ? world : world.with(number, slot.with(Node.STARTING));
      case Action.RenewMember _, Action.GrowVolume _ -> world;
    };
  }
}
