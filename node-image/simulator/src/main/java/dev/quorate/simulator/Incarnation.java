package dev.quorate.simulator;

import dev.quorate.api.command.Command;
import dev.quorate.api.etcd.Member;
import dev.quorate.node.kv.KvStateMachine;
import dev.quorate.node.metrics.ReplicationMetrics;
import dev.quorate.node.replication.NodeIdentity;
import dev.quorate.node.replication.Replica;
import dev.quorate.node.replication.ReplicaConfig;
import dev.quorate.node.replication.ReplicaFault;
import dev.quorate.node.replication.ReplicaListener;
import dev.quorate.node.replication.ReplicaParts;
import dev.quorate.node.watch.WatchHub;
import dev.quorate.raft.RaftStatus;
import dev.quorate.simulator.disk.PowerCut;
import java.io.IOException;
import java.util.random.RandomGenerator;

/** One process of a node, from its start to its crash: a replica and its watches, as in a node. */
final class Incarnation {
  private static final long PUBLISH_MICROS = 100_000;

  private final SimulatedNode node;
  private final Simulation simulation;
  private final SimulatedDisk disk;
  private final RandomGenerator random;
  private final SimulatedTransport transport;
  private final WatchHub watches;
  private final ReplicaConfig config;
  private final Replica replica;
  private boolean stopped;
  private boolean waitsShortly;

  /**
   * Opens what is on the disk and starts.
   *
   * @throws dev.quorate.node.storage.StorageException if the disk's content cannot be used
   * @throws IOException if the disk cannot be used
   */
  Incarnation(
      SimulatedNode node,
      Simulation simulation,
      SimulatedDisk disk,
      RandomGenerator.SplittableGenerator random)
      throws IOException {
    this.node = node;
    this.simulation = simulation;
    this.disk = disk;
    this.random = random.split();
    this.transport = new SimulatedTransport(this, simulation);
    var opened = disk.open(this::beginFlush);
    this.watches =
        new WatchHub(
            simulation.plan().watchSettings(), new SimulatedExecution(this, random.split()));
    simulation.checker().started(node.id(), opened.log().restored());
    this.config = simulation.plan().replicaConfig(node.id());
    this.replica =
        Replica.start(
            new ReplicaParts(
                new NodeIdentity(SimulatedDisk.CLUSTER_ID, node.id()),
                config,
                new ObservedLog(node.id(), opened.log(), simulation.checker()),
                new ObservedHome(opened.home(), () -> simulation.checker().installs(node.id())),
                transport,
                ReplicationMetrics.NONE,
                watches,
                _ -> {},
                new SimulatedExecution(this, random.split())),
            new Listener());
    if (simulation.plan().emptiesDisks()) {
      publish();
    }
  }

  /** Tells the cluster that it has started, until the cluster knows, as a node does. */
  private void publish() {
    var known = machine().members().member(id());
    if (known != null && known.getClientURLsCount() > 0) {
      return;
    }
    if (known != null && status().leader() != 0) {
      var told =
          Member.newBuilder()
              .setID(id())
              .setName(known.getName())
              .addClientURLs("http://node" + id() + ":2379");
      var _ = replica.proposals().submit(Command.newBuilder().setPublish(told));
    }
    later(PUBLISH_MICROS, this::publish);
  }

  private final class Listener implements ReplicaListener {
    @Override
    public void failed(ReplicaFault fault) {
      stopped = true;
      simulation.trace(node.id(), "stops: " + fault.message());
      switch (fault.kind()) {
        case DISK_FAILED -> {
          simulation
              .verdict()
              .check(
                  disk.hasFailed(), () -> "the disk of node %d was in order".formatted(node.id()));
          simulation.coverage().count(Coverage.Event.STOPPED_BY_DISK);
          simulation.faults().restartLater(node);
        }
        case DATA_LOST -> {
          // No other disk loses what was synced while its member goes on under the same id.
          if (!node.wasEmptied()) {
            throw simulation.verdict().broken(fault.cause());
          }
          simulation.timeline().after(0, node::retire);
        }
        case BROKEN_INVARIANT -> throw simulation.verdict().broken(fault.cause());
      }
    }

    @Override
    public void removed() {
      simulation.trace(node.id(), "was removed");
      simulation.timeline().after(simulation.plan().leaveMicros(), node::retire);
    }
  }

  private void beginFlush() throws IOException {
    disk.beginFlush();
  }

  long id() {
    return node.id();
  }

  RaftStatus status() {
    return replica.status().raft();
  }

  Replica replica() {
    return replica;
  }

  WatchHub watches() {
    return watches;
  }

  KvStateMachine machine() {
    return replica.machine();
  }

  SimulatedTransport transport() {
    return transport;
  }

  /** Whether it has stopped itself: it must not answer or send any more. */
  boolean hasStopped() {
    return stopped;
  }

  boolean isPowerCut() {
    return disk.tree().isCut();
  }

  /** Does something in this process later, unless it has ended. */
  void later(long delayMicros, Runnable action) {
    simulation.timeline().after(delayMicros, () -> node.inProcess(this, action));
  }

  /** One event of the process, and a look whether all is well. */
  void run(Runnable action) {
    if (node.incarnation() != this) {
      return;
    }
    try {
      action.run();
    } catch (PowerCut _) {
      // What the disk has of it is seen at the next start.
    }
    if (isPowerCut()) {
      simulation.coverage().count(Coverage.Event.POWER_CUT_IN_WRITE);
      simulation.faults().crash(node);
    } else {
      simulation.checker().looked(node.id(), status(), machine());
      countShortTimeouts();
    }
  }

  private void countShortTimeouts() {
    boolean before = waitsShortly;
    waitsShortly = replica.electionTimeout().compareTo(config.electionTimeout()) < 0;
    if (waitsShortly && !before) {
      simulation.coverage().count(Coverage.Event.SHORT_ELECTION_TIMEOUT);
    }
  }

  long clockNanos() {
    return node.clockNanos();
  }

  /** How long a span of this node's clock really is. */
  long trueMicros(long clockNanos) {
    return node.trueMicros(clockNanos);
  }

  /** How long it takes until a loop that has something to do has done it. */
  long turnMicros(String loop) {
    return switch (loop) {
      case "raft" -> 1L + random.nextInt(30);
      case "log" -> simulation.syncMicros(random);
      case "apply" -> simulation.applyMicros(random);
      default -> 1L + random.nextInt(random.nextInt(10) == 0 ? 5_000 : 200);
    };
  }

  long workerMicros(String workers) {
    int bound = workers.equals("read") ? 300 : 3_000;
    return 1L + random.nextInt(random.nextInt(10) == 0 ? 10 * bound : bound);
  }
}
