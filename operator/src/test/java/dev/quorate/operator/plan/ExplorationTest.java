package dev.quorate.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.quorate.operator.plan.World.Disk;
import dev.quorate.operator.plan.World.Place;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Walks every reachable state of small worlds: members killed, hung, their disks lost, the operator
 * dying between any two of its writes, the spec edited at any moment. The operator's own steps
 * never cost the quorum, and from every state the cluster becomes as wanted once misfortune ends,
 * unless a majority of the disks is gone; then the operator touches nothing.
 */
class ExplorationTest {
  private static final int LONGEST_WAY = 1000;

  private record Origin(World from, String what) {}

  @ParameterizedTest(name = "{0} members, {1} wanted, {2} faults, {3} edits")
  @CsvSource({
    "0, 1, 2, 0",
    "0, 1, 1, 1",
    "0, 3, 2, 0",
    "0, 5, 1, 0",
    "1, 3, 2, 0",
    "3, 3, 1, 1",
    "3, 4, 2, 0",
    "3, 5, 1, 0",
    "5, 3, 2, 0",
    "5, 5, 2, 0",
    "4, 4, 2, 0",
    "3, 1, 2, 0",
    "5, 5, 0, 1",
    "3, 3, 3, 0"
  })
  void staysSafeAndConverges(int members, int wanted, int faults, int edits) {
    var start =
        members == 0
            ? World.empty(wanted, faults, edits)
            : World.steady(members, wanted, faults, edits);
    explore(
        start,
        "exploration %d -> %d members, %d faults, %d edits"
            .formatted(members, wanted, faults, edits));
  }

  /** Edits ask for templates: a good one, one that does not run, one that holds something else. */
  @ParameterizedTest(name = "{0} members, {1} faults, {2} edits of the template, stale caches: {3}")
  @CsvSource({
    "1, 1, 1, false",
    "1, 1, 2, true",
    "1, 1, 3, false",
    "1, 1, 4, false",
    "2, 1, 2, true",
    "2, 1, 3, false",
    "2, 2, 1, true",
    "3, 0, 2, false",
    "3, 0, 3, false",
    "3, 1, 1, true",
    "3, 1, 2, false",
    "3, 2, 1, true",
    "4, 1, 1, false",
    "5, 0, 1, true",
    "5, 1, 1, false"
  })
  void updatesSafelyAndConverges(int members, int faults, int edits, boolean stale) {
    var start =
        World.steady(members, members, 0, 0).with(new World.Budget(faults, edits, stale, false));
    explore(
        start,
        "exploration of updates of %d members, %d faults, %d edits%s"
            .formatted(members, faults, edits, stale ? ", stale caches" : ""));
  }

  /**
   * Machines are lost, cordoned and drained, and members hang for good, beside all else; what is
   * away comes back at any moment, or not before all that can be done without it is done.
   */
  @ParameterizedTest(name = "{0} members, {1} wanted, {2} faults of machines, stale caches: {3}")
  @CsvSource({
    "1, 1, 2, true",
    "1, 3, 1, false",
    "2, 2, 2, false",
    "3, 3, 1, true",
    "3, 3, 2, true",
    "3, 4, 1, false",
    "4, 3, 2, false",
    "5, 5, 2, false"
  })
  void replacesWhatIsLostAndConverges(int members, int wanted, int faults, boolean stale) {
    var start =
        World.steady(members, wanted, 0, 0).with(new World.Budget(faults, 0, stale, true, true));
    explore(
        start,
        "exploration of machines of %d -> %d members, %d faults%s"
            .formatted(members, wanted, faults, stale ? ", stale caches" : ""));
  }

  /** The user lets the cluster sleep, and wakes it, at any moment; other edits come between. */
  @ParameterizedTest(name = "{0} members, {1} wanted, {2} faults, {3} edits, stale: {4}, {5}")
  @CsvSource({
    "0, 1, 1, 1, false, SCALE",
    "0, 3, 0, 2, false, SCALE",
    "1, 1, 1, 2, true, TEMPLATE",
    "1, 3, 1, 1, false, SCALE",
    "2, 2, 1, 2, false, TEMPLATE",
    "3, 3, 1, 1, true, TEMPLATE",
    "3, 3, 1, 2, false, TEMPLATE",
    "3, 3, 0, 2, true, SCALE",
    "3, 3, 1, 1, true, MACHINES",
    "3, 4, 1, 1, false, SCALE",
    "4, 3, 1, 1, false, SCALE"
  })
  void sleepsAndWakesAsWanted(
      int members, int wanted, int faults, int edits, boolean stale, Edits kind) {
    boolean scales = kind != Edits.TEMPLATE;
    var budget =
        new World.Budget(faults, edits, stale, scales, kind == Edits.MACHINES, true, false);
    var start =
        members == 0 ? World.empty(wanted, faults, edits) : World.steady(members, wanted, 0, 0);
    explore(
        start.with(budget),
        "exploration of sleep of %d -> %d members, %d faults, %d edits (%s)%s"
            .formatted(members, wanted, faults, edits, kind, stale ? ", stale caches" : ""));
  }

  enum Edits {
    SCALE,
    TEMPLATE,
    MACHINES
  }

  /**
   * Edits ask for volumes of any kind, and let members be replaced for that or not, at any moment;
   * with {@code scales} also for another number of members, with {@code machines} beside machines
   * that are lost, cordoned and drained.
   */
  @ParameterizedTest(
      name =
          "{0} members, {1} faults, {2} edits of volumes, scaled: {3}, machines: {4}, stale: {5}")
  @CsvSource({
    "1, 2, 1, false, false, true",
    "1, 0, 2, true, false, false",
    "2, 1, 1, false, false, true",
    "3, 0, 2, false, false, false",
    "3, 1, 1, false, true, true",
    "3, 1, 1, true, false, false",
    "4, 1, 1, false, false, false",
    "5, 1, 1, false, true, false"
  })
  void replacesForVolumesAndConverges(
      int members, int faults, int edits, boolean scales, boolean machines, boolean stale) {
    var start =
        World.steady(members, members, 0, 0)
            .with(new World.Budget(faults, edits, stale, scales, machines, false, true));
    explore(
        start,
        "exploration of volumes of %d members, %d faults, %d edits%s%s%s"
            .formatted(
                members,
                faults,
                edits,
                scales ? ", scaled" : "",
                machines ? ", machines" : "",
                stale ? ", stale caches" : ""));
  }

  /**
   * Volumes fill at any moment, and grow by themselves, or their members are replaced where a class
   * does not let them grow and the spec lets members go; more or fewer members are wanted, too.
   */
  @ParameterizedTest(
      name = "{0} members, {1} faults, {2} edits, class grows: {3}, replaces: {4}, machines: {5}")
  @CsvSource({
    "1, 1, 1, true, false, false",
    "1, 2, 0, true, false, true",
    "1, 1, 1, false, true, false",
    "3, 2, 0, true, false, false",
    "3, 1, 0, true, false, true",
    "3, 1, 1, true, true, false",
    "3, 1, 0, false, false, true",
    "3, 1, 0, false, true, true",
    "3, 1, 1, false, true, false",
    "4, 1, 0, true, false, false",
    "5, 1, 0, false, true, false"
  })
  void growsWhatFillsAndConverges(
      int members, int faults, int edits, boolean grows, boolean replaces, boolean machines) {
    int volume = grows ? 0 : 2;
    var start =
        World.steady(members, members, 0, 0)
            .with(new World.Wish(members, 0, volume, replaces))
            .with(new World.Budget(faults, edits, machines, true, machines, false, false, true));
    for (int number = 0; number < members; number++) {
      start = start.with(number, start.slot(number).on(volume));
    }
    explore(
        start,
        "exploration of full volumes of %d members, %d faults, %d edits%s%s%s"
            .formatted(
                members,
                faults,
                edits,
                grows ? "" : ", no growth",
                replaces ? ", replaced" : "",
                machines ? ", machines, stale caches" : ""));
  }

  private static void explore(World start, String what) {
    long began = System.nanoTime();
    Map<World, Origin> seen = new HashMap<>();
    Set<World> converging = new HashSet<>();
    var queue = new ArrayDeque<World>();
    seen.put(start, new Origin(start, "start"));
    queue.add(start);
    long transitions = 0;
    while (!queue.isEmpty()) {
      var world = queue.poll();
      try {
        for (var transition : WorldSteps.all(world)) {
          transitions++;
          if (seen.putIfAbsent(transition.next(), new Origin(world, transition.what())) == null) {
            queue.add(transition.next());
          }
        }
        converges(world, start, converging);
      } catch (AssertionError error) {
        throw new AssertionError(story(world, seen) + error.getMessage(), error);
      }
    }
    System.out.printf(
        "%s: %,d states, %,d transitions, %d ms%n",
        what, seen.size(), transitions, (System.nanoTime() - began) / 1_000_000);
    assertThat(seen.size()).isGreaterThan(70);
  }

  /** Lets operator and nodes go on without misfortune. */
  static void converges(World start, World beginning, Set<World> converging) {
    var way = new ArrayList<World>();
    try {
      converge(start, beginning, converging, way);
    } catch (AssertionError error) {
      var calm = way.stream().map(ExplorationTest::told).distinct().toList();
      throw new AssertionError(
          "then calm: " + String.join("; ", calm) + "\n" + error.getMessage(), error);
    }
  }

  private static String told(World world) {
    var plan = ClusterPlanner.plan(world.spec(), world.observe(), World.NOW);
    return plan.summary() + (plan.waits() ? ", waiting for " + plan.waitingFor() : "");
  }

  private static void converge(
      World start, World beginning, Set<World> converging, List<World> way) {
    var world = start;
    boolean lost = !start.majorityOfDisks() && start.voters() > 0;
    while (converging.add(world)) {
      way.add(world);
      if (way.size() > LONGEST_WAY) {
        fail("does not converge: %s", world);
      }
      var next = calmStep(world);
      if (next.equals(world) && world.wish().hibernated()) {
        WorldSleep.checkAsleep(world);
        world = WorldSleep.woken(world);
        continue;
      }
      if (next.equals(world)) {
        boolean untouched = lost && voters(world).equals(voters(start));
        if (!untouched) {
          checkGoal(world, beginning);
        }
        return;
      }
      world = next;
    }
    if (way.contains(world)) {
      fail("goes round in circles: %s", world);
    }
  }

  private static World calmStep(World world) {
    var pending = world.pending();
    if (pending != null) {
      return WorldSteps.execute(world, pending);
    }
    if (world.cached() != null) {
      return world.withCached(null);
    }
    var progress = WorldSteps.progress(world);
    if (!progress.isEmpty()) {
      return progress.getFirst().next();
    }
    var planned = WorldSteps.plan(world);
    if (!planned.equals(world)) {
      return planned;
    }
    var late = WorldSteps.timePasses(world);
    if (late != null) {
      return late;
    }
    // What hangs out of the operator's reach goes on at last; the rest it restarts itself.
    var neglected = WorldSteps.restartable(world);
    if (neglected != null) {
      fail("%s hangs and is never restarted: %s", neglected, world);
    }
    var lost = WorldMachines.neglected(world);
    if (lost != null) {
      fail("%s is lost and never replaced: %s", lost, world);
    }
    if (WorldMachines.leadsInVain(world)) {
      fail("leadership stays on a machine that is about to be emptied: %s", world);
    }
    var later = WorldMachines.anHourLater(world);
    if (!later.equals(world)) {
      return later;
    }
    var awaited = WorldMachines.awaitedInVain(world);
    if (awaited != null) {
      fail("%s hangs, was never in the cluster, and is waited for: %s", awaited, world);
    }
    // Machines come back last: nothing may need that but what only they can mend.
    return WorldSteps.resumed(world);
  }

  private static List<Integer> voters(World world) {
    return IntStream.range(0, world.slots().size())
        .filter(number -> world.slot(number).place() == Place.VOTER)
        .boxed()
        .toList();
  }

  private static void checkGoal(World world, World beginning) {
    if (world.voters() != world.wish().replicas()
        || world.workingVoters() != world.wish().replicas()
        || world.count(slot -> slot.place() == Place.LEARNER) > 0
        || world.count(slot -> slot.disk() == Disk.UNLINKED) > 0
        || world.count(slot -> slot.place() == Place.OUT && slot.process() != World.Node.NONE) > 0
        || world.status().step() != null) {
      fail("stops short of the goal: %s", world);
    }
    checkTemplates(world, beginning);
    WorldVolumes.checkGoal(world);
  }

  /**
   * All as wanted, or the wanted one was tried, did not prove itself, and nobody is left with it.
   */
  private static void checkTemplates(World world, World beginning) {
    int wanted = world.wish().template();
    boolean rejected = world.status().verdicts().rejected(World.template(wanted));
    boolean misfortune = world.budget().faults() < beginning.budget().faults();
    boolean bad = wanted == World.BROKEN || wanted == World.ASTRAY;
    if (rejected && !bad && !misfortune) {
      fail("a good template is rejected: %s", world);
    }
    for (var slot : world.slots()) {
      // One that stays alone has nobody to differ from.
      boolean unproven =
          slot.unproven() && !(world.voters() == 1 && slot.running() == World.ASTRAY);
      boolean asWanted = slot.running() == wanted && slot.ordered() == wanted;
      boolean asBefore = rejected && !unproven && slot.running() == slot.ordered();
      if (slot.place() != Place.OUT && !asWanted && !asBefore) {
        fail("a member is neither as wanted nor as before: %s", world);
      }
      if (unproven) {
        fail("a member keeps what did not prove itself: %s", world);
      }
    }
  }

  private static String story(World end, Map<World, Origin> seen) {
    var lines = new ArrayDeque<String>();
    var world = end;
    while (seen.containsKey(world)) {
      var origin = seen.get(world);
      lines.addFirst(origin.what());
      if (origin.from().equals(world)) {
        break;
      }
      world = origin.from();
    }
    return String.join("\n", lines) + "\n";
  }
}
