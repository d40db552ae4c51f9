package dev.quorate.node.replication;

import dev.quorate.api.command.Command;
import dev.quorate.node.execution.Execution;
import dev.quorate.node.kv.ApplyResult;
import dev.quorate.node.metrics.ReplicationMetrics;
import dev.quorate.node.replication.ReplicationException.Reason;
import dev.quorate.raft.RaftNode;
import dev.quorate.raft.check.Bytes;
import dev.quorate.raft.check.Invariants;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The way of commands into the core. Clients submit from their own threads; the raft loop gathers
 * what has come in and proposes it at once.
 *
 * <p>A proposal waits here while there is no leader. If it was proposed and an entry of a later
 * term is applied before it, its own entry is surely lost, because terms never go down along the
 * log and a forwarded proposal is taken only in the term it was sent in: it is proposed again. So a
 * change of leaders costs clients time and no errors.
 */
final class ProposalGateway implements Proposals {
  private static final int MAX_BATCH_BYTES = 1 << 20;

  private final long memberId;
  private final ReplicaConfig config;
  private final PendingProposals pending;
  private final Mailbox<NodeEvent> mailbox;
  private final StatusBoard board;
  private final ReplicationMetrics metrics;
  private final Execution execution;

  private final ArrayDeque<PendingProposal> gathered = new ArrayDeque<>();
  private final ArrayDeque<PendingProposal> proposed = new ArrayDeque<>();
  private long appliedTerm;

  ProposalGateway(
      long memberId,
      ReplicaConfig config,
      PendingProposals pending,
      Mailbox<NodeEvent> mailbox,
      StatusBoard board,
      ReplicationMetrics metrics,
      Execution execution) {
    this.memberId = memberId;
    this.config = config;
    this.pending = pending;
    this.mailbox = mailbox;
    this.board = board;
    this.metrics = metrics;
    this.execution = execution;
  }

  @Override
  public CompletableFuture<ApplyResult> submit(Command.Builder command) {
    var refusal = refusal();
    if (refusal != null) {
      return refused(refusal);
    }
    long sequence = pending.nextSequence();
    var proposal = pending.add(sequence, encode(command, sequence), execution.nanoTime());
    if (proposal == null) {
      return refused(Reason.TOO_MANY_REQUESTS);
    }
    if (!mailbox.offer(proposal)) {
      pending.fail(proposal, Reason.TOO_MANY_REQUESTS);
    }
    return proposal.result();
  }

  @Override
  public CompletableFuture<ApplyResult> submitUrgent(Command.Builder command) {
    var refusal = board.refusal();
    if (refusal != null) {
      return refused(refusal);
    }
    long sequence = pending.nextSequence();
    var proposal = pending.addUrgent(sequence, encode(command, sequence), execution.nanoTime());
    mailbox.put(proposal);
    return proposal.result();
  }

  private Bytes encode(Command.Builder command, long sequence) {
    return Bytes.of(command.setProposer(memberId).setSequence(sequence).build().toByteArray());
  }

  private @Nullable Reason refusal() {
    var refusal = board.refusal();
    if (refusal == null && board.applyLag() > config.maxApplyLagEntries()) {
      return Reason.TOO_MANY_REQUESTS;
    }
    return refusal;
  }

  private CompletableFuture<ApplyResult> refused(Reason reason) {
    metrics.proposalFailed();
    return CompletableFuture.failedFuture(new ReplicationException(reason));
  }

  /** The raft loop's alone, like all that follows. */
  void gather(PendingProposal proposal) {
    gathered.add(proposal);
  }

  /** Hands the core what has gathered, in batches that fit into a message. */
  void propose(RaftNode node) {
    if (gathered.isEmpty()) {
      return;
    }
    var status = node.status();
    while (status.leader() != 0 && !gathered.isEmpty()) {
      var batch = nextBatch();
      switch (node.propose(batch.stream().map(PendingProposal::command).toList())) {
        case APPENDED, FORWARDED -> {
          batch.forEach(proposal -> proposal.proposedIn(status.term()));
          proposed.addAll(batch);
        }
        case NO_LEADER, TRANSFERRING -> {
          batch.reversed().forEach(gathered::addFirst);
          return;
        }
        case OVERLOADED -> batch.forEach(proposal -> fail(proposal, Reason.TOO_MANY_REQUESTS));
        case NOT_LEADER, CHANGE_PENDING, INVALID_CHANGE ->
            Invariants.check(false, "a command was answered like a membership change");
      }
    }
  }

  /**
   * A membership step is in the log: it is not proposed again, for the guard must be asked anew.
   */
  void proposedOnce(PendingProposal proposal, long term) {
    proposal.proposedOnceIn(term);
    proposed.add(proposal);
  }

  private List<PendingProposal> nextBatch() {
    var batch = new ArrayList<PendingProposal>(Math.min(gathered.size(), 1024));
    int sizeBytes = 0;
    while (!gathered.isEmpty() && (batch.isEmpty() || sizeBytes < MAX_BATCH_BYTES)) {
      var proposal = gathered.poll();
      batch.add(proposal);
      sizeBytes += proposal.command().size();
    }
    return batch;
  }

  /** An entry of this term is applied: earlier terms have nothing more to come. */
  void applied(long term) {
    if (term <= appliedTerm) {
      return;
    }
    appliedTerm = term;
    var lost = new ArrayList<PendingProposal>();
    proposed.removeIf(
        proposal -> {
          boolean gone = proposal.proposedInTerm() < term;
          if (gone && proposal.isOnce()) {
            fail(proposal, Reason.LEADER_CHANGED);
          } else if (gone && !proposal.isSettled()) {
            lost.add(proposal);
          }
          return gone;
        });
    lost.reversed().forEach(gathered::addFirst);
  }

  /**
   * The leader's state was installed: what was proposed may be in it without having passed through
   * this member, so it must not be proposed again, and its outcome is unknown.
   */
  void stateReplaced(long term) {
    for (var proposal : proposed) {
      if (!proposal.isSettled()) {
        fail(proposal, Reason.TIMEOUT_LEADER_FAILED);
      }
    }
    proposed.clear();
    appliedTerm = Math.max(appliedTerm, term);
  }

  /**
   * The disk stands still and the others go on: what was proposed may be committed, but nothing can
   * be applied and answered here, so clients shall rather ask another member.
   */
  void diskStalls() {
    for (var proposal : proposed) {
      if (!proposal.isSettled()) {
        fail(proposal, Reason.TIMEOUT_LEADER_FAILED);
      }
    }
    proposed.clear();
    while (!gathered.isEmpty()) {
      fail(gathered.poll(), Reason.DISK_STALLS);
    }
  }

  /** Gives up on what has waited too long. */
  void expire(long nowNanos, long currentTerm) {
    long timeoutNanos = config.requestTimeout().toNanos();
    long leaderlessNanos = config.leaderPatience().toNanos();
    while (!gathered.isEmpty() && nowNanos - gathered.peek().submittedNanos() > leaderlessNanos) {
      fail(gathered.poll(), Reason.NO_LEADER);
    }
    while (!proposed.isEmpty()
        && (proposed.peek().isSettled()
            || nowNanos - proposed.peek().submittedNanos() > timeoutNanos)) {
      var proposal = proposed.poll();
      if (!proposal.isSettled()) {
        boolean sameTerm = proposal.proposedInTerm() == currentTerm;
        fail(proposal, sameTerm ? Reason.TIMEOUT : Reason.TIMEOUT_LEADER_FAILED);
      }
    }
    if (proposed.size() > 2 * pending.size() + 1024) {
      proposed.removeIf(PendingProposal::isSettled);
    }
  }

  private void fail(PendingProposal proposal, Reason reason) {
    metrics.proposalFailed();
    pending.fail(proposal, reason);
  }
}
