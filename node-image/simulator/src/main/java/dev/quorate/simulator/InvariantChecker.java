package dev.quorate.simulator;

import dev.quorate.node.kv.KvStateMachine;
import dev.quorate.node.storage.LogStorage;
import dev.quorate.raft.HardState;
import dev.quorate.raft.Message;
import dev.quorate.raft.RaftStatus;
import dev.quorate.raft.log.Entry;
import dev.quorate.raft.log.EntryId;
import dev.quorate.raft.log.EntryKind;
import dev.quorate.raft.log.Snapshot;
import dev.quorate.raft.quorum.Configuration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Looks at every node after every event and compares with all that was ever seen (figure 3.2). */
final class InvariantChecker {
  /** What an entry is, and what stands before it: the Log Matching property by induction. */
  private record Seen(Entry entry, EntryId previous, long atMicros, Set<Long> nodes) {
    boolean same(Entry other, EntryId otherPrevious) {
      return entry.equals(other) && previous.equals(otherPrevious);
    }
  }

  private record Ballot(long term, long voter) implements Comparable<Ballot> {
    @Override
    public int compareTo(Ballot other) {
      int order = Long.compare(term, other.term);
      return order != 0 ? order : Long.compare(voter, other.voter);
    }
  }

  private final Verdict verdict;
  private final Timeline timeline;
  private final CommittedHistory history;
  private final Coverage coverage;
  private final Map<Long, LogMirror> mirrors = new TreeMap<>();
  private final Map<Long, Long> leaders = new TreeMap<>();

  /** The terms that a node has led since it was started last: later it may get its own entries. */
  private final Map<Long, Set<Long>> ledTerms = new TreeMap<>();

  private final Map<Ballot, Long> votes = new TreeMap<>();
  private final Map<Long, Map<Long, Seen>> entriesByTerm = new TreeMap<>();
  private final TreeMap<Long, Entry> committed = new TreeMap<>();
  private final Map<Long, Configuration> configurations = new TreeMap<>();

  InvariantChecker(
      Verdict verdict, Timeline timeline, CommittedHistory history, Coverage coverage) {
    this.verdict = verdict;
    this.timeline = timeline;
    this.history = history;
    this.coverage = coverage;
  }

  long committedIndex() {
    return committed.isEmpty() ? 0 : committed.lastKey();
  }

  /** A process begins with what its disk holds: no less than what was durable. */
  void started(long node, LogStorage.Restored restored) {
    var before = mirrors.get(node);
    if (before != null) {
      verdict.check(
          before.survivesIn(restored),
          () -> "node %d: %s was durable, but %s is left".formatted(node, before, restored));
    }
    var mirror = new LogMirror(restored);
    mirrors.put(node, mirror);
    ledTerms.remove(node);
    if (before != null) {
      before.entries().stream()
          .filter(entry -> !mirror.has(entry))
          .forEach(lost -> forget(node, lost));
    }
  }

  /** A process will begin with nothing. What it promised before still stands. */
  void emptied(long node) {
    mirrors.remove(node);
    ledTerms.remove(node);
  }

  /**
   * A crash took an entry. If nobody else ever had it, it never was: a sole voter may even lead the
   * same term again and put another one in its place.
   */
  private void forget(long node, Entry lost) {
    var term = entriesByTerm.getOrDefault(lost.term(), Map.of());
    var seen = term.get(lost.index());
    if (seen != null && seen.nodes().remove(node) && seen.nodes().isEmpty()) {
      term.remove(lost.index());
    }
  }

  /** The log is asked to keep something. */
  void appends(
      long node, @Nullable HardState hardState, @Nullable Snapshot snapshot, List<Entry> entries) {
    var mirror = mirror(node);
    if (hardState != null) {
      mirror.hardState(hardState);
    }
    if (snapshot != null) {
      mirror.snapshot(snapshot);
      checkCommittedId(snapshot.id());
    }
    for (Entry entry : entries) {
      append(node, mirror, entry);
    }
  }

  void synced(long node) {
    mirror(node).synced();
  }

  void removes(long node, Snapshot base) {
    mirror(node).removeUpTo(base);
  }

  /** The state of another node takes the place of this one's. */
  void installs(long node) {
    mirror(node).expectState();
    coverage.count(Coverage.Event.SNAPSHOT);
  }

  private void checkCommittedId(EntryId id) {
    var known = committed.get(id.index());
    verdict.check(
        known == null || known.id().equals(id),
        () -> "a snapshot ends with %s, not %s".formatted(id, known));
  }

  private void append(long node, LogMirror mirror, Entry entry) {
    long index = entry.index();
    verdict.check(mirror.fits(index), () -> "%s leaves a gap in %s".formatted(entry, mirror));
    for (Entry old : mirror.from(index)) {
      verdict.check(
          old.index() > mirror.appliedIndex(),
          () -> "%s replaces applied %s".formatted(entry, old));
      coverage.count(Coverage.Event.REPLACED_ENTRY);
    }
    var previous = mirror.idAt(index - 1);
    var term = entriesByTerm.computeIfAbsent(entry.term(), _ -> new TreeMap<>());
    var seen =
        term.computeIfAbsent(
            index, _ -> new Seen(entry, previous, timeline.nowMicros(), new TreeSet<>()));
    seen.nodes().add(node);
    verdict.check(
        seen.same(entry, previous),
        () -> "two logs differ: %s and %s behind %s".formatted(seen, entry, previous));
    mirror.append(entry);
    switch (entry.kind()) {
      case MEMBERSHIP -> {
        if (ledTerms.getOrDefault(node, Set.of()).contains(entry.term())) {
          checkOneChange(mirror, entry);
        }
      }
      case TERM_START -> checkLeaderCompleteness(mirror, entry);
      case COMMAND -> {}
    }
  }

  /** A leader that appends a change has applied all changes before it. */
  private void checkOneChange(LogMirror mirror, Entry change) {
    for (var earlier : mirror.from(mirror.appliedIndex() + 1)) {
      verdict.check(
          earlier.kind() != EntryKind.MEMBERSHIP || earlier.index() >= change.index(),
          () -> "%s overlaps with %s".formatted(change, earlier));
    }
  }

  /** A term begins: its leader has all that was committed in earlier ones. */
  private void checkLeaderCompleteness(LogMirror mirror, Entry start) {
    for (Entry entry : committed.tailMap(mirror.baseIndex(), false).values()) {
      verdict.check(
          entry.term() >= start.term() || mirror.has(entry),
          () -> "a leader begins with %s but without committed %s".formatted(start, entry));
    }
  }

  /** After every event of a node. */
  void looked(long node, RaftStatus status, KvStateMachine machine) {
    var mirror = mirror(node);
    verdict.check(
        status.appliedIndex() <= status.committedIndex(),
        () -> "%s: applied before committed".formatted(status));
    if (status.leads() && mirror.durableHardState().term() >= status.term()) {
      leads(status.term(), node);
    }
    long applied = machine.appliedId().index();
    if (applied != mirror.appliedIndex()) {
      applied(node, mirror, machine, applied);
    }
  }

  private void applied(long node, LogMirror mirror, KvStateMachine machine, long applied) {
    if (mirror.expectsState()) {
      checkCommittedId(machine.appliedId());
    } else {
      for (long index = mirror.appliedIndex() + 1; index <= applied; index++) {
        commit(node, mirror, index);
      }
    }
    mirror.applied(applied);
    var configuration = machine.appliedSnapshot().configuration();
    var known = configurations.putIfAbsent(applied, configuration);
    verdict.check(
        known == null || known.equals(configuration),
        () ->
            "node %d at %d has %s, but there was %s"
                .formatted(node, applied, configuration, known));
    var hash = history.hashAt(applied);
    if (hash != null && !machine.hasDeferredWork()) {
      coverage.count(Coverage.Event.HASH_COMPARED);
      verdict.check(
          hash == CommittedHistory.hashOf(machine),
          () -> "the state of node %d at %d is not what was committed".formatted(node, applied));
    }
  }

  private void commit(long node, LogMirror mirror, long index) {
    var entry = mirror.durableAt(index);
    if (entry == null) {
      throw verdict.broken(
          new IllegalStateException(
              "node %d applies %d, which its log does not hold durably: %s"
                  .formatted(node, index, mirror)));
    }
    var known = committed.putIfAbsent(index, entry);
    verdict.check(
        known == null || known.equals(entry),
        () -> "node %d commits %s, but %s was".formatted(node, entry, known));
    if (known == null) {
      if (entry.kind() == EntryKind.MEMBERSHIP) {
        coverage.count(Coverage.Event.MEMBERSHIP_CHANGE);
      }
      var seen = entriesByTerm.getOrDefault(entry.term(), Map.of()).get(index);
      history.apply(entry, seen == null ? timeline.nowMicros() : seen.atMicros());
    }
  }

  private void leads(long term, long node) {
    ledTerms.computeIfAbsent(node, _ -> new TreeSet<>()).add(term);
    var other = leaders.putIfAbsent(term, node);
    if (other == null) {
      coverage.count(Coverage.Event.LEADER);
    }
    verdict.check(
        other == null || other == node,
        () -> "%d and %d lead in term %d".formatted(other, node, term));
  }

  /** A message leaves: what it promises must survive a crash of the sender. */
  void sent(Message message) {
    var mirror = mirror(message.from());
    var hard = mirror.durableHardState();
    switch (message) {
      case Message.VoteReply reply when reply.granted() && !reply.preVote() -> {
        vote(reply.term(), reply.from(), reply.to());
        checkVoteDurable(message, reply.to(), hard);
      }
      case Message.VoteRequest request when !request.preVote() -> {
        vote(request.term(), request.from(), request.from());
        checkVoteDurable(message, request.from(), hard);
      }
      case Message.AppendReply reply when !reply.rejected() ->
          verdict.check(
              hard.term() > reply.term() || mirror.durableLastIndex() >= reply.index(),
              () -> "%s, but durable is %s".formatted(reply, mirror));
      case Message.AppendEntries _, Message.Heartbeat _, Message.TimeoutNow _ -> {
        verdict.check(
            hard.term() >= message.term(),
            () -> "%s leads in a term that it would forget in a crash".formatted(message.from()));
        leads(message.term(), message.from());
      }
      case Message.VoteReply _,
          Message.VoteRequest _,
          Message.AppendReply _,
          Message.HeartbeatReply _,
          Message.InstallSnapshot _,
          Message.ForwardProposals _,
          Message.ForwardRead _,
          Message.ReadReply _ -> {}
    }
  }

  private void checkVoteDurable(Message message, long candidate, HardState hard) {
    verdict.check(
        hard.term() > message.term() || (hard.term() == message.term() && hard.vote() == candidate),
        () -> "%s, but durable is %s".formatted(message, hard));
  }

  private void vote(long term, long voter, long candidate) {
    var other = votes.putIfAbsent(new Ballot(term, voter), candidate);
    verdict.check(
        other == null || other == candidate,
        () -> "%d votes for %d and %d in term %d".formatted(voter, other, candidate, term));
  }

  private LogMirror mirror(long node) {
    var mirror = mirrors.get(node);
    if (mirror == null) {
      throw verdict.broken(new IllegalStateException("node " + node + " was never started"));
    }
    return mirror;
  }
}
