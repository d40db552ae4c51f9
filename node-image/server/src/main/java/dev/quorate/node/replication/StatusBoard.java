package dev.quorate.node.replication;

import dev.quorate.node.kv.MemberTable;
import dev.quorate.node.replication.ReplicationException.Reason;
import dev.quorate.raft.RaftStatus;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Where the raft loop publishes how the member is, for everybody to read without waiting. */
final class StatusBoard {
  private final Executor listenersExecutor;
  private final List<Consumer<ReplicaStatus>> listeners = new CopyOnWriteArrayList<>();
  private volatile ReplicaStatus current;
  private volatile @Nullable Reason refusal;
  private volatile boolean stopping;

  StatusBoard(RaftStatus raft, MemberTable members, Executor listenersExecutor) {
    this.current = new ReplicaStatus(raft, members, false);
    this.listenersExecutor = listenersExecutor;
  }

  ReplicaStatus current() {
    return current;
  }

  /** The raft loop's alone. */
  void publish(RaftStatus raft, MemberTable members) {
    var before = current;
    current = new ReplicaStatus(raft, members, stopping);
    if (differsForListeners(before, current)) {
      listeners.forEach(listener -> tell(listener, current));
    }
  }

  private static boolean differsForListeners(ReplicaStatus before, ReplicaStatus after) {
    return before.raft().leader() != after.raft().leader()
        || before.raft().role() != after.raft().role()
        || before.raft().term() != after.raft().term()
        || !before.members().equals(after.members())
        || before.stopping() != after.stopping();
  }

  Runnable listen(Consumer<ReplicaStatus> listener) {
    listeners.add(listener);
    tell(listener, current);
    return () -> listeners.remove(listener);
  }

  /** Not on the loop: a listener that fails or is slow must not hold it up. */
  private void tell(Consumer<ReplicaStatus> listener, ReplicaStatus status) {
    listenersExecutor.execute(() -> listener.accept(status));
  }

  /** Why new work is refused, null while it is taken. */
  @Nullable Reason refusal() {
    var given = refusal;
    return given == null && current.raft().diskStalls() ? Reason.DISK_STALLS : given;
  }

  /** Leadership goes away, and work will be refused soon. */
  void stopping() {
    stopping = true;
  }

  void refuse(Reason reason) {
    refusal = reason;
  }

  /** How many committed entries wait to be applied. */
  long applyLag() {
    var raft = current.raft();
    return raft.committedIndex() - raft.appliedIndex();
  }
}
