package dev.quorate.node.replication;

import dev.quorate.node.execution.Execution;
import dev.quorate.node.replication.ReplicationException.Reason;
import dev.quorate.raft.RaftNode;
import dev.quorate.raft.RaftStatus;
import dev.quorate.raft.RaftStatus.FollowerStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Leadership on its way to another member (thesis, section 3.10): begun here, confirmed when
 * another leader is known. Used by the raft loop.
 */
final class LeadershipTransfers {
  private final long self;
  private final Duration patience;
  private final Execution execution;
  private final List<Waiting> waiting = new ArrayList<>();

  private record Waiting(long deadlineNanos, CompletableFuture<Long> done) {}

  LeadershipTransfers(long self, Duration patience, Execution execution) {
    this.self = self;
    this.patience = patience;
    this.execution = execution;
  }

  void begin(RaftNode node, long wanted, CompletableFuture<Long> done) {
    var status = node.status();
    if (!status.leads()) {
      done.completeExceptionally(new ReplicationException(Reason.NOT_LEADER));
      return;
    }
    long target = wanted == 0 ? mostCaughtUp(status) : wanted;
    if (target == self) {
      done.complete(self);
    } else if (!status.configuration().isVoter(target)) {
      done.completeExceptionally(new ReplicationException(Reason.INVALID_CHANGE));
    } else if (!node.transferLeadership(target)) {
      done.completeExceptionally(new ReplicationException(Reason.CHANGE_PENDING));
    } else {
      waiting.add(new Waiting(execution.nanoTime() + patience.toNanos(), done));
    }
  }

  /** 0 if nobody else could lead. */
  private static long mostCaughtUp(RaftStatus status) {
    return status.followers().stream()
        .filter(follower -> !follower.learner() && follower.recentlyActive())
        .max(Comparator.comparingLong(FollowerStatus::matchIndex))
        .map(FollowerStatus::id)
        .orElse(0L);
  }

  void check(RaftStatus status, long nowNanos) {
    waiting.removeIf(
        one -> {
          if (status.leader() != 0 && status.leader() != self) {
            one.done().complete(status.leader());
          } else if (nowNanos - one.deadlineNanos() > 0) {
            one.done().completeExceptionally(new ReplicationException(Reason.TIMEOUT));
          }
          return one.done().isDone();
        });
  }
}
