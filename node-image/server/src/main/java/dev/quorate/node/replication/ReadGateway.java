package dev.quorate.node.replication;

import dev.quorate.node.execution.Execution;
import dev.quorate.node.metrics.ReplicationMetrics;
import dev.quorate.node.replication.ReplicationException.Reason;
import dev.quorate.raft.RaftNode;
import dev.quorate.raft.RaftStatus;
import dev.quorate.raft.Ready.ReadResult;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The way to linearizable reads (thesis, section 6.4). All reads that wait share one request to the
 * core; those that come meanwhile gather for the next one. A request that is refused, lost or
 * overtaken by a change of leaders is repeated with a fresh id.
 */
final class ReadGateway implements Reads {
  private static final long RETRY_NANOS = Duration.ofMillis(500).toNanos();

  private final ReplicaConfig config;
  private final Mailbox<NodeEvent> mailbox;
  private final StatusBoard board;
  private final Execution execution;
  private final Executor readers;
  private final ReplicationMetrics metrics;
  private final AtomicInteger waiting = new AtomicInteger();

  private final ArrayDeque<PendingRead> gathered = new ArrayDeque<>();
  private final ArrayDeque<Confirmed> confirmed = new ArrayDeque<>();
  private @Nullable Asked asked;
  private long nextId;

  /** Reads that need the state at {@code index}. */
  private record Confirmed(long index, List<PendingRead> reads) {}

  /** The reads that wait for the core's answer. */
  private static final class Asked {
    private final List<PendingRead> reads;
    private final long firstId;
    private long atNanos;
    private long term;
    private long leader;
    private boolean refused;

    private Asked(List<PendingRead> reads, long firstId) {
      this.reads = reads;
      this.firstId = firstId;
    }
  }

  ReadGateway(
      ReplicaConfig config,
      Mailbox<NodeEvent> mailbox,
      StatusBoard board,
      Execution execution,
      Executor readers,
      ReplicationMetrics metrics,
      long firstId) {
    this.config = config;
    this.mailbox = mailbox;
    this.board = board;
    this.execution = execution;
    this.readers = readers;
    this.metrics = metrics;
    this.nextId = firstId;
  }

  @Override
  public CompletableFuture<Void> linearizable() {
    var refusal = board.refusal();
    if (refusal != null) {
      return CompletableFuture.failedFuture(new ReplicationException(refusal));
    }
    var read = new PendingRead(execution.nanoTime(), new CompletableFuture<>());
    if (waiting.incrementAndGet() > config.maxPendingReads() || !mailbox.offer(read)) {
      waiting.decrementAndGet();
      return CompletableFuture.failedFuture(new ReplicationException(Reason.TOO_MANY_REQUESTS));
    }
    return read.ready();
  }

  /** The raft loop's alone, like all that follows. */
  void gather(PendingRead read) {
    gathered.add(read);
  }

  /** Asks for those that have gathered, unless an answer is still awaited. */
  void request(RaftNode node, long nowNanos) {
    if (asked == null && !gathered.isEmpty()) {
      asked = new Asked(new ArrayList<>(gathered), nextId);
      gathered.clear();
      ask(asked, node, node.status(), nowNanos);
    }
  }

  /** Asks again where the answer is overdue or was refused, or cannot come any more. */
  void retry(RaftNode node, RaftStatus status, long nowNanos) {
    if (asked != null
        && (asked.refused
            || nowNanos - asked.atNanos > RETRY_NANOS
            || asked.term != status.term()
            || asked.leader != status.leader())) {
      ask(asked, node, status, nowNanos);
    }
  }

  private void ask(Asked question, RaftNode node, RaftStatus status, long nowNanos) {
    question.atNanos = nowNanos;
    question.term = status.term();
    question.leader = status.leader();
    question.refused = false;
    node.requestRead(nextId++);
  }

  void answered(ReadResult result, long appliedIndex) {
    var question = asked;
    if (question == null || result.id() < question.firstId) {
      metrics.readIndexSlow();
      return;
    }
    if (result.granted()) {
      asked = null;
      confirmed.add(new Confirmed(result.index(), question.reads));
      applied(appliedIndex);
    } else {
      metrics.readIndexFailed();
      question.refused = true;
    }
  }

  /** Lets all reads go whose index is applied; with one hop for as many as there are. */
  void applied(long index) {
    while (!confirmed.isEmpty() && confirmed.peek().index() <= index) {
      answer(confirmed.poll().reads(), read -> read.ready().complete(null));
    }
  }

  /** They count as waiting until a thread has had time for them: so that queue is bounded too. */
  private void answer(List<PendingRead> reads, Consumer<PendingRead> answer) {
    readers.execute(
        () -> {
          reads.forEach(answer);
          waiting.addAndGet(-reads.size());
        });
  }

  /** Gives up on what has waited too long; a client may always repeat a read. */
  void expire(long nowNanos, long leader) {
    var patience = leader == 0 ? config.leaderPatience() : config.requestTimeout();
    var reason = leader == 0 ? Reason.NO_LEADER : Reason.TIMEOUT;
    expire(gathered, nowNanos, patience, reason);
    if (asked != null) {
      expire(asked.reads, nowNanos, patience, reason);
      if (asked.reads.isEmpty()) {
        metrics.readIndexSlow();
        asked = null;
      }
    }
    confirmed.forEach(
        batch -> expire(batch.reads(), nowNanos, config.requestTimeout(), Reason.TIMEOUT));
    confirmed.removeIf(batch -> batch.reads().isEmpty());
  }

  private void expire(
      Iterable<PendingRead> reads, long nowNanos, Duration patience, Reason reason) {
    var expired = new ArrayList<PendingRead>();
    var iterator = reads.iterator();
    while (iterator.hasNext()) {
      var read = iterator.next();
      if (nowNanos - read.submittedNanos() <= patience.toNanos()) {
        break;
      }
      iterator.remove();
      expired.add(read);
    }
    fail(expired, reason);
  }

  /** The member stops or has broken down. */
  void failAll(Reason reason) {
    var all = new ArrayList<>(gathered);
    gathered.clear();
    if (asked != null) {
      all.addAll(asked.reads);
      asked = null;
    }
    confirmed.forEach(batch -> all.addAll(batch.reads()));
    confirmed.clear();
    fail(all, reason);
  }

  /** Completes when all that wait now have an answer. */
  CompletableFuture<Void> drained() {
    var all = new ArrayList<>(gathered);
    if (asked != null) {
      all.addAll(asked.reads);
    }
    confirmed.forEach(batch -> all.addAll(batch.reads()));
    return CompletableFuture.allOf(
        all.stream().map(PendingRead::ready).toArray(CompletableFuture<?>[]::new));
  }

  private void fail(List<PendingRead> reads, Reason reason) {
    if (!reads.isEmpty()) {
      answer(reads, read -> read.ready().completeExceptionally(new ReplicationException(reason)));
    }
  }
}
