package dev.quorate.simulator;

import java.util.ArrayList;
import java.util.random.RandomGenerator;

/** Crashes, pauses and cuts off nodes at random times, and undoes it later. */
final class FaultInjector {
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
    if (plan.wipes()) {
      every(1_000_000, this::wipe);
    }
  }

  void stop() {
    stopped = true;
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
      simulation.nodes().forEach(this::crash);
    } else {
      crash(anyNode());
    }
  }

  /** Who comes back at once is asked again for what it may have forgotten. */
  private void crash(SimulatedNode node) {
    node.crash();
    for (var other : simulation.nodes()) {
      if (random.nextInt(100) < simulation.plan().noticePercent()) {
        lose(other, node.id());
      }
    }
    undoAfter(random.nextBoolean() ? 5_000 : 500_000, node::start);
  }

  /** A connection breaks although both ends live. */
  private void breakConnection() {
    var leader = simulation.leader();
    lose(anyNode(), leader == null || random.nextInt(4) == 0 ? anyNode().id() : leader.id());
  }

  private void lose(SimulatedNode node, long peer) {
    simulation
        .timeline()
        .after(
            simulation.network().delayMicros(),
            () -> node.receive(process -> process.peerLost(peer)));
  }

  /** Asked while a process waits for its disk: what it has said may be more than what it knows. */
  void beforeSync(SimulatedNode node) {
    if (!stopped && random.nextInt(1000) < simulation.plan().crashBeforeSyncPermille()) {
      simulation.timeline().after(0, () -> crash(node));
    }
  }

  private void pause() {
    var node = anyNode();
    node.pause();
    undoAfter(400_000, node::resume);
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
  private void wipe() {
    var node = anyNode();
    if (simulation.administrator().mayLose(node)) {
      simulation.trace(node.id(), "loses its disk");
      node.wipe();
    }
  }
}
