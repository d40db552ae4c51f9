package dev.quorate.raft;

import dev.quorate.raft.log.Entry;
import dev.quorate.raft.log.Snapshot;
import java.util.List;

/**
 * What a node finds on its disk.
 *
 * @param base the membership at {@code base.id()}, and what the log begins behind
 * @param entries all durable entries after {@code base}, without gaps
 * @param appliedIndex how far the state machine is; at least the base's index
 */
public record RestoredState(
    HardState hardState, Snapshot base, List<Entry> entries, long appliedIndex) {
  public static final RestoredState EMPTY =
      new RestoredState(HardState.INITIAL, Snapshot.NONE, List.of(), 0);
}
