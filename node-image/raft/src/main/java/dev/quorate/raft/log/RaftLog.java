package dev.quorate.raft.log;

import dev.quorate.raft.check.Invariants;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The log as one node sees it: a window of entries in memory behind {@code base}, and how far it is
 * handed to the disk, durable, committed, handed to the state machine and applied.
 *
 * <p>Invariants: base <= applied <= handed to the state machine <= committed <= last, and nothing
 * committed is ever replaced. {@code entries.get(i)} has the index {@code base.index() + 1 + i}.
 */
public final class RaftLog {
  private final ArrayList<Entry> entries;
  private final UnstableEntries unstable;
  private EntryId base;
  private long committedIndex;
  private long handedToApplyIndex;
  private long appliedIndex;

  /** Of the entries that are committed and not applied. */
  private long unappliedBytes;

  private long lastMembershipIndex;

  /** The slice made last: the disk and all followers mostly want the same one. */
  private List<Entry> slice = List.of();

  private long sliceFrom;

  public RaftLog(EntryId base, List<Entry> restored, long committedIndex, long appliedIndex) {
    this.base = base;
    this.entries = new ArrayList<>(restored);
    this.unstable = new UnstableEntries(lastIndex());
    this.appliedIndex = appliedIndex;
    this.handedToApplyIndex = appliedIndex;
    Invariants.check(
        base.index() <= appliedIndex && appliedIndex <= lastIndex(),
        () ->
            "restored log from %s to %s does not hold applied %d"
                .formatted(base, last(), appliedIndex));
    for (int i = 0; i < entries.size(); i++) {
      Invariants.check(
          entries.get(i).index() == base.index() + 1 + i, "restored log has a gap in its entries");
    }
    this.lastMembershipIndex = lastMembershipAtMost(lastIndex());
    this.committedIndex = restoredCommittedIndex(committedIndex);
    this.unappliedBytes = bytesBetween(appliedIndex, this.committedIndex);
  }

  /**
   * The index that was written may be ahead of entries that a crash tore off. And it may be behind:
   * a leader appends a membership change only when it has applied the one before, so of two in the
   * log the first is committed; not to know it would let this node campaign two steps behind.
   */
  private long restoredCommittedIndex(long written) {
    long proven = membershipPending() ? lastMembershipAtMost(lastMembershipIndex - 1) : 0;
    return Math.max(Math.max(proven, appliedIndex), Math.min(written, lastIndex()));
  }

  public EntryId base() {
    return base;
  }

  public long lastIndex() {
    return base.index() + entries.size();
  }

  public EntryId last() {
    return entries.isEmpty() ? base : entries.getLast().id();
  }

  public long committedIndex() {
    return committedIndex;
  }

  public long appliedIndex() {
    return appliedIndex;
  }

  /** How much is committed and not applied. */
  public long unappliedBytes() {
    return unappliedBytes;
  }

  /** Of the entries behind {@code from} up to {@code to}. */
  private long bytesBetween(long from, long to) {
    long bytes = 0;
    for (long i = from + 1; i <= to; i++) {
      bytes += at(i).data().size();
    }
    return bytes;
  }

  public long durableIndex() {
    return unstable.durableIndex();
  }

  /** Whether the log still knows (or again, or already) what stands at this index. */
  public boolean holds(long index) {
    return index >= base.index() && index <= lastIndex();
  }

  public boolean matches(EntryId id) {
    return holds(id.index()) && idAt(id.index()).term() == id.term();
  }

  public EntryId idAt(long index) {
    return index == base.index() ? base : at(index).id();
  }

  public Entry at(long index) {
    return entries.get((int) (index - base.index() - 1));
  }

  /**
   * The highest index up to {@code index} whose term is at most {@code term}: nothing above it can
   * match a log that has this term there, so a whole term is skipped at a time (thesis, section
   * 3.5). One below the base if the log no longer knows.
   */
  public long lastIndexWithTermAtMost(long index, long term) {
    long candidate = Math.min(index, lastIndex());
    while (candidate >= base.index() && idAt(candidate).term() > term) {
      candidate--;
    }
    return candidate;
  }

  /** A leader's own new entry. */
  public void append(Entry entry) {
    entries.add(entry);
    if (entry.kind() == EntryKind.MEMBERSHIP) {
      lastMembershipIndex = entry.index();
    }
  }

  /**
   * Entries from the leader, which follow one that matches: what is there already stays, from the
   * first conflict on ours is replaced (thesis, section 3.5).
   */
  public void appendFromLeader(List<Entry> incoming) {
    int known = 0;
    while (known < incoming.size() && matches(incoming.get(known).id())) {
      known++;
    }
    for (int i = known; i < incoming.size(); i++) {
      if (i == known && incoming.get(i).index() <= lastIndex()) {
        truncateFrom(incoming.get(i).index());
      }
      append(incoming.get(i));
    }
  }

  private void truncateFrom(long index) {
    Invariants.check(
        index > committedIndex,
        () -> "entry %d would be replaced, but %d is committed".formatted(index, committedIndex));
    entries.subList((int) (index - base.index() - 1), entries.size()).clear();
    unstable.truncatedFrom(index);
    slice = List.of();
    if (lastMembershipIndex >= index) {
      lastMembershipIndex = lastMembershipAtMost(index - 1);
    }
  }

  /** The log begins anew behind a snapshot. */
  public void restore(EntryId snapshot) {
    entries.clear();
    slice = List.of();
    base = snapshot;
    committedIndex = snapshot.index();
    handedToApplyIndex = snapshot.index();
    appliedIndex = snapshot.index();
    unappliedBytes = 0;
    lastMembershipIndex = 0;
    unstable.restartAt(snapshot);
  }

  /** Whether anything is newly committed. */
  public boolean commitTo(long index) {
    if (index <= committedIndex) {
      return false;
    }
    Invariants.check(
        index <= lastIndex(),
        () -> "entry %d is committed, but the log ends at %s".formatted(index, last()));
    unappliedBytes += bytesBetween(committedIndex, index);
    committedIndex = index;
    return true;
  }

  /** Whether more is durable now; a report for what was overwritten meanwhile changes nothing. */
  public boolean persisted(EntryId id) {
    return unstable.persisted(id);
  }

  public void applied(long index) {
    Invariants.check(
        index <= handedToApplyIndex,
        () -> "%d is applied, but only %d was handed out".formatted(index, handedToApplyIndex));
    if (index > appliedIndex) {
      unappliedBytes -= bytesBetween(appliedIndex, index);
      appliedIndex = index;
    }
  }

  /** Forgets the entries up to an applied index. */
  public void removeUpTo(long index) {
    Invariants.check(
        index <= appliedIndex,
        () -> "entries up to %d cannot go, applied is %d".formatted(index, appliedIndex));
    if (index > base.index()) {
      var newBase = idAt(index);
      entries.subList(0, (int) (index - base.index())).clear();
      base = newBase;
      slice = List.of();
    }
  }

  public boolean membershipPending() {
    return lastMembershipIndex > appliedIndex;
  }

  /** A change that is committed, but not in effect here (a candidate would count wrongly). */
  public boolean committedMembershipPending() {
    return membershipPending() && lastMembershipAtMost(committedIndex) > appliedIndex;
  }

  /** The last membership entry above what is applied, 0 if there is none. */
  private long lastMembershipAtMost(long index) {
    for (long i = index; i > appliedIndex; i--) {
      if (at(i).kind() == EntryKind.MEMBERSHIP) {
        return i;
      }
    }
    return 0;
  }

  public boolean hasUnstable() {
    return unstable.handedOutIndex() < lastIndex();
  }

  /** What the disk does not have yet; remembered as handed out. */
  public List<Entry> takeUnstable() {
    if (!hasUnstable()) {
      return List.of();
    }
    var taken = slice(unstable.handedOutIndex() + 1, lastIndex());
    unstable.handedOut(last());
    return taken;
  }

  private long applicableIndex() {
    return Math.min(committedIndex, unstable.durableIndex());
  }

  public boolean hasCommitted() {
    return applicableIndex() > handedToApplyIndex;
  }

  /** Whether {@link #takeCommitted} would hand out a membership entry. */
  public boolean handsOutMembership() {
    return membershipPending()
        && hasCommitted()
        && lastMembershipAtMost(applicableIndex()) > handedToApplyIndex;
  }

  /** What can be applied now: committed and durable here; remembered as handed out. */
  public List<Entry> takeCommitted() {
    if (!hasCommitted()) {
      return List.of();
    }
    long to = applicableIndex();
    var taken = slice(handedToApplyIndex + 1, to);
    handedToApplyIndex = to;
    return taken;
  }

  /** Entries from {@code from} on, as many as {@code maxBytes} allow, but at least one. */
  public List<Entry> entriesFrom(long from, long maxBytes) {
    long to = from - 1;
    long bytes = 0;
    while (to < lastIndex()) {
      bytes += at(to + 1).sizeBytes();
      if (bytes > maxBytes && to >= from) {
        break;
      }
      to++;
    }
    return to < from ? List.of() : slice(from, to);
  }

  private List<Entry> slice(long from, long to) {
    int size = (int) (to - from + 1);
    if (sliceFrom != from || slice.size() != size) {
      int start = (int) (from - base.index() - 1);
      slice = Collections.unmodifiableList(new ArrayList<>(entries.subList(start, start + size)));
      sliceFrom = from;
    }
    return slice;
  }
}
