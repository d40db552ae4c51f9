package dev.quorate.simulator;

import dev.quorate.node.storage.LogImage;
import dev.quorate.node.storage.LogStorage;
import dev.quorate.raft.HardState;
import dev.quorate.raft.log.Entry;
import dev.quorate.raft.log.EntryId;
import dev.quorate.raft.log.Snapshot;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The log of one node: what it was asked to keep, and what it has said is durable of that. */
final class LogMirror {
  private static final long UNKNOWN = -1;

  private HardState hardState;
  private HardState durableHardState;
  private EntryId base;
  private EntryId durableBase;
  private final List<Entry> entries;
  private List<Entry> durable;
  private long appliedIndex = UNKNOWN;

  LogMirror(LogStorage.Restored restored) {
    hardState = restored.hardState();
    durableHardState = hardState;
    base = restored.base().id();
    durableBase = base;
    entries = new ArrayList<>(restored.entries());
    durable = List.copyOf(entries);
  }

  List<Entry> entries() {
    return entries;
  }

  HardState durableHardState() {
    return durableHardState;
  }

  long baseIndex() {
    return base.index();
  }

  long lastIndex() {
    return base.index() + entries.size();
  }

  long durableLastIndex() {
    return durableBase.index() + durable.size();
  }

  EntryId idAt(long index) {
    return index == base.index() ? base : entries.get((int) (index - base.index() - 1)).id();
  }

  boolean has(Entry entry) {
    return entry.index() <= base.index()
        || (entry.index() <= lastIndex()
            && entries.get((int) (entry.index() - base.index() - 1)).equals(entry));
  }

  @Nullable Entry durableAt(long index) {
    long position = index - durableBase.index() - 1;
    return position < 0 || position >= durable.size() ? null : durable.get((int) position);
  }

  boolean fits(long index) {
    return index > base.index() && index <= lastIndex() + 1;
  }

  List<Entry> from(long index) {
    long position = Math.clamp(index - base.index() - 1, 0, entries.size());
    return entries.subList((int) position, entries.size());
  }

  void hardState(HardState value) {
    hardState = value;
  }

  void snapshot(Snapshot snapshot) {
    base = snapshot.id();
    entries.clear();
  }

  void append(Entry entry) {
    from(entry.index()).clear();
    entries.add(entry);
  }

  /** Entries up to there are not needed any more, now or after a crash. */
  void removeUpTo(Snapshot newBase) {
    long count = newBase.id().index() - base.index();
    if (count > 0) {
      entries.subList(0, (int) Math.min(count, entries.size())).clear();
      base = newBase.id();
    }
  }

  void synced() {
    durableHardState = hardState;
    durableBase = base;
    durable = List.copyOf(entries);
  }

  /**
   * Whether a log that was opened has all that was durable, as far as it was not replaced since.
   */
  boolean survivesIn(LogStorage.Restored restored) {
    var hard = restored.hardState();
    if (hard.term() < durableHardState.term()
        || (hard.term() == durableHardState.term()
            && durableHardState.vote() != 0
            && hard.vote() != durableHardState.vote())) {
      return false;
    }
    var found = new LogImage(restored).restored();
    var there = new LogMirror(found);
    for (var entry : durable) {
      if (!there.has(entry) && has(entry)) {
        return false;
      }
    }
    return true;
  }

  long appliedIndex() {
    return appliedIndex;
  }

  void applied(long index) {
    appliedIndex = index;
  }

  /** The state at hand is not known yet. */
  void expectState() {
    appliedIndex = UNKNOWN;
  }

  boolean expectsState() {
    return appliedIndex == UNKNOWN;
  }

  @Override
  public String toString() {
    return "%s and entries from %s to %d, durable %s to %d, applied %d"
        .formatted(
            hardState, base, lastIndex(), durableHardState, durableLastIndex(), appliedIndex);
  }
}
