package dev.quorate.node.rpc;

import dev.quorate.api.admin.MemberStatus;
import dev.quorate.api.admin.NodeStatus;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One stream of a node's status: sent at once, and again when something changes that an operator
 * acts on. A receiver that is slow gets the newest status when it can take one again.
 */
final class StatusWatch {
  private static final long LOOK_MILLISECONDS = 500;

  private final NodeControl node;
  private final ServerCallStreamObserver<NodeStatus> client;
  private @Nullable NodeStatus sent;

  private StatusWatch(NodeControl node, ServerCallStreamObserver<NodeStatus> client) {
    this.node = node;
    this.client = client;
  }

  static void start(
      NodeControl node,
      ScheduledExecutorService timer,
      ServerCallStreamObserver<NodeStatus> client) {
    var watch = new StatusWatch(node, client);
    // Changes are looked at by the timer's thread: whoever announces one must not wait.
    Runnable remove = node.onChange(() -> lookSoon(timer, watch));
    // Health of others, and how far a learner is, change without an announcement.
    var looks =
        timer.scheduleWithFixedDelay(
            watch::look, LOOK_MILLISECONDS, LOOK_MILLISECONDS, TimeUnit.MILLISECONDS);
    client.setOnCancelHandler(
        () -> {
          remove.run();
          looks.cancel(false);
        });
    client.setOnReadyHandler(watch::look);
    watch.look();
  }

  private static void lookSoon(ScheduledExecutorService timer, StatusWatch watch) {
    try {
      timer.execute(watch::look);
    } catch (RejectedExecutionException _) {
      // The node is ending, and its streams with it.
    }
  }

  private synchronized void look() {
    if (client.isCancelled() || !client.isReady()) {
      return;
    }
    NodeStatus now = node.status();
    if (sent == null || !significant(now).equals(significant(sent))) {
      sent = now;
      client.onNext(now);
    }
  }

  /** Without what moves with every write. */
  private static NodeStatus significant(NodeStatus status) {
    var copy =
        status.toBuilder()
            .clearCommittedIndex()
            .clearAppliedIndex()
            .clearRevision()
            .clearDatabaseBytes();
    if (copy.hasDisk()) {
      copy.getDiskBuilder().clearFreeBytes().clearTotalBytes();
    }
    for (MemberStatus.Builder member : copy.getMembersBuilderList()) {
      member.clearMatchIndex();
    }
    return copy.build();
  }
}
