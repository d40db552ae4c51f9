package dev.quorate.simulator;

import dev.quorate.raft.Message;
import java.util.Set;
import java.util.TreeSet;
import java.util.random.RandomGenerator;

/** Loses, delays, repeats and reorders messages, and cuts directions off altogether. */
final class SimulatedNetwork {
  private record Direction(long from, long to) implements Comparable<Direction> {
    @Override
    public int compareTo(Direction other) {
      int order = Long.compare(from, other.from);
      return order != 0 ? order : Long.compare(to, other.to);
    }
  }

  private final Timeline timeline;
  private final FaultPlan plan;
  private final RandomGenerator random;
  private final Set<Direction> cut = new TreeSet<>();
  private boolean faultless;

  SimulatedNetwork(Timeline timeline, FaultPlan plan, RandomGenerator random) {
    this.timeline = timeline;
    this.plan = plan;
    this.random = random;
  }

  void send(Message message, Runnable delivery) {
    if (loses()) {
      return;
    }
    deliver(message.from(), message.to(), delivery);
    // A transport must not repeat proposals: the core would take them for new ones.
    boolean repeatable = !(message instanceof Message.ForwardProposals);
    if (repeatable && !faultless && random.nextInt(1000) < plan.duplicatePermille()) {
      deliver(message.from(), message.to(), delivery);
    }
  }

  /** Once, or not at all. */
  void sendOnce(long from, long to, Runnable delivery) {
    if (!loses()) {
      deliver(from, to, delivery);
    }
  }

  private boolean loses() {
    return !faultless && random.nextInt(1000) < plan.dropPermille();
  }

  private void deliver(long from, long to, Runnable delivery) {
    timeline.after(
        delayMicros(),
        () -> {
          if (!cut.contains(new Direction(from, to))) {
            delivery.run();
          }
        });
  }

  /** Mostly short, sometimes long enough that later messages overtake. */
  long delayMicros() {
    if (faultless) {
      return 100L + random.nextInt(400);
    }
    int bound = plan.networkDelayMicros();
    return 50L + random.nextInt(random.nextInt(20) == 0 ? 10 * bound : bound);
  }

  void cut(long from, long to) {
    cut.add(new Direction(from, to));
  }

  void heal() {
    cut.clear();
  }

  /** No faults from now on. */
  void calm() {
    heal();
    faultless = true;
  }
}
