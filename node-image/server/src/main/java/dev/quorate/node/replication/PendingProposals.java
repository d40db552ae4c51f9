package dev.quorate.node.replication;

import dev.quorate.node.kv.ApplyResult;
import dev.quorate.node.replication.ReplicationException.Reason;
import dev.quorate.raft.check.Bytes;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The commands of this member's clients that have no answer yet, by their sequence number. Safe for
 * use by all threads: clients add, the apply loop completes, the raft loop lets expire.
 */
final class PendingProposals {
  private final int capacity;
  private final ConcurrentHashMap<Long, PendingProposal> waiting = new ConcurrentHashMap<>();
  private final AtomicInteger count = new AtomicInteger();
  private final AtomicLong nextSequence;

  /**
   * A fresh member of the same id must not take entries of its earlier life for its own.
   *
   * @param firstSequence drawn at random at every start
   */
  PendingProposals(int capacity, long firstSequence) {
    this.capacity = capacity;
    this.nextSequence = new AtomicLong(firstSequence);
  }

  long nextSequence() {
    return nextSequence.getAndIncrement();
  }

  /** Begins to wait for an answer; null when too many wait already. */
  @Nullable PendingProposal add(long sequence, Bytes command, long nowNanos) {
    if (count.incrementAndGet() > capacity) {
      count.decrementAndGet();
      return null;
    }
    var proposal = new PendingProposal(sequence, command, nowNanos);
    waiting.put(sequence, proposal);
    return proposal;
  }

  /** Gives the client its answer; nothing happens if it has got one. */
  void complete(long sequence, ApplyResult result) {
    var proposal = remove(sequence);
    if (proposal != null) {
      proposal.result().complete(result);
    }
  }

  void fail(PendingProposal proposal, Reason reason) {
    if (remove(proposal.sequence()) != null) {
      proposal.result().completeExceptionally(new ReplicationException(reason));
    }
  }

  /** The member stops or has broken down: nobody knows what becomes of these. */
  void failAll(Reason reason) {
    waiting.values().forEach(proposal -> fail(proposal, reason));
  }

  int size() {
    return count.get();
  }

  private @Nullable PendingProposal remove(long sequence) {
    var proposal = waiting.remove(sequence);
    if (proposal != null) {
      count.decrementAndGet();
    }
    return proposal;
  }
}
