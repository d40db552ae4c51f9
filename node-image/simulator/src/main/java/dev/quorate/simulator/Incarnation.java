package dev.quorate.simulator;

import dev.quorate.node.kv.Applied;
import dev.quorate.node.kv.ApplyResult;
import dev.quorate.node.kv.KvStateMachine;
import dev.quorate.node.storage.memory.MemoryStateStorage;
import dev.quorate.raft.Message;
import dev.quorate.raft.ProposalResult;
import dev.quorate.raft.RaftConfig;
import dev.quorate.raft.RaftNode;
import dev.quorate.raft.RaftStatus;
import dev.quorate.raft.Ready;
import dev.quorate.raft.RestoredState;
import dev.quorate.raft.check.Bytes;
import dev.quorate.raft.log.Entry;
import dev.quorate.raft.log.EntryId;
import dev.quorate.raft.log.Snapshot;
import dev.quorate.raft.quorum.MembershipChange;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One process of a node, from its start to its crash: the host of a real core and a real state
 * machine, whose disk and apply loop take virtual time.
 */
final class Incarnation {
  /** A read that was granted and waits until enough is applied. */
  private record GrantedRead(long id, long index) {}

  private final SimulatedNode node;
  private final Simulation simulation;
  private final SimulatedDisk disk;
  private final RandomGenerator random;
  private final RaftNode raft;
  private KvStateMachine machine;

  private final ArrayDeque<Ready> unsynced = new ArrayDeque<>();
  private int syncing;
  private final ArrayDeque<Entry> unapplied = new ArrayDeque<>();
  private boolean applying;
  private final TreeMap<Long, Consumer<ApplyResult>> proposals = new TreeMap<>();
  private final TreeMap<Long, Consumer<@Nullable KvStateMachine>> reads = new TreeMap<>();
  private final List<GrantedRead> grantedReads = new ArrayList<>();
  private final TreeMap<Long, MemoryStateStorage> received = new TreeMap<>();
  private Snapshot flushed;

  Incarnation(
      SimulatedNode node,
      Simulation simulation,
      SimulatedDisk disk,
      RandomGenerator.SplittableGenerator random) {
    this.node = node;
    this.simulation = simulation;
    this.disk = disk;
    this.random = random;
    this.machine = new KvStateMachine(disk.state());
    this.flushed = machine.appliedSnapshot();
    var plan = simulation.plan();
    var config =
        new RaftConfig(
            node.id(), 2, 10, plan.maxAppendBytes(), plan.maxInFlightMessages(), 4_000, 20_000);
    var restored = disk.restored();
    this.raft =
        new RaftNode(
            config,
            new RestoredState(
                restored.hardState(),
                restored.base(),
                restored.entries(),
                machine.appliedId().index()),
            random.split(),
            text -> simulation.trace(node.id(), text));
    simulation.checker().started(node.id(), restored, status());
  }

  RaftStatus status() {
    return raft.status();
  }

  KvStateMachine machine() {
    return machine;
  }

  boolean isIdle() {
    return unapplied.isEmpty() && unsynced.isEmpty();
  }

  /** One input, everything that follows from it at once, and a look whether all is well. */
  void input(Consumer<Incarnation> action) {
    if (node.incarnation() != this) {
      return;
    }
    action.accept(this);
    while (node.incarnation() == this && raft.hasReady()) {
      handle(raft.ready());
    }
    simulation.checker().looked(node.id(), status(), machine, disk.durableHardState());
    if (!unsynced.isEmpty()) {
      simulation.faults().beforeSync(node);
    }
  }

  void tick() {
    raft.tick();
  }

  void step(Message message) {
    raft.step(message);
  }

  void peerLost(long peer) {
    raft.peerLost(peer);
  }

  ProposalResult propose(long sequence, Bytes command, Consumer<ApplyResult> whenApplied) {
    var result = raft.propose(List.of(command));
    if (result == ProposalResult.APPENDED || result == ProposalResult.FORWARDED) {
      proposals.put(sequence, whenApplied);
    }
    return result;
  }

  ProposalResult proposeMembership(MembershipChange change, Bytes context) {
    return raft.proposeMembership(change, context);
  }

  void transferLeadership(long target) {
    raft.transferLeadership(target);
  }

  /** {@code whenReadable} gets the state, or nothing if the read was refused. */
  void requestRead(long id, Consumer<@Nullable KvStateMachine> whenReadable) {
    reads.put(id, whenReadable);
    raft.requestRead(id);
  }

  private void handle(Ready ready) {
    simulation.checker().ready(node.id(), status(), ready);
    simulation.traceHash().add(node.id(), ready);
    if (ready.snapshot() != null) {
      install(ready.snapshot());
    }
    ready.sendNow().forEach(this::send);
    unsynced.add(ready);
    syncMore();
    unapplied.addAll(ready.committed());
    applyMore();
    for (var read : ready.reads()) {
      if (read.granted()) {
        grantedReads.add(new GrantedRead(read.id(), read.index()));
      } else {
        answerRead(read.id(), null);
      }
    }
    answerGrantedReads();
    for (long follower : ready.snapshotsWanted()) {
      later(simulation.network().delayMicros(), process -> process.sendState(follower));
    }
  }

  private void later(long delayMicros, Consumer<Incarnation> input) {
    simulation.timeline().after(delayMicros, () -> node.receiveIn(this, input));
  }

  /** Group commit: everything that waits becomes durable together. */
  private void syncMore() {
    if (syncing > 0 || unsynced.isEmpty()) {
      return;
    }
    if (unsynced.stream().noneMatch(Ready::mustAppend)) {
      syncing = unsynced.size();
      synced();
      return;
    }
    syncing = unsynced.size();
    later(simulation.syncMicros(random), Incarnation::synced);
  }

  private void synced() {
    EntryId last = null;
    // Some hosts report every batch, some only the last of those that were synced together.
    boolean reportAll = random.nextBoolean();
    var batches = new ArrayList<Ready>();
    for (; syncing > 0; syncing--) {
      batches.add(unsynced.removeFirst());
    }
    for (Ready batch : batches) {
      if (batch.mustAppend()) {
        disk.write(batch);
      }
      var id = lastOf(batch);
      last = id == null ? last : id;
      if (reportAll && id != null) {
        raft.persisted(id);
      }
    }
    if (!reportAll && last != null) {
      raft.persisted(last);
    }
    for (Ready batch : batches) {
      batch.sendAfterAppend().forEach(this::send);
    }
    syncMore();
  }

  private void send(Message message) {
    simulation.checker().sent(message, disk);
    simulation.network().send(message);
  }

  private static @Nullable EntryId lastOf(Ready batch) {
    if (!batch.entries().isEmpty()) {
      return batch.entries().getLast().id();
    }
    var snapshot = batch.snapshot();
    return snapshot == null ? null : snapshot.id();
  }

  private void applyMore() {
    if (!applying && !unapplied.isEmpty()) {
      applying = true;
      later(simulation.applyMicros(random), Incarnation::applySome);
    }
  }

  private void applySome() {
    applying = false;
    int count = Math.min(unapplied.size(), 1 + random.nextInt(64));
    var entries = new ArrayList<Entry>();
    for (int i = 0; i < count; i++) {
      entries.add(unapplied.removeFirst());
    }
    if (!entries.isEmpty()) {
      machine.apply(entries).forEach(this::complete);
      raft.applied(entries.getLast().index());
      simulation.checker().applied(node.id(), status(), machine);
      answerGrantedReads();
      if (random.nextInt(100) < simulation.plan().flushPercent()) {
        flush();
      }
    }
    applyMore();
  }

  private void complete(Applied applied) {
    if (applied.proposer() == node.id()) {
      var waiting = proposals.remove(applied.sequence());
      if (waiting != null) {
        waiting.accept(applied.result());
      }
    }
  }

  /** The state is durable: the log before it, or before what was durable last time, can go. */
  private void flush() {
    var before = flushed;
    disk.state().flush();
    flushed = machine.appliedSnapshot();
    var base = random.nextBoolean() ? flushed : before;
    if (base.id().index() > 0 && random.nextBoolean()) {
      disk.removeLogUpTo(base);
      raft.removeLogUpTo(base.id().index());
    }
  }

  private void answerGrantedReads() {
    long applied = machine.appliedId().index();
    for (var read : List.copyOf(grantedReads)) {
      if (read.index() <= applied) {
        grantedReads.remove(read);
        answerRead(read.id(), machine);
      }
    }
  }

  private void answerRead(long id, @Nullable KvStateMachine state) {
    var waiting = reads.remove(id);
    if (waiting != null) {
      waiting.accept(state);
    }
  }

  private void sendState(long follower) {
    disk.state().flush();
    flushed = machine.appliedSnapshot();
    var snapshot = flushed;
    var copy = disk.state().crashed();
    var message = new Message.InstallSnapshot(node.id(), follower, status().term(), snapshot);
    boolean fails =
        simulation.snapshotFails(random) || simulation.network().isCut(node.id(), follower);
    long delay = 5 * simulation.network().delayMicros();
    if (!fails) {
      simulation.timeline().after(delay, () -> simulation.deliverState(message, copy));
    }
    later(
        delay + simulation.network().delayMicros(),
        process -> {
          boolean installed = !fails && simulation.hasState(follower, snapshot.id().index());
          raft.snapshotSent(follower, snapshot.id(), installed);
        });
  }

  void receiveState(Message.InstallSnapshot message, MemoryStateStorage state) {
    received.put(message.snapshot().id().index(), state);
    raft.step(message);
  }

  private void install(Snapshot snapshot) {
    var state = received.get(snapshot.id().index());
    if (state == null) {
      throw new IllegalStateException("a snapshot is to be installed that was never received");
    }
    disk.replaceState(state.crashed());
    machine = new KvStateMachine(disk.state());
    flushed = machine.appliedSnapshot();
    unapplied.clear();
  }

  /** A crash: of what the disk was asked to write, any beginning may have got through. */
  void die() {
    int survive = unsynced.isEmpty() ? 0 : random.nextInt(unsynced.size() + 1);
    for (int i = 0; i < survive; i++) {
      disk.write(unsynced.removeFirst());
    }
    simulation.trace(node.id(), "crashes");
  }
}
