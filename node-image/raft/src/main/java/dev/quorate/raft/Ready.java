package dev.quorate.raft;

import dev.quorate.raft.log.Entry;
import dev.quorate.raft.log.Snapshot;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the core wants done. The contract, which makes it safe to never wait for a disk:
 *
 * <ul>
 *   <li>Batches are handed to the log in the order given; the caller goes on at once and reports
 *       {@link RaftNode#persisted} when one is durable. {@code hardState}, {@code snapshot} and
 *       {@code entries} of one batch become durable together; an entry whose index the log has
 *       already replaces it and all that follow.
 *   <li>{@code sendNow} may leave before this batch is durable.
 *   <li>{@code sendAfterAppend} leaves when this batch, and all before it, is durable.
 *   <li>{@code snapshot} (rare) is installed first: the state machine and the log begin anew behind
 *       it.
 *   <li>{@code committed} is committed and durable here; applied in order, reported by {@link
 *       RaftNode#applied}.
 *   <li>{@code reads}: answer the read when everything up to its index is applied, or tell the
 *       client to try again.
 *   <li>{@code snapshotsWanted}: send the state to these members, then report {@link
 *       RaftNode#snapshotSent}.
 * </ul>
 */
public record Ready(
    @Nullable HardState hardState,
    @Nullable Snapshot snapshot,
    List<Entry> entries,
    List<Message> sendNow,
    List<Message> sendAfterAppend,
    List<Entry> committed,
    List<ReadResult> reads,
    List<Long> snapshotsWanted) {

  /**
   * A read that {@link RaftNode#requestRead} asked for; {@code index} counts only if it was
   * granted.
   */
  public record ReadResult(long id, boolean granted, long index) {}

  /** Whether anything must become durable. */
  public boolean mustAppend() {
    return hardState != null || snapshot != null || !entries.isEmpty();
  }
}
