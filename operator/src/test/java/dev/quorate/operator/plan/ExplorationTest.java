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
  private static final int LONGEST_WAY = 400;

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
        converges(world, converging);
      } catch (AssertionError error) {
        throw new AssertionError(story(world, seen) + error.getMessage(), error);
      }
    }
    System.out.printf(
        "exploration %d -> %d members, %d faults, %d edits: %,d states, %,d transitions, %d ms%n",
        members,
        wanted,
        faults,
        edits,
        seen.size(),
        transitions,
        (System.nanoTime() - began) / 1_000_000);
    assertThat(seen).hasSizeGreaterThan(100);
  }

  /** Lets operator and nodes go on without misfortune. */
  private static void converges(World start, Set<World> converging) {
    var way = new ArrayList<World>();
    var world = start;
    boolean lost = !start.majorityOfDisks() && start.voters() > 0;
    while (converging.add(world)) {
      way.add(world);
      if (way.size() > LONGEST_WAY) {
        fail("does not converge: %s", world);
      }
      var next = calmStep(world);
      if (next.equals(world)) {
        boolean untouched = lost && voters(world).equals(voters(start));
        if (!untouched) {
          checkGoal(world);
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
    var progress = WorldSteps.progress(world);
    if (!progress.isEmpty()) {
      return progress.getFirst().next();
    }
    var planned = WorldSteps.plan(world);
    if (!planned.equals(world)) {
      return planned;
    }
    // What hangs out of the operator's reach goes on at last; the rest it restarts itself.
    var neglected = WorldSteps.restartable(world);
    if (neglected != null) {
      fail("%s hangs and is never restarted: %s", neglected, world);
    }
    return WorldSteps.resumed(world);
  }

  private static List<Integer> voters(World world) {
    return IntStream.range(0, world.slots().size())
        .filter(number -> world.slot(number).place() == Place.VOTER)
        .boxed()
        .toList();
  }

  private static void checkGoal(World world) {
    if (world.voters() != world.replicas()
        || world.workingVoters() != world.replicas()
        || world.count(slot -> slot.place() == Place.LEARNER) > 0
        || world.count(slot -> slot.disk() == Disk.UNLINKED) > 0
        || world.count(slot -> slot.place() == Place.OUT && slot.process() != World.Node.NONE) > 0
        || world.step() != null) {
      fail("stops short of the goal: %s", world);
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
