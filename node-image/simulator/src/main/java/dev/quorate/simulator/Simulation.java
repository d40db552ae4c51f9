package dev.quorate.simulator;

import dev.quorate.api.etcd.Member;
import dev.quorate.raft.RaftStatus;
import dev.quorate.raft.log.EntryId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
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
  private static final int MAX_EVENTS_AT_ONCE = 10_000;
  private static final EntryId BASE = new EntryId(1, 1);

  private final long steps;
  private final boolean asking;
  private final @Nullable Consumer<String> output;
  private final Timeline timeline = new Timeline();
  private final Verdict verdict = new Verdict();
  private final Coverage coverage = new Coverage();
  private final TraceHash traceHash = new TraceHash();
  private final TreeMap<Long, SimulatedNode> nodes = new TreeMap<>();
  private final RandomGenerator.SplittableGenerator random;
  private final FaultPlan plan;
  private final SimulatedNetwork network;
  private final CommittedHistory history;
  private final InvariantChecker checker;
  private final Workload workload;
  private final Watchers watchers;
  private final LeaseHolders leases;
  private final FaultInjector faults;
  private final Administrator administrator;
  private final List<Member> founders = new ArrayList<>();
  private boolean calm;
  private long step;
  private long lastNodeId;
  private int eventsAtOnce;

  /** What came of a run that went well. */
  public record Summary(
      long traceHash,
      long virtualMicros,
      long committedEntries,
      int operations,
      int members,
      Coverage coverage) {}

  private Simulation(long seed, long steps, boolean asking, @Nullable Consumer<String> output) {
    this.steps = steps;
    this.asking = asking;
    this.output = output;
    this.random =
        RandomGeneratorFactory.<RandomGenerator.SplittableGenerator>of("L64X128MixRandom")
            .create(seed);
    this.plan = FaultPlan.draw(random.split());
    this.network = new SimulatedNetwork(timeline, plan, random.split());
    for (long id = 1; id <= plan.nodes(); id++) {
      founders.add(Administrator.member(id));
    }
    this.history = new CommittedHistory(founders, BASE, coverage);
    this.checker = new InvariantChecker(verdict, timeline, history, coverage);
    this.workload = new Workload(this, random.split());
    this.watchers = new Watchers(this, random.split());
    this.leases = new LeaseHolders(this, random.split());
    this.faults = new FaultInjector(this, random.split());
    this.administrator = new Administrator(this, random.split());
  }

  /**
   * Runs a seed.
   *
   * @param output gets what happens, line by line; null: nobody wants to know
   * @throws SimulationFailure if anything is wrong; its message repeats the run
   */
  public static Summary run(long seed, long steps, @Nullable Consumer<String> output) {
    return run(seed, steps, true, output);
  }

  /** Runs a seed without what keeps members out that come back with empty disks. */
  static Summary runWithoutAsking(long seed, long steps) {
    return run(seed, steps, false, null);
  }

  private static Summary run(
      long seed, long steps, boolean asking, @Nullable Consumer<String> output) {
    var simulation = new Simulation(seed, steps, asking, output);
    try {
      return simulation.run();
    } catch (RuntimeException e) {
      throw new SimulationFailure(seed, steps, simulation.step, e);
    }
  }

  private Summary run() {
    if (output != null) {
      output.accept(plan.toString());
    }
    founders.forEach(member -> addNode(member.getID(), founders));
    workload.start();
    watchers.start();
    leases.start();
    faults.start();
    administrator.start();
    for (; step < steps; step++) {
      next();
    }
    calmDown();
    long end = timeline.nowMicros() + MAX_CALM_MICROS;
    settle(end);
    workload.finish();
    await(end, workload::isFinished, "the last reads and writes do not get through");
    await(leases.longestEndMicros(), leases::haveEnded, "leases do not end");
    if (plan.provesRemainingTtl()) {
      leases.proveRemainingTtl();
      await(end, leases::isRemainingTtlProven, "a lease begins anew with every leader");
    }
    settle(end);
    await(end, watchers::haveAll, "watches do not get everything");
    compareStates();
    workload.check();
    traceHash.add(timeline.nowMicros());
    return new Summary(
        traceHash.value(),
        timeline.nowMicros(),
        checker.committedIndex(),
        workload.operations(),
        nodes.size(),
        coverage);
  }

  private void next() {
    long before = timeline.nowMicros();
    timeline.runNext();
    eventsAtOnce = timeline.nowMicros() == before ? eventsAtOnce + 1 : 0;
    verdict.check(eventsAtOnce < MAX_EVENTS_AT_ONCE, () -> "time stands still: a loop spins");
    verdict.throwIfWrong();
  }

  private void calmDown() {
    calm = true;
    trace(0, "calm");
    faults.stop();
    administrator.stop();
    workload.stop();
    leases.stop();
    network.calm();
    for (var node : List.copyOf(nodes.values())) {
      node.resume();
      var process = node.incarnation();
      if (process != null && process.hasStopped()) {
        node.crash();
      }
      node.start();
    }
  }

  private void runCalm(long end, String complaint) {
    verdict.check(timeline.nowMicros() < end, () -> complaint + ": " + statuses());
    next();
    step++;
  }

  private void await(long end, BooleanSupplier condition, String complaint) {
    long looks = 0;
    while (looks++ % 50 != 0 || !condition.getAsBoolean()) {
      runCalm(end, complaint);
    }
  }

  /** Until all living members are as far as their leader. */
  private void settle(long end) {
    await(end, this::isSettled, "the cluster does not come to rest");
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
      if (node != null && !node.isDead() && !node.isKeptWaiting()) {
        var process = node.incarnation();
        if (process == null
            || process.machine().hasDeferredWork()
            || process.machine().appliedId().index() != leader.last().index()) {
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
    var hashes = new TreeMap<Long, Long>();
    for (var node : nodes.values()) {
      var process = node.incarnation();
      if (process != null && !process.machine().hasDeferredWork()) {
        long applied = process.machine().appliedId().index();
        long hash = CommittedHistory.hashOf(process.machine());
        var other = hashes.putIfAbsent(applied, hash);
        verdict.check(
            other == null || other == hash,
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

  /** Whether the leader counts a node among the members. */
  boolean isMember(long id) {
    var leader = leader();
    return leader != null && leader.configuration().contains(id);
  }

  /** Whether the leader knows that a member was started. */
  boolean hasPublished(long id) {
    var leader = leader();
    var node = leader == null ? null : nodes.get(leader.id());
    var process = node == null ? null : node.incarnation();
    var known = process == null ? null : process.machine().members().member(id);
    return known != null && known.getClientURLsCount() > 0;
  }

  Collection<SimulatedNode> nodes() {
    return nodes.values();
  }

  @Nullable SimulatedNode node(long id) {
    return nodes.get(id);
  }

  SimulatedNode anyNode(RandomGenerator generator) {
    var all = List.copyOf(nodes.values());
    return all.get(generator.nextInt(all.size()));
  }

  /** Does something in the process that runs at a node, if there is one. */
  void at(long id, Consumer<Incarnation> action) {
    var node = nodes.get(id);
    if (node != null) {
      node.receive(action);
    }
  }

  /** Node ids are never used twice. */
  long newNodeId() {
    return lastNodeId + 1;
  }

  void addNode(long id, List<Member> firstMembers) {
    lastNodeId = Math.max(lastNodeId, id);
    nodes.put(id, new SimulatedNode(id, this, random.split(), firstMembers));
  }

  /** A node that never became a member. */
  void forget(long id) {
    var node = nodes.remove(id);
    if (node != null) {
      node.retire();
    }
  }

  boolean breaksTransfer() {
    return !calm && random.nextInt(100) < plan.transferBreaksPercent();
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

  boolean isCalm() {
    return calm;
  }

  Timeline timeline() {
    return timeline;
  }

  FaultPlan plan() {
    return plan;
  }

  /** Whether founders without data ask the others before they begin. */
  boolean foundersAsk() {
    return plan.emptiesDisks() && asking;
  }

  SimulatedNetwork network() {
    return network;
  }

  Verdict verdict() {
    return verdict;
  }

  Coverage coverage() {
    return coverage;
  }

  CommittedHistory history() {
    return history;
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

  /** What a process has applied until now is known from now on. */
  void look(Incarnation process) {
    checker.looked(process.id(), process.status(), process.machine());
  }

  void trace(long node, Object what) {
    if (output != null) {
      output.accept(
          "%d %d.%06d %d %s"
              .formatted(
                  step,
                  timeline.nowMicros() / 1_000_000,
                  timeline.nowMicros() % 1_000_000,
                  node,
                  what));
    }
  }
}
