package dev.quorate.simulator;

import dev.quorate.node.kv.KvStateMachine;
import dev.quorate.node.storage.LogStorage;
import dev.quorate.node.storage.memory.MemoryLogStorage;
import dev.quorate.node.storage.memory.MemoryStateStorage;
import dev.quorate.raft.HardState;
import dev.quorate.raft.Ready;
import dev.quorate.raft.check.Invariants;
import dev.quorate.raft.log.Entry;
import dev.quorate.raft.log.Snapshot;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What one node has on its disk; it outlives crashes, but without what was not synced. */
final class SimulatedDisk {
  private MemoryLogStorage log = new MemoryLogStorage();
  private MemoryStateStorage state = new MemoryStateStorage();
  private HardState durableHardState = HardState.INITIAL;
  private long durableLastIndex;

  /** What a crash would leave of the log, for the checker. */
  HardState durableHardState() {
    return durableHardState;
  }

  long durableLastIndex() {
    return durableLastIndex;
  }

  MemoryStateStorage state() {
    return state;
  }

  LogStorage.Restored restored() {
    return log.restored();
  }

  void write(Ready batch) {
    write(batch.hardState(), batch.snapshot(), batch.entries());
  }

  void write(@Nullable HardState hardState, @Nullable Snapshot snapshot, List<Entry> entries) {
    try {
      log.append(hardState, snapshot, entries);
      log.sync();
      durableHardState = hardState == null ? durableHardState : hardState;
      durableLastIndex = snapshot == null ? durableLastIndex : snapshot.id().index();
      durableLastIndex = entries.isEmpty() ? durableLastIndex : entries.getLast().index();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void removeLogUpTo(Snapshot base) {
    try {
      log.removeUpTo(base);
      log.sync();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A state that was received replaces the own one, durably and at once. */
  void replaceState(MemoryStateStorage received) {
    received.flush();
    state = received;
  }

  /** The log as a node finds it that starts now. */
  void reopen() {
    log = log.crashed();
    state = state.crashed();
  }

  /**
   * The log must reach the state: after a crash between replacing the state and beginning the log
   * anew it does not.
   */
  void fitLogToState() {
    Snapshot applied = new KvStateMachine(state).appliedSnapshot();
    var restored = log.restored();
    long index = applied.id().index();
    long position = index - restored.base().id().index();
    Invariants.check(position >= 0, "the log was removed beyond the durable state");
    boolean fits =
        position == 0
            ? restored.base().id().equals(applied.id())
            : position <= restored.entries().size()
                && restored.entries().get((int) position - 1).id().equals(applied.id());
    if (!fits) {
      write(null, applied, List.of());
      log = log.crashed();
    }
  }
}
