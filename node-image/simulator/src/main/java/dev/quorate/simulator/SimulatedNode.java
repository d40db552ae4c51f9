package dev.quorate.simulator;

import dev.quorate.api.etcd.Member;
import dev.quorate.node.kv.KvStateMachine;
import dev.quorate.raft.HardState;
import dev.quorate.raft.Message;
import dev.quorate.raft.log.EntryId;
import java.util.ArrayDeque;
import java.util.List;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** One node through crashes, restarts and pauses. */
final class SimulatedNode {
  private static final EntryId BASE = new EntryId(1, 1);

  private final long id;
  private final Simulation simulation;
  private final RandomGenerator.SplittableGenerator random;
  private final SimulatedDisk disk = new SimulatedDisk();
  private final long tickMicros;
  private @Nullable Incarnation incarnation;
  private boolean dead;

  /** What reaches a paused process waits for it. */
  private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();

  private boolean paused;

  /** A node without first members is empty: it waits to be taken in. */
  SimulatedNode(
      long id,
      Simulation simulation,
      RandomGenerator.SplittableGenerator random,
      List<Member> founders) {
    this.id = id;
    this.simulation = simulation;
    this.random = random;
    // No two clocks run alike.
    this.tickMicros = 9_000L + random.nextInt(2_000);
    if (!founders.isEmpty()) {
      KvStateMachine.bootstrap(disk.state(), BASE, founders);
      disk.state().flush();
      disk.write(
          new HardState(BASE.term(), 0, BASE.index()),
          new KvStateMachine(disk.state()).appliedSnapshot(),
          List.of());
    }
    start();
    simulation.timeline().after(random.nextInt(10_000), this::tick);
  }

  long id() {
    return id;
  }

  /** The running process, paused or not; nothing after a crash. */
  @Nullable Incarnation incarnation() {
    return incarnation;
  }

  boolean isUp() {
    return incarnation != null && !paused;
  }

  boolean isDead() {
    return dead;
  }

  private void tick() {
    if (!dead) {
      if (isUp()) {
        receive(Incarnation::tick);
      }
      simulation.timeline().after(tickMicros, this::tick);
    }
  }

  void start() {
    if (incarnation == null && !dead) {
      disk.reopen();
      disk.fitLogToState();
      incarnation = new Incarnation(this, simulation, disk, random.split());
    }
  }

  void crash() {
    if (incarnation != null) {
      incarnation.die();
      incarnation = null;
      waiting.clear();
      paused = false;
    }
  }

  /** The disk is lost with the process. */
  void wipe() {
    crash();
    dead = true;
  }

  void pause() {
    paused = incarnation != null;
  }

  void resume() {
    paused = false;
    while (!paused && !waiting.isEmpty()) {
      waiting.removeFirst().run();
    }
  }

  void receive(Message message) {
    receive(process -> process.step(message));
  }

  /** Hands something to the process that runs now, when it can take it. */
  void receive(Consumer<Incarnation> input) {
    var process = incarnation;
    if (process == null) {
      return;
    }
    if (paused) {
      waiting.add(() -> process.input(input));
    } else {
      process.input(input);
    }
  }

  /** The same for one process only: its successor knows nothing of what it had begun. */
  void receiveIn(Incarnation process, Consumer<Incarnation> input) {
    if (incarnation == process) {
      receive(input);
    }
  }
}
