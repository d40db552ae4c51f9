package dev.quorate.simulator;

import dev.quorate.api.etcd.Member;
import dev.quorate.node.replication.FirstStart;
import dev.quorate.node.storage.StorageException;
import dev.quorate.simulator.disk.PowerCut;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** One node through crashes, restarts and pauses. */
final class SimulatedNode {
  private static final long NANOS_PER_MICRO = 1_000;
  private static final long MILLION = 1_000_000;

  private final long id;
  private final Simulation simulation;
  private final RandomGenerator.SplittableGenerator random;
  private final List<Member> founders;
  private SimulatedDisk disk;

  /** How much faster than time its clock goes. */
  private final long clockPerMillion;

  private @Nullable Incarnation incarnation;
  private @Nullable SimulatedFounder founder;
  private boolean dead;
  private boolean flipped;
  private boolean emptied;

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
    long drift = simulation.plan().driftPerMillion();
    this.clockPerMillion = MILLION + (drift == 0 ? 0 : random.nextLong(-drift, drift + 1));
    this.founders = founders;
    this.disk = new SimulatedDisk(id, founders, random.split());
    start();
  }

  long id() {
    return id;
  }

  SimulatedDisk disk() {
    return disk;
  }

  /** The running process, paused or not; nothing after a crash. */
  @Nullable Incarnation incarnation() {
    return incarnation;
  }

  boolean isUp() {
    return incarnation != null && !paused && !incarnation.hasStopped();
  }

  /** It never comes back. */
  boolean isDead() {
    return dead;
  }

  long clockNanos() {
    return simulation.timeline().nowMicros() * clockPerMillion / NANOS_PER_MICRO;
  }

  long trueMicros(long clockNanos) {
    return Math.max(0, Math.ceilDiv(clockNanos * NANOS_PER_MICRO, clockPerMillion));
  }

  void start() {
    if (incarnation != null || founder != null || dead) {
      return;
    }
    if (simulation.foundersAsk() && !founders.isEmpty() && !disk.hasIdentity()) {
      founder = new SimulatedFounder(this, simulation, founders);
      founder.ask();
    } else {
      run();
    }
  }

  /** The others say that it was never here. */
  void begin() {
    stopAsking();
    run();
  }

  /** The others say that it was here before: the process ends, and so does every other one. */
  void staysOut() {
    simulation.trace(id, "was here before");
    simulation.coverage().count(Coverage.Event.KEPT_OUT);
    retire();
  }

  private void stopAsking() {
    if (founder != null) {
      founder.end();
      founder = null;
    }
  }

  /** Answers a founder that asks, if there is anything to tell. */
  void tellFounder(boolean linearizable, Consumer<FirstStart.Answer> reply) {
    if (founder == null) {
      receive(process -> SimulatedFounder.tell(process, linearizable, reply));
    } else if (!linearizable) {
      reply.accept(founder.tell());
    }
  }

  private void run() {
    try {
      incarnation = new Incarnation(this, simulation, disk, random.split());
      simulation
          .verdict()
          .check(!flipped, () -> "node %d serves what a bit was flipped in".formatted(id));
      simulation.trace(id, "starts");
    } catch (PowerCut _) {
      disk.tree().restart(random);
      simulation.faults().startLater(this);
    } catch (IOException e) {
      cannotStart(String.valueOf(e.getMessage()));
    } catch (StorageException e) {
      switch (e.kind()) {
        case DATA_LOST -> {
          simulation.verdict().check(flipped, () -> "node %d: %s".formatted(id, e.getMessage()));
          simulation.trace(id, String.valueOf(e.getMessage()));
          simulation.coverage().count(Coverage.Event.DATA_LOST);
          dead = true;
        }
        case UNUSABLE -> cannotStart(String.valueOf(e.getMessage()));
        case FORMAT_TOO_NEW, FOREIGN, IN_USE -> throw e;
      }
    }
  }

  private void cannotStart(String why) {
    simulation
        .verdict()
        .check(disk.hasFailed(), () -> "node %d does not start: %s".formatted(id, why));
    simulation.trace(id, "cannot start: " + why);
    disk.tree().restart(random);
    simulation.faults().startLater(this);
  }

  void crash() {
    stopAsking();
    if (incarnation != null) {
      incarnation = null;
      waiting.clear();
      paused = false;
      int torn = disk.tree().tornFiles();
      disk.tree().restart(random);
      simulation.coverage().count(Coverage.Event.CRASH);
      simulation.coverage().count(Coverage.Event.TORN_FILE, disk.tree().tornFiles() - torn);
      simulation.trace(id, "crashes");
    }
  }

  /** It was removed from the cluster, and has ended. */
  void retire() {
    crash();
    dead = true;
  }

  /** The disk is lost with the process. */
  void wipe() {
    retire();
    simulation.coverage().count(Coverage.Event.WIPED_DISK);
  }

  /** The disk is lost, and an empty one takes its place under the old id. */
  void empty() {
    crash();
    disk = new SimulatedDisk(id, founders, random.split());
    emptied = true;
    simulation.coverage().count(Coverage.Event.EMPTIED_DISK);
  }

  /** Whether it came back with an empty disk once. */
  boolean wasEmptied() {
    return emptied;
  }

  /** All whom it could ask may be gone: somebody must remove it. */
  boolean isKeptWaiting() {
    return emptied && founder != null;
  }

  boolean isFounder() {
    return !founders.isEmpty();
  }

  /** A bit of the log goes bad while the process is down, which it finds out at its next start. */
  void flipBit() {
    crash();
    if (disk.flipBit()) {
      flipped = true;
      simulation.coverage().count(Coverage.Event.BIT_FLIP);
    }
    start();
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

  /** Hands something to the process that runs now, when it can take it. */
  void receive(Consumer<Incarnation> input) {
    var process = incarnation;
    if (process != null) {
      inProcess(process, () -> input.accept(process));
    }
  }

  /** An event of one process: its successor knows nothing of what it had begun. */
  void inProcess(Incarnation process, Runnable action) {
    if (incarnation != process) {
      return;
    }
    if (paused) {
      waiting.add(() -> process.run(action));
    } else {
      process.run(action);
    }
  }
}
