package dev.quorate.simulator;

import dev.quorate.node.kv.KvStateMachine;
import dev.quorate.node.storage.LogStorage;
import dev.quorate.raft.HardState;
import dev.quorate.raft.Message;
import dev.quorate.raft.RaftStatus;
import dev.quorate.raft.Ready;
import dev.quorate.raft.check.Invariants;
import dev.quorate.raft.log.Entry;
import dev.quorate.raft.log.EntryId;
import dev.quorate.raft.log.EntryKind;
import dev.quorate.raft.quorum.Configuration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Looks at every node after every event and compares with all that was ever seen (figure 3.2). */
final class InvariantChecker {
  /** What an entry is, and what stands before it: the Log Matching property by induction. */
  private record Seen(Entry entry, EntryId previous, Set<Long> nodes) {
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

  /** The log of one process as far as it was handed to the disk, without what is before it. */
  private static final class Mirror {
    private EntryId base;
    private final List<Entry> entries;
    private long appliedIndex;
    private long leadsTerm;

    Mirror(LogStorage.Restored restored, long appliedIndex) {
      this.base = restored.base().id();
      this.entries = new ArrayList<>(restored.entries());
      this.appliedIndex = appliedIndex;
    }

    EntryId idAt(long index) {
      return index == base.index() ? base : at(index).id();
    }

    Entry at(long index) {
      return entries.get((int) (index - base.index() - 1));
    }

    boolean has(Entry entry) {
      return entry.index() <= base.index()
          || (entry.index() <= lastIndex() && at(entry.index()).equals(entry));
    }

    long lastIndex() {
      return base.index() + entries.size();
    }
  }

  private final Map<Long, Mirror> mirrors = new TreeMap<>();
  private final Map<Long, Long> leaders = new TreeMap<>();
  private final Map<Ballot, Long> votes = new TreeMap<>();
  private final Map<Long, Map<Long, Seen>> entriesByTerm = new TreeMap<>();
  private final TreeMap<Long, Entry> committed = new TreeMap<>();
  private final Map<Long, Configuration> configurations = new TreeMap<>();

  /** How often something happened: a simulation that never does it proves nothing about it. */
  public record Coverage(int leaders, int snapshots, int membershipChanges, int replacedEntries) {
    Coverage plus(Coverage other) {
      return new Coverage(
          leaders + other.leaders,
          snapshots + other.snapshots,
          membershipChanges + other.membershipChanges,
          replacedEntries + other.replacedEntries);
    }
  }

  private int snapshots;
  private int replacedEntries;

  Coverage coverage() {
    int changes = 0;
    for (Entry entry : committed.values()) {
      changes += entry.kind() == EntryKind.MEMBERSHIP ? 1 : 0;
    }
    return new Coverage(leaders.size(), snapshots, changes, replacedEntries);
  }

  long committedIndex() {
    return committed.isEmpty() ? 0 : committed.lastKey();
  }

  void started(long node, LogStorage.Restored restored, RaftStatus status) {
    var mirror = new Mirror(restored, status.appliedIndex());
    var before = mirrors.put(node, mirror);
    if (before != null) {
      before.entries.stream()
          .filter(entry -> !mirror.has(entry))
          .forEach(lost -> forget(node, lost));
    }
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

  void ready(long node, RaftStatus status, Ready ready) {
    var mirror = mirror(node);
    if (ready.snapshot() != null) {
      mirror.base = ready.snapshot().id();
      mirror.entries.clear();
      mirror.appliedIndex = mirror.base.index();
      checkCommittedId(mirror.base);
      snapshots++;
    }
    for (Entry entry : ready.entries()) {
      append(node, mirror, entry, status);
    }
    for (Entry entry : ready.committed()) {
      Invariants.check(
          entry.index() == mirror.appliedIndex + 1,
          () -> "%d applies %s out of order".formatted(node, entry));
      mirror.appliedIndex = entry.index();
      var known = committed.putIfAbsent(entry.index(), entry);
      Invariants.check(
          known == null || known.equals(entry),
          () -> "%d commits %s, but %s was".formatted(node, entry, known));
    }
  }

  private void checkCommittedId(EntryId id) {
    var known = committed.get(id.index());
    Invariants.check(
        known == null || known.id().equals(id),
        () -> "a snapshot ends with %s, not %s".formatted(id, known));
  }

  private void append(long node, Mirror mirror, Entry entry, RaftStatus status) {
    long index = entry.index();
    Invariants.check(
        index > mirror.base.index() && index <= mirror.lastIndex() + 1,
        () -> "%s leaves a gap".formatted(entry));
    var replaced =
        mirror.entries.subList((int) (index - mirror.base.index() - 1), mirror.entries.size());
    for (Entry old : replaced) {
      Invariants.check(
          old.index() > mirror.appliedIndex, () -> "%s replaces applied %s".formatted(entry, old));
    }
    replacedEntries += replaced.size();
    replaced.clear();
    var previous = mirror.idAt(index - 1);
    var term = entriesByTerm.computeIfAbsent(entry.term(), _ -> new TreeMap<>());
    boolean isNew = !term.containsKey(index);
    var seen = term.computeIfAbsent(index, _ -> new Seen(entry, previous, new TreeSet<>()));
    seen.nodes().add(node);
    Invariants.check(
        seen.same(entry, previous),
        () -> "two logs differ: %s and %s behind %s".formatted(seen, entry, previous));
    mirror.entries.add(entry);
    if (isNew && entry.kind() == EntryKind.MEMBERSHIP) {
      checkOneChange(mirror, entry, status);
    }
  }

  /** Who first appends a change has applied all changes before it. */
  private static void checkOneChange(Mirror mirror, Entry change, RaftStatus status) {
    for (long i = Math.max(status.appliedIndex(), mirror.base.index()) + 1;
        i < change.index();
        i++) {
      Entry earlier = mirror.at(i);
      Invariants.check(
          earlier.kind() != EntryKind.MEMBERSHIP,
          () -> "%s overlaps with %s".formatted(change, earlier));
    }
  }

  /**
   * After every event. A sole voter leads before its disk knows, but says nothing; if it forgets
   * that in a crash, the term had no leader.
   */
  void looked(long node, RaftStatus status, KvStateMachine machine, HardState durable) {
    var mirror = mirror(node);
    Invariants.check(
        status.appliedIndex() <= status.committedIndex(),
        () -> "%s: applied before committed".formatted(status));
    if (machine.appliedId().index() == status.appliedIndex()) {
      Invariants.check(
          machine.appliedSnapshot().configuration().equals(status.configuration()),
          () -> "%s, but the state machine has %s".formatted(status, machine.appliedSnapshot()));
    }
    if (status.leads() && durable.term() >= status.term()) {
      var other = leaders.putIfAbsent(status.term(), node);
      Invariants.check(
          other == null || other == node,
          () -> "%d and %d lead in term %d".formatted(other, node, status.term()));
      if (mirror.leadsTerm != status.term()) {
        mirror.leadsTerm = status.term();
        checkLeaderCompleteness(mirror, status);
      }
    }
  }

  private void checkLeaderCompleteness(Mirror mirror, RaftStatus status) {
    for (Entry entry : committed.tailMap(mirror.base.index(), false).values()) {
      if (entry.term() < status.term()) {
        Invariants.check(
            entry.index() <= mirror.lastIndex() && mirror.at(entry.index()).equals(entry),
            () -> "%s leads without committed %s".formatted(status, entry));
      }
    }
  }

  void applied(long node, RaftStatus status, KvStateMachine machine) {
    mirror(node);
    var known = configurations.putIfAbsent(status.appliedIndex(), status.configuration());
    Invariants.check(
        known == null || known.equals(status.configuration()),
        () -> "%s, but at this index there was %s".formatted(status, known));
    Invariants.check(
        machine.appliedId().index() == status.appliedIndex(),
        () -> "the state machine is at %s, the core at %s".formatted(machine.appliedId(), status));
  }

  /** A message leaves: what it promises must survive a crash of the sender. */
  void sent(Message message, SimulatedDisk disk) {
    var hard = disk.durableHardState();
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
          Invariants.check(
              hard.term() > reply.term() || disk.durableLastIndex() >= reply.index(),
              () -> "%s, but only %d is durable".formatted(reply, disk.durableLastIndex()));
      case Message.AppendEntries _, Message.Heartbeat _, Message.TimeoutNow _ ->
          Invariants.check(
              hard.term() >= message.term(),
              () -> "%s leads in a term that it would forget in a crash".formatted(message.from()));
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

  private static void checkVoteDurable(Message message, long candidate, HardState hard) {
    Invariants.check(
        hard.term() > message.term() || (hard.term() == message.term() && hard.vote() == candidate),
        () -> "%s, but durable is %s".formatted(message, hard));
  }

  private void vote(long term, long voter, long candidate) {
    var other = votes.putIfAbsent(new Ballot(term, voter), candidate);
    Invariants.check(
        other == null || other == candidate,
        () -> "%d votes for %d and %d in term %d".formatted(voter, other, candidate, term));
  }

  private Mirror mirror(long node) {
    var mirror = mirrors.get(node);
    if (mirror == null) {
      throw new IllegalStateException("node " + node + " was never started");
    }
    return mirror;
  }
}
