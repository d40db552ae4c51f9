package dev.quorate.node.replication;

import dev.quorate.node.execution.Execution;
import dev.quorate.node.kv.Applied;
import dev.quorate.node.kv.AuthChange;
import dev.quorate.node.kv.Change;
import dev.quorate.node.kv.ChangeListener;
import dev.quorate.node.kv.KvStateMachine;
import dev.quorate.node.kv.MemberTable;
import dev.quorate.node.metrics.ReplicationMetrics;
import dev.quorate.node.storage.StateHome;
import dev.quorate.node.storage.StateStorage;
import dev.quorate.raft.check.Invariants;
import dev.quorate.raft.log.Entry;
import dev.quorate.raft.log.Snapshot;
import dev.quorate.raft.quorum.Configuration;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * The apply loop: brings committed entries into the state machine, in rounds as large as what has
 * queued up, and answers the clients of a round in one go. It owns the state storage, so it also
 * makes checkpoints, takes over a state from the leader, and lets the log go that is not needed any
 * more.
 */
final class Applier {
  private final long memberId;
  private final StateHome home;
  private final PendingProposals pending;
  private final Mailboxes mailboxes;
  private final Peers peers;
  private final LogShortening shortening;
  private final ReplicationMetrics metrics;
  private final ChangeListener changes;
  private final Consumer<AuthChange> logins;
  private final Execution execution;

  /** In order; the first one may have to wait for a flush. */
  private final ArrayDeque<ApplyTask> waiting = new ArrayDeque<>();

  private final List<Entry> gathered = new ArrayList<>();

  private volatile StateStorage storage;
  private volatile KvStateMachine machine;
  private MemberTable members;
  private Configuration configuration;
  private long compactedRevision;
  private long piecesSeen;

  /** What the loop begins with. */
  record State(StateHome home, StateStorage storage, KvStateMachine machine) {}

  Applier(
      long memberId,
      State state,
      PendingProposals pending,
      Mailboxes mailboxes,
      Peers peers,
      LogShortening shortening,
      ReplicationMetrics metrics,
      ChangeListener changes,
      Consumer<AuthChange> logins,
      Execution execution) {
    this.memberId = memberId;
    this.home = state.home();
    this.storage = state.storage();
    this.machine = state.machine();
    this.pending = pending;
    this.mailboxes = mailboxes;
    this.peers = peers;
    this.shortening = shortening;
    this.metrics = metrics;
    this.changes = changes;
    this.logins = logins;
    this.execution = execution;
    this.members = machine.members();
    this.configuration = members.configuration();
    this.compactedRevision = machine.compactedRevision();
    shortening.beginAt(machine.appliedSnapshot());
    changes.opened(machine);
  }

  /** Before the loop runs: tells the transport whom it may meet. */
  void announceMembers() {
    peers.follow(members);
  }

  KvStateMachine machine() {
    return machine;
  }

  /** Makes what is applied durable; on any thread, and beside the loop. */
  void flush() throws IOException {
    storage.flush();
  }

  /** At once while the machine has work left, else when something comes in. */
  long nextWakeUpNanos() {
    return machine.hasDeferredWork() ? execution.nanoTime() : execution.idleUntilNanos();
  }

  /** Whether a command that takes long has come on since this was asked last; any thread. */
  synchronized boolean movesOn() {
    long pieces = machine.piecesWritten();
    boolean moved = pieces != piecesSeen;
    piecesSeen = pieces;
    return moved;
  }

  void turn(List<ApplyTask> tasks) throws IOException {
    waiting.addAll(tasks);
    while (!waiting.isEmpty() && isReady(waiting.peek())) {
      var task = waiting.remove();
      if (task instanceof ApplyTask.Committed(var entries)) {
        gathered.addAll(entries);
        continue;
      }
      applyGathered();
      switch (task) {
        case ApplyTask.Committed _, ApplyTask.GoOn _ -> {}
        case ApplyTask.Install install -> install(install);
        case ApplyTask.Checkpoint checkpoint -> checkpoint(checkpoint);
        case ApplyTask.Flushed(var id) -> shortening.flushed(id);
      }
    }
    if (!gathered.isEmpty()) {
      applyGathered();
    } else if (machine.hasDeferredWork()) {
      answer(machine.apply(List.of())).run();
    }
    giveSpaceBack();
  }

  /** A state that is being flushed cannot be replaced. */
  private boolean isReady(ApplyTask task) {
    return !(task instanceof ApplyTask.Install)
        || shortening.isQuiet(() -> mailboxes.apply().put(new ApplyTask.GoOn()));
  }

  /** What a compaction has deleted takes its space until the deletes reach the disk. */
  private void giveSpaceBack() {
    long compacted = machine.compactedRevision();
    if (compacted != compactedRevision && !machine.hasDeferredWork()) {
      compactedRevision = compacted;
      shortening.flushSoon(machine.appliedId(), storage);
    }
  }

  /** In one round, or in as many as the changes need room. */
  private void applyGathered() {
    int applied = 0;
    while (applied < gathered.size()) {
      applied += applyRound(gathered.subList(applied, gathered.size()));
    }
    gathered.clear();
  }

  /** Returns how many of the entries, the first ones, are applied now. */
  private int applyRound(List<Entry> left) {
    long beganNanos = execution.nanoTime();
    long before = machine.revision();
    var changed = changes.listens() ? new ArrayList<Change>() : null;
    var outcomes = machine.apply(left, changed, this::isAwaited);
    var entries = appliedOf(left);
    metrics.stateCommitted(execution.nanoTime() - beganNanos, entries.size());
    if (machine.revision() > before) {
      changes.changed(before, machine.revision(), machine.recordedAll() ? changed : null);
    }
    if (!machine.members().equals(members)) {
      followMembers();
    }
    machine.authChanges().forEach(logins);
    var last = entries.getLast().id();
    var answers = answer(outcomes);
    if (!machine.leaseChanges().isEmpty()) {
      // Before anybody can read the state or knows the answer.
      mailboxes.lease().put(new LeaseEvent.Changed(machine.leaseChanges()));
    }
    settleOutstanding();
    mailboxes.node().put(new NodeEvent.Applied(last));
    answers.run();
    long bytes = 0;
    for (var entry : entries) {
      bytes += entry.sizeBytes();
    }
    shortening.applied(new Snapshot(last, configuration), bytes, storage);
    return entries.size();
  }

  private boolean isAwaited(long proposer, long sequence) {
    return proposer == memberId && pending.isWaitedFor(sequence);
  }

  private List<Entry> appliedOf(List<Entry> left) {
    var applied = machine.appliedId();
    int count = Math.toIntExact(applied.index() - left.getFirst().index() + 1);
    Invariants.check(
        count > 0 && count <= left.size() && left.get(count - 1).id().equals(applied),
        () -> "the state machine is at " + applied + " after entries from " + left.getFirst().id());
    return left.subList(0, count);
  }

  /** Before the raft loop hears of the round: it would take them for lost in another term. */
  private void settleOutstanding() {
    for (var outcome : machine.outstanding()) {
      if (outcome.proposer() == memberId) {
        pending.applied(outcome.sequence());
      }
    }
  }

  private void followMembers() {
    members = machine.members();
    configuration = members.configuration();
    peers.follow(members);
  }

  /**
   * Takes the waiting clients of these outcomes, and returns what answers them: first the raft loop
   * hears that the round is applied, so that reads need not wait for the answers to writes.
   */
  private Runnable answer(List<Applied> outcomes) {
    record Answer(PendingProposal proposal, Applied outcome) {}
    var answers = new ArrayList<Answer>(outcomes.size());
    for (var outcome : outcomes) {
      if (outcome.proposer() == memberId) {
        var proposal = pending.take(outcome.sequence());
        if (proposal != null) {
          answers.add(new Answer(proposal, outcome));
        }
      }
    }
    return () ->
        answers.forEach(answer -> answer.proposal().result().complete(answer.outcome().result()));
  }

  private void install(ApplyTask.Install install) throws IOException {
    try {
      storage.close();
      home.adoptIncoming();
      storage = home.open();
      // Whoever lost its right to a token may have lost it in what was skipped.
      logins.accept(new AuthChange.AllLoggedOut());
      var before = machine;
      var received = new KvStateMachine(storage);
      received.takeOver(before);
      machine = received;
      Invariants.check(
          machine.appliedId().equals(install.snapshot().id()),
          () ->
              "the state received from the leader is at "
                  + machine.appliedId()
                  + " instead of "
                  + install.snapshot().id());
      followMembers();
      changes.opened(machine);
      shortening.beginAt(install.snapshot());
      mailboxes.node().put(new NodeEvent.Installed(install.snapshot().id()));
      install.inPlace().complete(null);
    } finally {
      // Whoever waits for the state must not wait for ever if this fails.
      install.inPlace().completeExceptionally(new IOException("the state was not installed"));
    }
  }

  private void checkpoint(ApplyTask.Checkpoint checkpoint) {
    try {
      storage.checkpoint(checkpoint.directory());
      checkpoint
          .done()
          .complete(
              new StateCopy(
                  checkpoint.directory(), machine.appliedSnapshot(), machine.revision(), members));
    } catch (IOException | RuntimeException e) {
      checkpoint.done().completeExceptionally(e);
    }
  }

  /** The last thing the loop does. */
  void close() throws IOException {
    try {
      shortening.awaitFlush();
      storage.flush();
    } finally {
      storage.close();
    }
  }
}
