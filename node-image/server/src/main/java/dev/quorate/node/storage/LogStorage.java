package dev.quorate.node.storage;

import dev.quorate.raft.HardState;
import dev.quorate.raft.log.Entry;
import dev.quorate.raft.log.Snapshot;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The durable log of one node. After opening, one thread uses it; the core keeps the entries that
 * peers may still need, so nothing is read again while the node runs.
 */
public interface LogStorage extends AutoCloseable {
  /** What the disk held at opening. */
  Restored restored();

  /**
   * Writes a batch behind all before it; durable only after {@link #sync}. An entry whose index the
   * log has already replaces it and all that follow. A snapshot, if there is one, comes first: the
   * log begins anew behind it.
   *
   * @throws IOException if the disk refuses; the log must not be used any more then
   */
  void append(@Nullable HardState hardState, @Nullable Snapshot snapshot, List<Entry> entries)
      throws IOException;

  /**
   * Makes everything appended so far durable.
   *
   * @throws IOException if the disk refuses; never tried again, because the kernel may have dropped
   *     the pages
   */
  void sync() throws IOException;

  /**
   * Lets go of entries up to and including the base: the state machine holds them durably. A base
   * before the present one changes nothing: it was asked for before a snapshot began the log anew.
   */
  void removeUpTo(Snapshot base) throws IOException;

  @Override
  void close() throws IOException;

  /** The entries follow {@code base.id()} without gaps. */
  record Restored(HardState hardState, Snapshot base, List<Entry> entries) {
    public static final Restored EMPTY = new Restored(HardState.INITIAL, Snapshot.NONE, List.of());
  }
}
