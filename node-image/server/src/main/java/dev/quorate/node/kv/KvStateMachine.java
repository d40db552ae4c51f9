package dev.quorate.node.kv;

import dev.quorate.api.etcd.Member;
import dev.quorate.node.storage.StateStorage;
import dev.quorate.raft.log.Entry;
import dev.quorate.raft.log.EntryId;
import dev.quorate.raft.log.Snapshot;
import java.util.List;

/**
 * Applies committed entries in order: a pure function of the log, the same on every member. One
 * thread writes; everything else may be asked from any thread.
 */
public final class KvStateMachine {
  private final StateStorage storage;
  private volatile StoreState state;
  private volatile MemberTable members;

  public KvStateMachine(StateStorage storage) {
    this.storage = storage;
    try (var view = storage.view()) {
      state = StoreState.read(view);
      members = MemberTable.read(view);
    }
  }

  /**
   * Writes what a new cluster begins with into an empty storage: its first members, as of {@code
   * base}. The base stands beyond index 0, so that a member that joins later gets the state and not
   * a log from which the first members are missing.
   */
  public static void bootstrap(StateStorage storage, EntryId base, List<Member> members) {
    try (var batch = storage.batch()) {
      var initial = StoreState.INITIAL;
      new StoreState(base, initial.revision(), initial.compactRevision(), initial.compactedUpTo())
          .write(batch);
      MemberTable.of(members, base.index()).write(batch);
      batch.commit();
    }
  }

  /** The last entry whose effect is in the storage. */
  public EntryId appliedId() {
    return state.applied();
  }

  /** What the state stands for, to begin a log behind it or to send it to a peer. */
  public Snapshot appliedSnapshot() {
    return new Snapshot(state.applied(), members.configuration());
  }

  public MemberTable members() {
    return members;
  }

  /**
   * Applies entries in one atomic round and tells the outcomes; entries that were applied before
   * are skipped. With an empty list it only goes on with deferred work. The outcome of a physical
   * compaction comes from the later round that finishes it.
   */
  public List<Applied> apply(List<Entry> committed) {
    if (!committed.isEmpty()) {
      throw new UnsupportedOperationException("not built yet: " + storage);
    }
    return List.of();
  }

  /** Whether deferred work is left: apply an empty list when there is nothing else to do. */
  public boolean hasDeferredWork() {
    return state.compacting();
  }

  /** What the state takes, as of the last rounds. */
  public long databaseSizeBytes() {
    return storage.sizeBytes();
  }
}
