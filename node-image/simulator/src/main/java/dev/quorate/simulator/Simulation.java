package dev.quorate.simulator;

import dev.quorate.api.etcd.HashKVResponse;
import dev.quorate.api.etcd.Member;
import dev.quorate.node.kv.ApplyResult;
import dev.quorate.node.storage.memory.MemoryStateStorage;
import dev.quorate.raft.Message;
import dev.quorate.raft.RaftStatus;
import dev.quorate.raft.check.Invariants;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.jspecify.annotations.Nullable;

/**
 * One run: a cluster with clients and faults for a number of events, then a calm time in which it
 * must come to rest and everything is compared.
 */
public final class Simulation {
  private static final long MAX_CALM_MICROS = 120_000_000;

  private final long steps;
  private final Consumer<String> output;
  private final Timeline timeline = new Timeline();
  private final InvariantChecker checker = new InvariantChecker();
  private final TraceHash traceHash = new TraceHash();
  private final TreeMap<Long, SimulatedNode> nodes = new TreeMap<>();
  private final RandomGenerator.SplittableGenerator random;
  private final FaultPlan plan;
  private final SimulatedNetwork network;
  private final Workload workload;
  private final FaultInjector faults;
  private final Administrator administrator;
  private boolean calm;
  private long step;

  /** What came of a run that went well. */
  public record Summary(
      long traceHash,
      long virtualMicros,
      long committedEntries,
      int operations,
      int members,
      InvariantChecker.Coverage coverage) {}

  private Simulation(long seed, long steps, Consumer<String> output) {
    this.steps = steps;
    this.output = output;
    this.random =
        RandomGeneratorFactory.<RandomGenerator.SplittableGenerator>of("L64X128MixRandom")
            .create(seed);
    this.plan = FaultPlan.draw(random.split());
    this.network = new SimulatedNetwork(timeline, plan, random.split(), this::deliver);
    this.workload = new Workload(this, random.split());
    this.faults = new FaultInjector(this, random.split());
    this.administrator = new Administrator(this, random.split());
  }

  /**
   * Runs a seed.
   *
   * @param output gets what happens, line by line
   * @throws SimulationFailure if anything is wrong; its message repeats the run
   */
  public static Summary run(long seed, long steps, Consumer<String> output) {
    var simulation = new Simulation(seed, steps, output);
    try {
      return simulation.run();
    } catch (RuntimeException e) {
      throw new SimulationFailure(seed, steps, simulation.step, e);
    }
  }

  private Summary run() {
    output.accept(plan.toString());
    var founders = new ArrayList<Member>();
    for (long id = 1; id <= plan.nodes(); id++) {
      founders.add(Member.newBuilder().setID(id).setName("node" + id).build());
    }
    founders.forEach(member -> addNode(member.getID(), founders));
    workload.start();
    faults.start();
    administrator.start();
    for (; step < steps; step++) {
      timeline.runNext();
    }
    calmDown();
    long end = timeline.nowMicros() + MAX_CALM_MICROS;
    settle(end);
    workload.finish();
    while (!workload.isFinished()) {
      runCalm(end, "the last reads and writes do not get through");
    }
    settle(end);
    compareStates();
    workload.check();
    traceHash.add(timeline.nowMicros());
    return new Summary(
        traceHash.value(),
        timeline.nowMicros(),
        checker.committedIndex(),
        workload.operations(),
        nodes.size(),
        checker.coverage());
  }

  private void calmDown() {
    calm = true;
    trace(0, "calm");
    faults.stop();
    administrator.stop();
    workload.stop();
    network.calm();
    nodes
        .values()
        .forEach(
            node -> {
              node.resume();
              node.start();
            });
  }

  private void runCalm(long end, String complaint) {
    Invariants.check(timeline.nowMicros() < end, () -> complaint + ": " + statuses());
    timeline.runNext();
    step++;
  }

  /** Until all living members are as far as their leader. */
  private void settle(long end) {
    long looks = 0;
    while (looks++ % 100 != 0 || !isSettled()) {
      runCalm(end, "the cluster does not come to rest");
    }
  }

  private boolean isSettled() {
    var leader = leader();
    if (leader == null || leader.membershipChangePending()) {
      return false;
    }
    var ids = new TreeSet<>(leader.configuration().voters());
    ids.addAll(leader.configuration().learners());
    for (long id : ids) {
      var node = nodes.get(id);
      if (node != null && !node.isDead()) {
        var process = node.incarnation();
        if (process == null
            || !process.isIdle()
            || process.status().appliedIndex() != leader.last().index()) {
          return false;
        }
      }
    }
    return true;
  }

  private String statuses() {
    var text = new StringBuilder();
    for (var node : nodes.values()) {
      var process = node.incarnation();
      text.append('\n').append(process == null ? node.id() + " is down" : process.status());
    }
    return text.toString();
  }

  /** Members at the same index have the same state. */
  private void compareStates() {
    var hashes = new TreeMap<Long, Integer>();
    for (var node : nodes.values()) {
      var process = node.incarnation();
      if (process != null
          && process.machine().reads().hash(0) instanceof ApplyResult.Done done
          && done.response() instanceof HashKVResponse response) {
        long applied = process.machine().appliedId().index();
        var other = hashes.putIfAbsent(applied, response.getHash());
        Invariants.check(
            other == null || other == response.getHash(),
            () -> "the states at " + applied + " differ" + statuses());
      }
    }
  }

  /** The leader of the newest term, as far as somebody says so. */
  @Nullable RaftStatus leader() {
    RaftStatus best = null;
    for (var node : nodes.values()) {
      var process = node.incarnation();
      if (process != null && node.isUp()) {
        var status = process.status();
        if (status.leads() && (best == null || status.term() > best.term())) {
          best = status;
        }
      }
    }
    return best;
  }

  Collection<SimulatedNode> nodes() {
    return nodes.values();
  }

  @Nullable SimulatedNode node(long id) {
    return nodes.get(id);
  }

  /** Node ids are never used twice. */
  long newNodeId() {
    return nodes.lastKey() + 1;
  }

  void addNode(long id, List<Member> founders) {
    nodes.put(id, new SimulatedNode(id, this, random.split(), founders));
  }

  private void deliver(Message message) {
    var node = nodes.get(message.to());
    if (node != null) {
      node.receive(message);
    }
  }

  void deliverState(Message.InstallSnapshot message, MemoryStateStorage state) {
    var node = nodes.get(message.to());
    if (node != null) {
      node.receive((Incarnation process) -> process.receiveState(message, state));
    }
  }

  boolean hasState(long id, long index) {
    var node = nodes.get(id);
    var process = node == null ? null : node.incarnation();
    return process != null && process.machine().appliedId().index() >= index;
  }

  boolean snapshotFails(RandomGenerator generator) {
    return !calm && generator.nextInt(100) < plan.snapshotFailPercent();
  }

  long syncMicros(RandomGenerator generator) {
    if (calm) {
      return 500;
    }
    boolean stalls = generator.nextInt(1000) < plan.stallPermille();
    return 50L + generator.nextInt(stalls ? 400_000 : plan.syncMicros());
  }

  long applyMicros(RandomGenerator generator) {
    return calm ? 100 : 10L + generator.nextInt(plan.applyMicros());
  }

  Timeline timeline() {
    return timeline;
  }

  FaultPlan plan() {
    return plan;
  }

  SimulatedNetwork network() {
    return network;
  }

  InvariantChecker checker() {
    return checker;
  }

  FaultInjector faults() {
    return faults;
  }

  Administrator administrator() {
    return administrator;
  }

  TraceHash traceHash() {
    return traceHash;
  }

  void trace(long node, String text) {
    output.accept(
        "%d %d.%06d %d %s"
            .formatted(
                step,
                timeline.nowMicros() / 1_000_000,
                timeline.nowMicros() % 1_000_000,
                node,
                text));
  }
}
