package dev.quorate.node.replication;

import dev.quorate.node.replication.ReplicationException.Reason;
import dev.quorate.raft.check.Bytes;
import java.util.concurrent.CompletableFuture;
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
  private final long maxBytes;
  private final ConcurrentHashMap<Long, PendingProposal> waiting = new ConcurrentHashMap<>();
  private final AtomicInteger count = new AtomicInteger();
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicLong nextSequence;

  /**
   * A fresh member of the same id must not take entries of its earlier life for its own.
   *
   * @param firstSequence drawn at random at every start
   */
  PendingProposals(int capacity, long maxBytes, long firstSequence) {
    this.capacity = capacity;
    this.maxBytes = maxBytes;
    this.nextSequence = new AtomicLong(firstSequence);
  }

  long nextSequence() {
    return nextSequence.getAndIncrement();
  }

  /** Begins to wait for an answer; null when too many or too much waits already. */
  @Nullable PendingProposal add(long sequence, Bytes command, long nowNanos) {
    boolean tooMany = count.incrementAndGet() > capacity;
    boolean tooMuch = bytes.addAndGet(command.size()) > maxBytes;
    if (tooMany || tooMuch) {
      leaves(command);
      return null;
    }
    return waitFor(sequence, command, nowNanos);
  }

  /** The same without regard to how many and how much wait already. */
  PendingProposal addUrgent(long sequence, Bytes command, long nowNanos) {
    count.incrementAndGet();
    bytes.addAndGet(command.size());
    return waitFor(sequence, command, nowNanos);
  }

  private PendingProposal waitFor(long sequence, Bytes command, long nowNanos) {
    var proposal = new PendingProposal(sequence, command, nowNanos);
    waiting.put(sequence, proposal);
    return proposal;
  }

  boolean isWaitedFor(long sequence) {
    return waiting.containsKey(sequence);
  }

  /** Who waits for this outcome; from now on it is the caller's to answer. */
  @Nullable PendingProposal take(long sequence) {
    var proposal = waiting.remove(sequence);
    if (proposal != null) {
      proposal.markAnswered();
      leaves(proposal.command());
    }
    return proposal;
  }

  /**
   * The entry is applied; the answer comes when what it has begun is done, however long it takes.
   */
  void applied(long sequence) {
    var proposal = waiting.get(sequence);
    if (proposal != null) {
      proposal.markApplied();
    }
  }

  private void leaves(Bytes command) {
    count.decrementAndGet();
    bytes.addAndGet(-command.size());
  }

  void fail(PendingProposal proposal, Reason reason) {
    if (take(proposal.sequence()) != null) {
      proposal.result().completeExceptionally(new ReplicationException(reason));
    }
  }

  /** The member stops or has broken down: nobody knows what becomes of these. */
  void failAll(Reason reason) {
    waiting.values().forEach(proposal -> fail(proposal, reason));
  }

  /** Completes when all that wait now have an answer. */
  CompletableFuture<Void> drained() {
    return CompletableFuture.allOf(
        waiting.values().stream()
            .map(PendingProposal::result)
            .toArray(CompletableFuture<?>[]::new));
  }

  int size() {
    return count.get();
  }
}
