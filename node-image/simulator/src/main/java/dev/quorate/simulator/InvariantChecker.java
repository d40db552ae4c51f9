package dev.quorate.simulator;

import dev.quorate.node.kv.KvStateMachine;
import dev.quorate.node.storage.LogStorage;
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
import java.util.TreeMap;

/** Looks at every node after every event and compares with all that was ever seen (figure 3.2). */
final class InvariantChecker {
  /** What an entry is, and what stands before it: the Log Matching property by induction. */
  private record Seen(Entry entry, EntryId previous) {}

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

  long committedIndex() {
    return committed.isEmpty() ? 0 : committed.lastKey();
  }

  void started(long node, LogStorage.Restored restored, RaftStatus status) {
    mirrors.put(node, new Mirror(restored, status.appliedIndex()));
  }

  void ready(long node, RaftStatus status, Ready ready) {
    var mirror = mirror(node);
    if (ready.snapshot() != null) {
      mirror.base = ready.snapshot().id();
      mirror.entries.clear();
      mirror.appliedIndex = mirror.base.index();
      checkCommittedId(mirror.base);
    }
    for (Entry entry : ready.entries()) {
      append(mirror, entry, status);
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

  private void append(Mirror mirror, Entry entry, RaftStatus status) {
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
    replaced.clear();
    var seen = new Seen(entry, mirror.idAt(index - 1));
    var known =
        entriesByTerm.computeIfAbsent(entry.term(), _ -> new TreeMap<>()).putIfAbsent(index, seen);
    Invariants.check(
        known == null || known.equals(seen),
        () -> "two logs differ: %s and %s".formatted(known, seen));
    mirror.entries.add(entry);
    if (known == null && entry.kind() == EntryKind.MEMBERSHIP) {
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

  /** After every event. */
  void looked(long node, RaftStatus status, KvStateMachine machine) {
    var mirror = mirror(node);
    Invariants.check(
        status.appliedIndex() <= status.committedIndex(),
        () -> "%s: applied before committed".formatted(status));
    if (machine.appliedId().index() == status.appliedIndex()) {
      Invariants.check(
          machine.appliedSnapshot().configuration().equals(status.configuration()),
          () -> "%s, but the state machine has %s".formatted(status, machine.appliedSnapshot()));
    }
    if (status.leads()) {
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

  /** A message that waited for the disk leaves. */
  void released(Message message) {
    if (message instanceof Message.VoteReply reply && reply.granted() && !reply.preVote()) {
      vote(reply.term(), reply.from(), reply.to());
    } else if (message instanceof Message.VoteRequest request && !request.preVote()) {
      vote(request.term(), request.from(), request.from());
    }
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
