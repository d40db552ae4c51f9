package dev.quorate.node.replication;

import dev.quorate.node.storage.LogStorage;
import dev.quorate.node.storage.StorageException;
import dev.quorate.raft.HardState;
import dev.quorate.raft.RestoredState;
import dev.quorate.raft.log.EntryId;
import dev.quorate.raft.log.Snapshot;
import java.io.IOException;
import java.util.List;

/** Brings together what the log and the state hold after a restart. */
final class LogRecovery {
  private LogRecovery() {}

  /**
   * What the core begins with. The state may stand behind the log's last entry (it is flushed
   * seldom), and beyond it or beside it after a crash between the installation of a leader's state
   * and the log's new beginning: then the log begins anew now.
   *
   * @param state what the state machine stands for
   * @throws StorageException if the log begins behind a state that is not there
   */
  static RestoredState restore(LogStorage log, Snapshot state) throws IOException {
    var restored = log.restored();
    long applied = state.id().index();
    if (restored.base().id().index() > applied) {
      throw new StorageException(
          StorageException.Kind.DATA_LOST,
          "the log begins behind index %d, but the state ends at index %d: what lies between is lost; replace this member"
              .formatted(restored.base().id().index(), applied));
    }
    if (!holds(restored, state.id())) {
      var hard = restored.hardState();
      var hardState =
          new HardState(
              Math.max(hard.term(), state.id().term()),
              hard.term() < state.id().term() ? 0 : hard.vote(),
              applied);
      log.append(hardState, state, List.of());
      log.sync();
      return new RestoredState(hardState, state, List.of(), applied);
    }
    return new RestoredState(restored.hardState(), restored.base(), restored.entries(), applied);
  }

  private static boolean holds(LogStorage.Restored restored, EntryId id) {
    var base = restored.base().id();
    if (id.index() == base.index()) {
      return id.equals(base);
    }
    int position = (int) (id.index() - base.index() - 1);
    return position < restored.entries().size() && restored.entries().get(position).id().equals(id);
  }
}
