package dev.quorate.node.replication;

import dev.quorate.api.peer.LeaseAnswer;
import dev.quorate.api.peer.LeaseQuestion;
import dev.quorate.node.execution.Execution;
import dev.quorate.node.replication.ReplicationException.Reason;
import dev.quorate.node.transport.PeerTransport;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Takes questions about leases to the leader, which may be this member, and asks again where the
 * leader has changed.
 */
final class LeaseQuestions implements Leases {
  private static final Duration RETRY_PAUSE = Duration.ofMillis(50);

  private final NodeIdentity identity;
  private final ReplicaConfig config;
  private final PeerTransport transport;
  private final Mailbox<LeaseEvent> loop;
  private final StatusBoard board;
  private final Execution execution;
  private final Executor background;
  private final AtomicInteger waiting = new AtomicInteger();

  LeaseQuestions(
      NodeIdentity identity,
      ReplicaConfig config,
      PeerTransport transport,
      Mailbox<LeaseEvent> loop,
      StatusBoard board,
      Execution execution,
      Executor background) {
    this.identity = identity;
    this.config = config;
    this.transport = transport;
    this.loop = loop;
    this.board = board;
    this.execution = execution;
    this.background = background;
  }

  @Override
  public CompletableFuture<OptionalLong> renew(long id) {
    return ask(id, true);
  }

  @Override
  public CompletableFuture<OptionalLong> remainingSeconds(long id) {
    return ask(id, false);
  }

  @Override
  public long minTtlSeconds() {
    return config.minLeaseTtlSeconds();
  }

  private CompletableFuture<OptionalLong> ask(long id, boolean renew) {
    var question = new Asking(id, renew, execution.nanoTime());
    if (waiting.incrementAndGet() > config.maxPendingReads()) {
      waiting.decrementAndGet();
      question.answer.completeExceptionally(new ReplicationException(Reason.TOO_MANY_REQUESTS));
      return question.answer;
    }
    var _ = question.answer.whenComplete((_, _) -> waiting.decrementAndGet());
    question.attempt();
    return question.answer;
  }

  /** A peer's client has asked; this member answers if it leads. */
  CompletableFuture<LeaseAnswer> passedOn(LeaseQuestion question) {
    return askLoop(question.getId(), question.getRenew())
        .handle(
            (seconds, failure) -> {
              var answer = LeaseAnswer.newBuilder();
              if (failure != null) {
                answer.setRefused(ReplicationException.reasonOf(failure).name());
              } else if (seconds.isPresent()) {
                answer.setFound(true).setSeconds(seconds.getAsLong());
              }
              return answer.build();
            });
  }

  private CompletableFuture<OptionalLong> askLoop(long id, boolean renew) {
    var answer = new CompletableFuture<OptionalLong>();
    var refusal = board.refusal();
    if (refusal != null) {
      answer.completeExceptionally(new ReplicationException(refusal));
    } else if (!loop.offer(new LeaseEvent.Question(id, renew, answer))) {
      answer.completeExceptionally(new ReplicationException(Reason.TOO_MANY_REQUESTS));
    }
    return answer;
  }

  private CompletableFuture<OptionalLong> askPeer(long leader, long id, boolean renew) {
    return transport
        .askAboutLease(
            leader,
            LeaseQuestion.newBuilder()
                .setClusterId(identity.clusterId())
                .setId(id)
                .setRenew(renew)
                .build())
        .handle(LeaseQuestions::outcome);
  }

  private static OptionalLong outcome(@Nullable LeaseAnswer answer, @Nullable Throwable failure) {
    if (answer == null) {
      throw new ReplicationException(Reason.NOT_LEADER, failure);
    }
    if (!answer.getRefused().isEmpty()) {
      throw new ReplicationException(Reason.ofName(answer.getRefused()));
    }
    return answer.getFound() ? OptionalLong.of(answer.getSeconds()) : OptionalLong.empty();
  }

  /** One question on its way; both questions may be asked twice without harm. */
  private final class Asking {
    private final long id;
    private final boolean renew;
    private final long askedNanos;
    private final CompletableFuture<OptionalLong> answer = new CompletableFuture<>();

    Asking(long id, boolean renew, long askedNanos) {
      this.id = id;
      this.renew = renew;
      this.askedNanos = askedNanos;
    }

    void attempt() {
      var refusal = board.refusal();
      if (refusal != null) {
        answer.completeExceptionally(new ReplicationException(refusal));
        return;
      }
      var raft = board.current().raft();
      if (raft.leader() == 0) {
        retry(Reason.NO_LEADER, config.leaderPatience().toNanos());
        return;
      }
      var asked = raft.leads() ? askLoop(id, renew) : askPeer(raft.leader(), id, renew);
      var _ = asked.whenComplete(this::answered);
    }

    private void answered(@Nullable OptionalLong seconds, @Nullable Throwable failure) {
      if (failure == null) {
        answer.complete(seconds);
        return;
      }
      var reason = ReplicationException.reasonOf(failure);
      if (reason == Reason.NOT_LEADER) {
        retry(Reason.TIMEOUT, config.requestTimeout().toNanos());
      } else {
        answer.completeExceptionally(new ReplicationException(reason));
      }
    }

    private void retry(Reason otherwise, long patienceNanos) {
      if (execution.nanoTime() - askedNanos > patienceNanos) {
        answer.completeExceptionally(new ReplicationException(otherwise));
        return;
      }
      execution.after(RETRY_PAUSE, background, this::attempt);
    }
  }
}
