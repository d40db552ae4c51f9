package dev.quorate.simulator;

import dev.quorate.raft.Message;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
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
  private final Consumer<Message> receiver;
  private final Set<Direction> cut = new TreeSet<>();
  private boolean faultless;

  SimulatedNetwork(
      Timeline timeline, FaultPlan plan, RandomGenerator random, Consumer<Message> receiver) {
    this.timeline = timeline;
    this.plan = plan;
    this.random = random;
    this.receiver = receiver;
  }

  void send(Message message) {
    if (!faultless && random.nextInt(1000) < plan.dropPermille()) {
      return;
    }
    deliverLater(message);
    // A transport must not repeat proposals: the core would take them for new ones.
    boolean repeatable = !(message instanceof Message.ForwardProposals);
    if (repeatable && !faultless && random.nextInt(1000) < plan.duplicatePermille()) {
      deliverLater(message);
    }
  }

  private void deliverLater(Message message) {
    timeline.after(
        delayMicros(),
        () -> {
          if (!isCut(message.from(), message.to())) {
            receiver.accept(message);
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

  boolean isCut(long from, long to) {
    return cut.contains(new Direction(from, to));
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
