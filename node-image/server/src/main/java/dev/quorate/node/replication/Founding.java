package dev.quorate.node.replication;

import dev.quorate.api.etcd.Member;
import dev.quorate.node.storage.LogStorage;
import dev.quorate.node.storage.StateHome;
import java.io.IOException;
import java.util.List;

/**
 * Writes the common beginning of a new cluster's members: a log that begins behind index 1 and a
 * state at index 1 that knows the first members. Every founding member writes the same; whoever
 * joins later begins empty and gets this, or what has become of it, from the leader.
 */
@SuppressWarnings({"DoNotCallSuggester", "unused"})
public final class Founding {
  private Founding() {}

  /**
   * Writes and syncs it; repeating it after a crash in the middle is harmless. Both storages stay
   * usable for {@link Replica#start}.
   */
  public static void write(LogStorage log, StateHome home, List<Member> members)
      throws IOException {
    throw new IllegalStateException("replication is being built");
  }
}
