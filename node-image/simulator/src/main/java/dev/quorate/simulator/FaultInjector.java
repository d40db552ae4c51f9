package dev.quorate.simulator;

import java.util.ArrayList;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/** Crashes, pauses and cuts off nodes and spoils disks at random times, and undoes it later. */
final class FaultInjector {
  private static final long LOSS_MICROS = 1_000_000;

  private final Simulation simulation;
  private final RandomGenerator random;
  private boolean stopped;

  FaultInjector(Simulation simulation, RandomGenerator random) {
    this.simulation = simulation;
    this.random = random;
  }

  void start() {
    var plan = simulation.plan();
    every(plan.crashMicros(), this::crash);
    every(plan.pauseMicros(), this::pause);
    every(plan.partitionMicros(), this::partition);
    every(plan.breakMicros(), this::breakConnection);
    every(plan.diskErrorMicros(), this::failDisk);
    every(plan.fullDiskMicros(), this::fillDisk);
    if (plan.losesDisks()) {
      every(LOSS_MICROS, this::loseDisk);
    }
    // Who was alone at the beginning has nobody to ask.
    if (plan.emptiesDisks() && plan.nodes() > 1) {
      every(LOSS_MICROS, this::emptyDisk);
    }
    if (plan.cutPermille() > 0) {
      every(LOSS_MICROS, () -> anyNode().disk().cutPower(random.nextInt(plan.cutPermille() + 1)));
    }
  }

  void stop() {
    stopped = true;
    simulation.nodes().forEach(node -> node.disk().heal());
  }

  private void every(long meanMicros, Runnable fault) {
    if (meanMicros > 0) {
      simulation
          .timeline()
          .after(
              random.nextLong(2 * meanMicros),
              () -> {
                if (!stopped) {
                  fault.run();
                  every(meanMicros, fault);
                }
              });
    }
  }

  private void undoAfter(long maxMicros, Runnable action) {
    simulation.timeline().after(random.nextLong(maxMicros), action);
  }

  private SimulatedNode anyNode() {
    var nodes = new ArrayList<>(simulation.nodes());
    return nodes.get(random.nextInt(nodes.size()));
  }

  /** One node, sometimes all at once as in a power cut. */
  private void crash() {
    if (random.nextInt(6) == 0) {
      new ArrayList<>(simulation.nodes()).forEach(this::crash);
    } else {
      crash(anyNode());
    }
  }

  /** Who comes back at once is asked again for what it may have forgotten. */
  void crash(SimulatedNode node) {
    node.crash();
    for (var other : simulation.nodes()) {
      if (random.nextInt(100) < simulation.plan().noticePercent()) {
        lose(other, node.id());
      }
    }
    startLater(node);
  }

  void startLater(SimulatedNode node) {
    undoAfter(random.nextBoolean() ? 5_000 : 500_000, node::start);
  }

  /** A process that has stopped itself ends, and somebody starts it again. */
  void restartLater(SimulatedNode node) {
    var process = node.incarnation();
    undoAfter(
        500_000,
        () -> {
          if (node.incarnation() == process) {
            crash(node);
          }
        });
  }

  /** A connection breaks although both ends live. */
  private void breakConnection() {
    var leader = simulation.leader();
    lose(anyNode(), leader == null || random.nextInt(4) == 0 ? anyNode().id() : leader.id());
  }

  private void lose(SimulatedNode node, long peer) {
    Consumer<Incarnation> notice = process -> process.transport().receiver().lost(peer);
    simulation.timeline().after(simulation.network().delayMicros(), () -> node.receive(notice));
  }

  private void pause() {
    var node = anyNode();
    node.pause();
    undoAfter(400_000, node::resume);
  }

  private void failDisk() {
    var node = anyNode();
    simulation.coverage().count(Coverage.Event.DISK_ERROR);
    node.disk().fail(true);
    undoAfter(300_000, () -> node.disk().fail(false));
  }

  private void fillDisk() {
    var node = anyNode();
    simulation.coverage().count(Coverage.Event.FULL_DISK);
    node.disk().fill(true);
    undoAfter(1_000_000, () -> node.disk().fill(false));
  }

  /** Splits the nodes in two, takes the leader aside, or cuts one direction only. */
  private void partition() {
    var nodes = new ArrayList<>(simulation.nodes());
    var leader = simulation.leader();
    if (random.nextInt(3) == 0) {
      simulation.network().cut(anyNode().id(), anyNode().id());
    } else if (leader != null && random.nextBoolean()) {
      for (var node : nodes) {
        simulation.network().cut(leader.id(), node.id());
        simulation.network().cut(node.id(), leader.id());
      }
    } else {
      int border = random.nextInt(nodes.size());
      boolean oneWay = random.nextInt(3) == 0;
      var shuffled = new ArrayList<SimulatedNode>();
      while (!nodes.isEmpty()) {
        shuffled.add(nodes.remove(random.nextInt(nodes.size())));
      }
      for (var left : shuffled.subList(0, border)) {
        for (var right : shuffled.subList(border, shuffled.size())) {
          simulation.network().cut(left.id(), right.id());
          if (!oneWay) {
            simulation.network().cut(right.id(), left.id());
          }
        }
      }
    }
    undoAfter(1_000_000, simulation.network()::heal);
  }

  /** A disk is lost only where the rest can go on, as in promise 1: a majority of disks lives. */
  private void loseDisk() {
    var node = anyNode();
    if (simulation.administrator().mayLose(node)) {
      if (random.nextBoolean()) {
        simulation.trace(node.id(), "loses its disk");
        node.wipe();
      } else {
        simulation.trace(node.id(), "has a bit flipped on its disk");
        node.flipBit();
      }
    }
  }

  /**
   * A founder comes back with an empty disk, sometimes when all of them come back at once. The
   * others know only from what it published that it was here.
   */
  private void emptyDisk() {
    var node = anyNode();
    if (node.isFounder()
        && simulation.administrator().mayLose(node)
        && simulation.hasPublished(node.id())) {
      simulation.trace(node.id(), "gets an empty disk");
      if (random.nextBoolean()) {
        new ArrayList<>(simulation.nodes()).forEach(this::crash);
      }
      node.empty();
      if (!simulation.foundersAsk()) {
        simulation.checker().emptied(node.id());
      }
      startLater(node);
    }
  }
}
