package dev.quorate.node.storage;

import dev.quorate.raft.HardState;
import dev.quorate.raft.log.Entry;
import dev.quorate.raft.log.Snapshot;
import java.util.ArrayList;
import java.util.List;

/**
 * What a log says after a sequence of writes was carried out in order. Shared by the recovery of a
 * log on disk and by the log in memory, so that both mean the same.
 *
 * <p>Invariant: {@code entries.get(i)} has index {@code firstIndex + i}.
 */
public final class LogImage {
  private HardState hardState = HardState.INITIAL;
  private Snapshot base = Snapshot.NONE;
  private long firstIndex = 1;
  private final List<Entry> entries = new ArrayList<>();

  public LogImage() {}

  public LogImage(LogStorage.Restored restored) {
    hardState = restored.hardState();
    base = restored.base();
    firstIndex = base.id().index() + 1;
    entries.addAll(restored.entries());
  }

  public void hardState(HardState value) {
    hardState = value;
  }

  /** Everything before is void; the log begins anew behind the snapshot. */
  public void snapshot(Snapshot value) {
    base = value;
    firstIndex = value.id().index() + 1;
    entries.clear();
  }

  /** Entries up to the base are not needed any more; nothing to do if they are gone already. */
  public void removeUpTo(Snapshot value) {
    if (value.id().index() <= base.id().index()) {
      return;
    }
    base = value;
    long next = value.id().index() + 1;
    if (next > firstIndex) {
      entries.subList(0, (int) Math.min(next - firstIndex, entries.size())).clear();
      firstIndex = next;
    }
  }

  /**
   * What is known when the beginning of the log is gone: there were entries up to {@code
   * lastIndex}. {@link #isComplete} tells in the end whether any of them would have been needed.
   */
  public void beginBehind(Snapshot known, long lastIndex) {
    base = known;
    firstIndex = lastIndex + 1;
    entries.clear();
  }

  /** An entry whose index is there already replaces it and all that follow; false: a gap. */
  public boolean entry(Entry entry) {
    long position = entry.index() - firstIndex;
    if (position > entries.size()) {
      return false;
    }
    if (position < 0) {
      entries.clear();
      firstIndex = entry.index();
    } else {
      entries.subList((int) position, entries.size()).clear();
    }
    entries.add(entry);
    return true;
  }

  /** Whether the entries follow the base without a gap. */
  public boolean isComplete() {
    return firstIndex == base.id().index() + 1;
  }

  public HardState hardState() {
    return hardState;
  }

  public Snapshot base() {
    return base;
  }

  public long lastIndex() {
    return firstIndex + entries.size() - 1;
  }

  /** A copy that later writes do not change. */
  public LogStorage.Restored restored() {
    long committed = Math.min(hardState.committed(), lastIndex());
    return new LogStorage.Restored(
        new HardState(hardState.term(), hardState.vote(), committed), base, List.copyOf(entries));
  }
}
