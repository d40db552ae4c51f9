package dev.quorate.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/**
 * The rules of {@link ExplorationTest} in worlds that are too large to be walked whole: up to nine
 * members, any number of faults and edits, at random. {@code -Dworld.seed=N} repeats one, {@code
 * -Dworld.seeds=N} walks at least so many.
 */
class LargeWorldsTest {
  private static final long SEED = Long.getLong("world.seed", 0);
  private static final long BUILD_NANOS = 5_000_000_000L;
  private static final int FEWEST_SEEDS = Integer.getInteger("world.seeds", 40);
  private static final int STEPS = 300;
  private static final int MISFORTUNE_ONE_IN = 12;

  @Test
  void staysSafeAndConvergesFromRandomSeeds() {
    long began = System.nanoTime();
    long steps = 0;
    long seed = Math.max(1, SEED);
    for (int count = 0;
        SEED == 0 ? count < FEWEST_SEEDS || System.nanoTime() - began < BUILD_NANOS : count < 1;
        count++, seed++) {
      steps += walk(seed);
    }
    System.out.printf(
        "random large worlds: seeds up to %d, %,d steps, %d ms%n",
        seed - 1, steps, (System.nanoTime() - began) / 1_000_000);
    assertThat(steps).isPositive();
  }

  private static int walk(long seed) {
    var random = new SplittableRandom(seed);
    var last = new ArrayDeque<String>();
    int members = random.nextInt(1, 10);
    var world = World.steady(members, members, 0, 0);
    try {
      for (int step = 0; step < STEPS; step++) {
        var transition = next(world, random);
        last.add(transition.what());
        if (last.size() > 40) {
          last.remove();
        }
        world = transition.next();
      }
      var calm = world.with(new World.Budget(0, 0, false, true));
      ExplorationTest.converges(
          calm, calm.with(new World.Budget(1, 0, false, true)), new HashSet<>());
      return STEPS;
    } catch (AssertionError error) {
      throw new AssertionError(
          "seed %d (-Dworld.seed=%d), last steps:%n%s%n%s"
              .formatted(seed, seed, String.join("\n", last), error.getMessage()),
          error);
    }
  }

  private static WorldSteps.Transition next(World world, RandomGenerator random) {
    int misfortune = random.nextInt(MISFORTUNE_ONE_IN) == 0 ? 1 : 0;
    int edit = random.nextInt(2 * MISFORTUNE_ONE_IN) == 0 ? 1 : 0;
    boolean scales = random.nextInt(3) == 0;
    var free =
        world.with(
            new World.Budget(
                misfortune,
                edit,
                true,
                scales,
                true,
                random.nextInt(4) == 0,
                random.nextInt(3) == 0));
    var possible = WorldSteps.all(free);
    return possible.get(random.nextInt(possible.size()));
  }
}
