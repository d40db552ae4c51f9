package dev.quorate.node.replication;

import dev.quorate.node.kv.ApplyResult;
import dev.quorate.raft.check.Bytes;
import java.util.concurrent.CompletableFuture;

/** A client's command from its submission until the client has its answer. */
final class PendingProposal implements NodeEvent {
  private final long sequence;
  private final Bytes command;
  private final long submittedNanos;
  private final CompletableFuture<ApplyResult> result = new CompletableFuture<>();

  /** Somebody gives the answer, or has given it. */
  private volatile boolean answered;

  /** Its entry is applied, though the answer may take its time. */
  private volatile boolean applied;

  /** The term in which it was last handed to the core, 0 before that; the raft loop's own. */
  private long proposedInTerm;

  /** It must not be proposed again. */
  private boolean once;

  PendingProposal(long sequence, Bytes command, long submittedNanos) {
    this.sequence = sequence;
    this.command = command;
    this.submittedNanos = submittedNanos;
  }

  long sequence() {
    return sequence;
  }

  Bytes command() {
    return command;
  }

  long submittedNanos() {
    return submittedNanos;
  }

  CompletableFuture<ApplyResult> result() {
    return result;
  }

  boolean isAnswered() {
    return answered;
  }

  void markAnswered() {
    answered = true;
  }

  void markApplied() {
    applied = true;
  }

  /** Whether its entry needs nobody any more: it is neither proposed again nor given up. */
  boolean isSettled() {
    return answered || applied;
  }

  long proposedInTerm() {
    return proposedInTerm;
  }

  void proposedIn(long term) {
    proposedInTerm = term;
  }

  boolean isOnce() {
    return once;
  }

  void proposedOnceIn(long term) {
    proposedInTerm = term;
    once = true;
  }
}
