package dev.quorate.simulator;

import dev.quorate.simulator.SimulatedWatcher.Wish;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** Clients that watch, each somewhere, and go on elsewhere when that ends. */
final class Watchers {
  private final Simulation simulation;
  private final RandomGenerator random;
  private final List<SimulatedWatcher> watchers = new ArrayList<>();

  Watchers(Simulation simulation, RandomGenerator random) {
    this.simulation = simulation;
    this.random = random;
  }

  void start() {
    for (int i = 0; i < simulation.plan().watchers(); i++) {
      var watcher = new SimulatedWatcher(simulation, random, draw());
      watchers.add(watcher);
      simulation.timeline().after(random.nextInt(3_000_000), watcher::begin);
    }
  }

  private Wish draw() {
    boolean filters = random.nextInt(4) == 0;
    boolean puts = !filters || random.nextBoolean();
    boolean previous = random.nextBoolean();
    boolean progress = random.nextBoolean();
    return switch (random.nextInt(4)) {
      case 0 -> {
        String key = Workload.PREFIX + random.nextInt(4);
        yield new Wish(key, "", puts, !filters || !puts, previous, progress);
      }
      case 1 -> prefix(LeaseHolders.PREFIX, filters, puts, previous, progress);
      case 2 -> prefix(Workload.PREFIX, filters, puts, previous, progress);
      default -> new Wish("a", "z", puts, !filters || !puts, previous, progress);
    };
  }

  private static Wish prefix(
      String prefix, boolean filters, boolean puts, boolean previous, boolean progress) {
    return new Wish(prefix, Requests.endOf(prefix), puts, !filters || !puts, previous, progress);
  }

  /** In the calm: whether all were told of everything. */
  boolean haveAll() {
    return watchers.stream().allMatch(SimulatedWatcher::hasAll);
  }
}
