package dev.quorate.operator.plan;

import static org.assertj.core.api.Assertions.fail;

import dev.quorate.operator.plan.Comparison.Outcome;
import dev.quorate.operator.plan.World.Disk;
import dev.quorate.operator.plan.World.Node;
import dev.quorate.operator.plan.World.Place;
import dev.quorate.operator.plan.World.Site;
import dev.quorate.operator.platform.TemplateChange;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
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
      transitions.add(new Transition("operator dies or is refused", world.withPending(null)));
      if (pending instanceof Action.UpdateMember(var member, var change)) {
        transitions.add(
            new Transition(
                "operator dies half-way through " + pending,
                ordered(world.withPending(null), MemberNaming.ordinal(member), change.to())));
      }
    } else {
      transitions.add(new Transition("plan", plan(world)));
    }
    transitions.addAll(progress(world));
    transitions.addAll(WorldMachines.recoveries(world));
    if (world.cached() != null) {
      transitions.add(new Transition("caches catch up", world.withCached(null)));
    }
    if (world.budget().faults() > 0) {
      faults(world, transitions);
    }
    if (world.budget().edits() > 0) {
      edits(world, transitions);
    }
    return transitions;
  }

  /** A cluster is either scaled or updated, so that its worlds stay countable. */
  private static void edits(World world, List<Transition> transitions) {
    var wish = world.wish();
    var after = world.with(world.budget().afterEdit());
    if (world.budget().hibernates()) {
      transitions.add(WorldSleep.edit(world, after));
    }
    if (world.budget().volumes()) {
      WorldVolumes.edits(world, after, transitions);
    }
    if (world.budget().scales()) {
      for (int replicas = 1; replicas <= 5; replicas++) {
        if (replicas != wish.replicas()) {
          transitions.add(
              new Transition("replicas " + replicas, after.with(wish.replicas(replicas))));
        }
      }
    } else if (!world.budget().volumes()) {
      for (int template = 0; template < World.TEMPLATES; template++) {
        if (template != wish.template()) {
          transitions.add(
              new Transition("template " + template, after.with(wish.template(template))));
        }
      }
    }
  }

  /** One pass of the operator up to its write of the status. */
  static World plan(World world) {
    var seen = world.observe();
    var plan = ClusterPlanner.plan(world.spec(), seen, World.NOW);
    WorldSleep.checkPlan(world, plan);
    WorldView.checkTold(world, plan);
    WorldVolumes.check(world, seen, plan);
    return world.publish(plan);
  }

  /** What nodes do by themselves. */
  static List<Transition> progress(World world) {
    var transitions = new ArrayList<>(WorldSleep.ends(world));
    for (int number = 0; number < world.slots().size(); number++) {
      var slot = world.slot(number);
      if (slot.process() == Node.STARTING && !slot.broken() && !slot.waits() && !slot.asleep()) {
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
      for (int elected : electable(world)) {
        transitions.add(new Transition("elect " + elected, world.withLeader(elected)));
      }
    }
    return transitions;
  }

  /** Oldest or newest: which one leads matters only for who is removed or updated first. */
  private static SortedSet<Integer> electable(World world) {
    var able =
        IntStream.range(0, world.slots().size())
            .filter(n -> world.slot(n).place() == Place.VOTER && world.slot(n).works())
            .boxed()
            .toList();
    return new TreeSet<>(List.of(able.getFirst(), able.getLast()));
  }

  /** The time that a member is given to come back ends. */
  static @Nullable World timePasses(World world) {
    var step = world.status().step();
    if (step == null
        || step.operation() != Step.Operation.UPDATE_MEMBER
        || step.startedAt().equals(World.LONG_AGO)) {
      return null;
    }
    // What the leader was asked is the same question still.
    return world.with(world.status().with(step.beginningAt(World.LONG_AGO)));
  }

  /** A member that hangs and that the operator may restart. */
  static @Nullable String restartable(World world) {
    for (int number = 0; number < world.slots().size(); number++) {
      var slot = world.slot(number);
      var restart = new Action.RestartMember(World.name(number));
      if (slot.process() == Node.HUNG
          && slot.place() != Place.OUT
          && slot.site() != Site.LOST
          && world.hasLeader()
          && QuorumGuard.check(world.observe(), restart).safe()) {
        return World.name(number);
      }
    }
    return null;
  }

  /** The same with all that hangs going on again, and all machines back. */
  static World resumed(World world) {
    var next = world;
    for (int number = 0; number < world.slots().size(); number++) {
      var slot = world.slot(number).back();
      boolean hangs =
          switch (slot.process()) {
            case HUNG, STUCK, DEAF -> true;
            case NONE, STARTING, UP -> false;
          };
      next = next.with(number, hangs ? slot.in(Node.UP) : slot);
    }
    return next;
  }

  private static void faults(World world, List<Transition> transitions) {
    var after = world.afterFault();
    if (world.hasLeader() && !world.budget().scales()) {
      for (int elected : electable(world)) {
        if (elected != world.leader()) {
          transitions.add(new Transition("leader moves to " + elected, after.withLeader(elected)));
        }
      }
    }
    var late = timePasses(after);
    if (late != null) {
      transitions.add(new Transition("time passes", late));
    }
    if (world.cached() == null && world.budget().stale()) {
      transitions.add(new Transition("caches stall", after.withCached(world.slots())));
    }
    if (world.budget().machines()) {
      WorldMachines.faults(world, after, transitions);
    }
    if (world.budget().fills()) {
      WorldVolumes.faults(world, after, transitions);
    }
    for (int number = 0; number < world.slots().size(); number++) {
      var slot = world.slot(number);
      if (slot.site() == Site.LOST) {
        continue; // Nobody would know.
      }
      if (slot.process() != Node.NONE) {
        transitions.add(new Transition("kill " + number, after.with(number, slot.with(Node.NONE))));
      }
      if (slot.process() == Node.UP) {
        transitions.add(new Transition("hang " + number, after.with(number, slot.in(Node.HUNG))));
      }
      if (slot.disk() == Disk.DATA || slot.disk() == Disk.EMPTY) {
        var gone =
            slot.place() == Place.OUT
                ? Slot.UNUSED
                : slot.with(Node.NONE).with(Disk.NONE).withCaughtUp(false);
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
    boolean unavoidable =
        (action instanceof Action.UpdateMember && before.voters() <= 2)
            || action instanceof Action.StopMember
            || before.slot(MemberNaming.ordinal(action.member())).fallsAsleep();
    if (before.hasQuorum() && before.voters() > 0 && !after.hasQuorum() && !unavoidable) {
      fail("%s costs the quorum:%n%s%n%s", action, before, after);
    }
    if (after.count(slot -> slot.place() == Place.LEARNER) > 1) {
      fail("%s makes a second learner:%n%s", action, before);
    }
    if (after.count(Slot::unproven) > Math.max(1, before.count(Slot::unproven))) {
      fail("%s spreads what has not proved itself:%n%s%n%s", action, before, after);
    }
    if (action instanceof Action.UpdateMember(var member, _)) {
      checkUpdate(before, after, MemberNaming.ordinal(member));
    }
    if (action instanceof Action.RemoveMember(var member, _, boolean lost) && lost) {
      WorldMachines.checkReplacement(before, MemberNaming.ordinal(member));
    }
    return after;
  }

  /** A member that works is ended only while all others work, and never the leader. */
  private static void checkUpdate(World before, World after, int number) {
    var slot = before.slot(number);
    boolean ends = slot.works() && !after.slot(number).works();
    if (!ends) {
      return;
    }
    if (before.leader() == number && before.hasLeader() && before.voters() > 1) {
      fail("the leader is ended without handing over:%n%s", before);
    }
    for (int other = 0; other < before.slots().size(); other++) {
      if (other != number
          && before.slot(other).place() != Place.OUT
          && !before.slot(other).works()) {
        fail("%d is ended while %d does not work:%n%s", number, other, before);
      }
    }
  }

  /** What is written is in the operator's own caches at once. */
  private static World ordered(World world, int number, int template) {
    var next = world.with(number, world.slot(number).ordered(template));
    var cached = world.cached();
    if (cached == null || number >= cached.size()) {
      return next;
    }
    var seen = new ArrayList<>(cached);
    seen.set(number, seen.get(number).ordered(template));
    return next.withCached(seen);
  }

  private static World ordered(World world, int number, String template) {
    return ordered(world, number, World.template(template));
  }

  /** The pod that was seen is ended, not one that replaced it since, and starts from its order. */
  private static World restarted(World world, int number) {
    var slot = world.slot(number);
    var seen = world.seen(number);
    boolean same =
        seen.process() != Node.NONE
            && slot.site() != Site.LOST // Nobody is there to end it.
            && seen.running() == slot.running()
            && (seen.process() == Node.STARTING || slot.process() != Node.STARTING);
    return slot.process() == Node.NONE || !same
        ? world
        : world.with(number, slot.with(Node.STARTING).withCaughtUp(slot.place() == Place.OUT));
  }

  private static World updated(World world, int number, TemplateChange change, boolean runningToo) {
    var next = ordered(world, number, change.to());
    var slot = next.slot(number);
    boolean made = slot.running() == World.template(change.to());
    return made || (!runningToo && slot.process() != Node.STARTING)
        ? next
        : restarted(next, number);
  }

  private static Outcome compared(Slot slot) {
    if (!slot.works()) {
      return Outcome.FAILED;
    }
    return slot.running() == World.ASTRAY ? Outcome.DIFFERENT : Outcome.EQUAL;
  }

  private static World founded(World world, int number) {
    if (world.voters() > 0) {
      fail("a second cluster is made: %s", world);
    }
    var slot = world.slot(number);
    return slot.answers() && slot.disk() == Disk.EMPTY
        ? world
            .with(number, slot.with(Disk.DATA).with(Place.VOTER).withCaughtUp(true))
            .withLeader(number)
        : world;
  }

  private static void requireNoMember(World world, Slot slot, Action action) {
    if (slot.place() != Place.OUT) {
      fail("%s of a member of the configuration: %s", action, world);
    }
  }

  private static World effect(World world, Action action) {
    int number = MemberNaming.ordinal(action.member());
    var slot = world.slot(number);
    return switch (action) {
      case Action.CreateMember(_, var template) -> {
        // A slot that was never ordered takes what it is told.
        int told = slot.ordered() < 0 ? World.template(String.valueOf(template)) : slot.ordered();
        var made =
            slot.ordered() < 0 ? world.with(number, slot.on(WorldVolumes.wanted(world))) : world;
        yield WorldSleep.created(made, number, told);
      }
      case Action.StopMember _ -> WorldSleep.stopped(world, number);
      case Action.BootstrapMember _ -> founded(world, number);
      case Action.AddLearner _ ->
          world.hasLeader() && slot.place() == Place.OUT
              ? world.with(number, slot.with(Place.LEARNER).withCaughtUp(false))
              : world;
      case Action.JoinMember _ -> {
        if (slot.place() == Place.VOTER) {
          fail("a voter that lost its data joins again: %s", world);
        }
        yield slot.answers() && slot.disk() == Disk.EMPTY
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
        requireNoMember(world, slot, action);
        boolean stays = slot.site() == Site.LOST && !slot.waits();
        yield world.with(number, (stays ? slot : slot.with(Node.NONE)).ordered(-1).asleep(false));
      }
      case Action.DeleteVolume _ -> {
        requireNoMember(world, slot, action);
        yield world.with(number, Slot.UNUSED);
      }
      case Action.RestartMember _ -> restarted(world, number);
      case Action.UpdateMember(_, var change) -> updated(world, number, change, true);
      case Action.RenewMember(_, var change) -> updated(world, number, change, false);
      case Action.KeepTemplate(_, var template) ->
          updated(world, number, new TemplateChange(null, template), false);
      case Action.CompareState _ -> world.hasLeader() ? world.withCompared(compared(slot)) : world;
      case Action.GrowVolume _ -> WorldVolumes.grown(world, number);
    };
  }
}
