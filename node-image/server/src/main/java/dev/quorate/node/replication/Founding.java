package dev.quorate.node.replication;

import dev.quorate.api.etcd.Member;
import dev.quorate.node.kv.KvStateMachine;
import dev.quorate.node.storage.LogStorage;
import dev.quorate.node.storage.StateHome;
import dev.quorate.node.storage.StateStorage;
import dev.quorate.raft.HardState;
import dev.quorate.raft.log.EntryId;
import java.io.IOException;
import java.util.List;

/**
 * Writes the common beginning of a new cluster's members: a log that begins behind index 1 and a
 * state at index 1 that knows the first members. Every founding member writes the same; whoever
 * joins later begins empty and gets this, or what has become of it, from the leader.
 */
public final class Founding {
  /** That of all founding members until the first of them stands for election. */
  public static final long TERM = 1;

  private static final EntryId BASE = new EntryId(TERM, 1);

  private Founding() {}

  /**
   * Writes and syncs it; repeating it after a crash in the middle is harmless. Both storages are
   * ready for {@link Replica#start} then.
   */
  public static void write(LogStorage log, StateHome home, List<Member> members)
      throws IOException {
    try (var storage = home.open()) {
      writeState(storage, members);
      log.append(
          new HardState(BASE.term(), 0, BASE.index()),
          new KvStateMachine(storage).appliedSnapshot(),
          List.of());
      log.sync();
    }
  }

  /**
   * Writes the state alone, and syncs it: {@link Replica#start} lets an empty log begin behind it.
   */
  public static void writeState(StateStorage storage, List<Member> members) throws IOException {
    KvStateMachine.bootstrap(storage, BASE, members);
    storage.flush();
  }
}
