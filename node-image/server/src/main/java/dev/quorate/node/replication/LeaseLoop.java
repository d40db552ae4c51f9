package dev.quorate.node.replication;

import dev.quorate.api.command.Command;
import dev.quorate.api.command.LeaseCheckpoint;
import dev.quorate.api.command.LeaseRevocation;
import dev.quorate.api.command.RemainingTtl;
import dev.quorate.node.execution.Execution;
import dev.quorate.node.kv.ApplyResult;
import dev.quorate.node.kv.KvStateMachine;
import dev.quorate.node.kv.LeaseChange;
import dev.quorate.node.lease.LeaseDeadlines;
import dev.quorate.node.lease.Renewal;
import dev.quorate.node.lease.RevocationPace;
import dev.quorate.node.metrics.ReplicationMetrics;
import dev.quorate.node.replication.LeaseEvent.Question;
import dev.quorate.node.replication.ReplicationException.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The lease loop: gives the leases their deadlines while this member leads. It begins when all
 * entries of earlier terms are applied, answers only after it was confirmed that this member still
 * leads (etcd issue 15247), and whatever it proposes is void in any other term. So of two members
 * that both believe to lead, one alone can renew a lease or end it.
 */
final class LeaseLoop {
  private static final int REVOCATIONS_PER_SECOND = 1000;
  private static final int REVOCATIONS_BURST = 100;
  private static final int REVOCATIONS_UNDER_WAY = 16;
  private static final int CHECKPOINTS_PER_PROPOSAL = 1000;
  private static final long RETRY_MILLISECONDS = 500;

  private final ReplicaConfig config;
  private final Mailbox<LeaseEvent> mailbox;
  private final Proposals proposals;
  private final Reads reads;
  private final StatusBoard board;
  private final Supplier<KvStateMachine> machine;
  private final ReplicationMetrics metrics;
  private final Execution execution;
  private final LeaseDeadlines deadlines;
  private final RevocationPace pace =
      new RevocationPace(REVOCATIONS_PER_SECOND, REVOCATIONS_BURST, REVOCATIONS_UNDER_WAY);
  private final long originNanos;

  /** The term in which this member leads and knows all deadlines, else 0. */
  private long term;

  /** The term in which it leads and is about to know them, else 0. */
  private long beginningInTerm;

  private long beginAgainMilliseconds;

  /** Changes up to this entry are in what was read when leadership began. */
  private long readIndex;

  private List<Question> asked = new ArrayList<>();

  /** Who wants to renew a lease that is being revoked. */
  private final Map<Long, List<Question>> waitingForEnd = new TreeMap<>();

  private long lastProposal;
  private boolean checkpointUnderWay;

  LeaseLoop(
      ReplicaConfig config,
      Mailbox<LeaseEvent> mailbox,
      Proposals proposals,
      Reads reads,
      StatusBoard board,
      Supplier<KvStateMachine> machine,
      ReplicationMetrics metrics,
      Execution execution) {
    this.config = config;
    this.mailbox = mailbox;
    this.proposals = proposals;
    this.reads = reads;
    this.board = board;
    this.machine = machine;
    this.metrics = metrics;
    this.execution = execution;
    this.originNanos = execution.nanoTime();
    this.deadlines = new LeaseDeadlines(config.leaseCheckpointInterval().toMillis());
  }

  private long now() {
    return TimeUnit.NANOSECONDS.toMillis(execution.nanoTime() - originNanos);
  }

  /**
   * From when a TTL counts that begins now: a millisecond that has begun is not a whole one, and a
   * lease must not end before its client was told.
   */
  private long nextMillisecond() {
    return now() + 1;
  }

  /** When there is something to do though nothing comes in. */
  long nextWakeUpNanos() {
    long now = now();
    long wakeUp = Long.MAX_VALUE;
    if (term != 0) {
      wakeUp = Math.max(deadlines.nextDueMilliseconds(), pace.nextAllowedMilliseconds(now));
      if (!checkpointUnderWay) {
        wakeUp = Math.min(wakeUp, deadlines.nextCheckpointMilliseconds());
      }
    } else if (beginningInTerm == 0 && leadsInTerm() != 0) {
      wakeUp = beginAgainMilliseconds;
    }
    long wait = Math.clamp(wakeUp - now, 0, TimeUnit.HOURS.toMillis(1));
    return execution.nanoTime() + TimeUnit.MILLISECONDS.toNanos(wait);
  }

  void turn(List<LeaseEvent> events) {
    followLeadership();
    for (var event : events) {
      accept(event);
    }
    confirmAsked();
    if (term != 0) {
      revokeEnded();
      checkpoint();
    }
  }

  private void accept(LeaseEvent event) {
    switch (event) {
      case LeaseEvent.LookAgain _ -> {}
      case LeaseEvent.Changed(var changes) ->
          changes.forEach(applied -> changed(applied.index(), applied.change()));
      case Question question -> asked.add(question);
      case LeaseEvent.Call(var action) -> action.run();
    }
  }

  private void later(Runnable action) {
    mailbox.put(new LeaseEvent.Call(action));
  }

  // Leadership

  private long leadsInTerm() {
    var raft = board.current().raft();
    return raft.leads() ? raft.term() : 0;
  }

  private void followLeadership() {
    long leads = leadsInTerm();
    if (term != 0 && term != leads) {
      term = 0;
      deadlines.end();
      waitingForEnd.values().forEach(waiting -> fail(waiting, Reason.NOT_LEADER));
      waitingForEnd.clear();
    }
    if (leads != 0 && term == 0 && beginningInTerm == 0 && now() >= beginAgainMilliseconds) {
      beginningInTerm = leads;
      var _ = reads.linearizable().whenComplete((_, failure) -> later(() -> begin(leads, failure)));
    }
  }

  /** Everything of earlier terms is applied, unless that failed. */
  private void begin(long inTerm, @Nullable Throwable failure) {
    beginningInTerm = 0;
    if (failure != null || leadsInTerm() != inTerm) {
      beginAgainMilliseconds = now() + RETRY_MILLISECONDS;
      return;
    }
    var all = machine.get().reads().leases();
    readIndex = all.appliedIndex();
    deadlines.begin(all.leases(), nextMillisecond(), config.leaseExtension().toMillis());
    term = inTerm;
  }

  private void changed(long appliedIndex, LeaseChange change) {
    switch (change) {
      case LeaseChange.Granted(var lease) -> metrics.leaseGranted(lease.grantedTtlSeconds());
      case LeaseChange.Revoked _ -> metrics.leaseRevoked();
      case LeaseChange.Checkpointed _ -> {}
    }
    if (term == 0 || appliedIndex <= readIndex) {
      return;
    }
    deadlines.apply(change, nextMillisecond());
    if (change instanceof LeaseChange.Revoked(long id)) {
      var waiting = waitingForEnd.remove(id);
      if (waiting != null) {
        waiting.forEach(question -> question.answer().complete(OptionalLong.empty()));
      }
    }
  }

  // Questions

  /** One round of heartbeats for all that were asked meanwhile. */
  private void confirmAsked() {
    if (asked.isEmpty()) {
      return;
    }
    var questions = asked;
    asked = new ArrayList<>();
    if (term == 0) {
      fail(questions, Reason.NOT_LEADER);
      return;
    }
    long inTerm = term;
    var _ =
        reads
            .linearizable()
            .whenComplete((_, failure) -> later(() -> confirmed(questions, inTerm, failure)));
  }

  private void confirmed(List<Question> questions, long inTerm, @Nullable Throwable failure) {
    if (failure != null) {
      fail(questions, ReplicationException.reasonOf(failure));
    } else if (term != inTerm || leadsInTerm() != inTerm) {
      fail(questions, Reason.NOT_LEADER);
    } else {
      answer(questions);
    }
  }

  private void answer(List<Question> questions) {
    var checkpointed = new ArrayList<Question>();
    for (var question : questions) {
      if (!question.renew()) {
        question.answer().complete(deadlines.remainingSeconds(question.id(), nextMillisecond()));
        continue;
      }
      switch (deadlines.renew(question.id(), nextMillisecond())) {
        case Renewal.Renewed(long ttlSeconds) -> {
          metrics.leaseRenewed();
          question.answer().complete(OptionalLong.of(ttlSeconds));
        }
        case Renewal.Unknown _ -> question.answer().complete(OptionalLong.empty());
        case Renewal.Ended _ ->
            waitingForEnd.computeIfAbsent(question.id(), _ -> new ArrayList<>()).add(question);
        case Renewal.Checkpointed _ -> checkpointed.add(question);
      }
    }
    for (int from = 0; from < checkpointed.size(); from += CHECKPOINTS_PER_PROPOSAL) {
      int to = Math.min(checkpointed.size(), from + CHECKPOINTS_PER_PROPOSAL);
      clear(checkpointed.subList(from, to));
    }
  }

  /** Has the log forget that less than the whole TTL is left, and answers then. */
  private void clear(List<Question> questions) {
    long proposal = ++lastProposal;
    long inTerm = term;
    var command = LeaseCheckpoint.newBuilder().setTerm(term);
    questions.forEach(
        question -> command.addRemaining(RemainingTtl.newBuilder().setLease(question.id())));
    propose(
        Command.newBuilder().setLeaseCheckpoint(command),
        (_, failure) -> {
          if (failure != null) {
            fail(questions, failure);
            return;
          }
          questions.forEach(question -> deadlines.cleared(question.id(), proposal));
          confirmed(questions, inTerm, null);
        });
  }

  private static void fail(List<Question> questions, Reason reason) {
    questions.forEach(
        question -> question.answer().completeExceptionally(new ReplicationException(reason)));
  }

  // Proposals

  private void revokeEnded() {
    for (long id : deadlines.takeEnded(now(), pace.allowed(now()))) {
      pace.begun();
      propose(
          Command.newBuilder()
              .setLeaseRevoke(LeaseRevocation.newBuilder().setId(id).setExpiredInTerm(term)),
          (result, _) -> {
            pace.ended();
            if (result instanceof ApplyResult.Done) {
              metrics.leaseExpired();
            } else {
              deadlines.retryEnding(id, now() + RETRY_MILLISECONDS);
            }
          });
    }
  }

  /** One proposal at a time: they are many only when nobody waits for them. */
  private void checkpoint() {
    if (checkpointUnderWay) {
      return;
    }
    long proposal = lastProposal + 1;
    var due = deadlines.takeCheckpoints(now(), CHECKPOINTS_PER_PROPOSAL, proposal);
    if (due.isEmpty()) {
      return;
    }
    lastProposal = proposal;
    checkpointUnderWay = true;
    var command = LeaseCheckpoint.newBuilder().setTerm(term);
    for (var one : due) {
      command.addRemaining(RemainingTtl.newBuilder().setLease(one.id()).setSeconds(one.seconds()));
    }
    propose(
        Command.newBuilder().setLeaseCheckpoint(command),
        (_, failure) -> {
          checkpointUnderWay = false;
          if (failure == null || failure.surelyNotDone()) {
            due.forEach(one -> deadlines.checkpointSettled(one.id(), proposal));
          }
        });
  }

  /** Told on the loop what became of it: a result or a failure. */
  private interface Outcome {
    void is(@Nullable ApplyResult result, @Nullable Reason failure);
  }

  /** There are few of these at a time, so they do not wait behind clients for a place. */
  private void propose(Command.Builder command, Outcome outcome) {
    CompletableFuture<ApplyResult> submitted = proposals.submitUrgent(command);
    var _ =
        submitted.whenComplete(
            (result, failure) ->
                later(
                    () ->
                        outcome.is(
                            result,
                            failure == null ? null : ReplicationException.reasonOf(failure))));
  }
}
