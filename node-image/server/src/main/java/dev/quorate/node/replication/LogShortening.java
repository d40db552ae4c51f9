package dev.quorate.node.replication;

import dev.quorate.node.storage.StateStorage;
import dev.quorate.raft.log.EntryId;
import dev.quorate.raft.log.Snapshot;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * Lets the applied log go, in memory as soon as the margin allows, on the disk when the state that
 * replaces it is durable; and has the state flushed for that, in the background. Used by the apply
 * loop.
 */
final class LogShortening {
  private final CatchUpMargin margin;
  private final long flushBytes;
  private final Executor background;
  private final Mailboxes mailboxes;
  private final Consumer<Throwable> onFault;
  private final Map<Long, Long> held = new ConcurrentHashMap<>();

  private CompletableFuture<?> flush = CompletableFuture.completedFuture(null);
  private long unflushedBytes;
  private long forgottenIndex;

  LogShortening(
      ReplicaConfig config, Executor background, Mailboxes mailboxes, Consumer<Throwable> onFault) {
    this.margin = new CatchUpMargin(config.catchUpEntries(), config.catchUpBytes());
    this.flushBytes = config.flushBytes();
    this.background = background;
    this.mailboxes = mailboxes;
    this.onFault = onFault;
  }

  /** While a state is sent, its receiver will need what follows it; any thread. */
  void hold(long receiver, long index) {
    held.put(receiver, index);
  }

  void release(long receiver) {
    held.remove(receiver);
  }

  private long heldIndex() {
    long lowest = Long.MAX_VALUE;
    for (long index : held.values()) {
      lowest = Math.min(lowest, index);
    }
    return lowest;
  }

  void beginAt(Snapshot snapshot) {
    unflushedBytes = 0;
    forgottenIndex = snapshot.id().index();
    margin.beginAt(snapshot);
  }

  void applied(Snapshot snapshot, long bytes, StateStorage storage) {
    margin.applied(snapshot, bytes);
    unflushedBytes += bytes;
    var base = margin.base(Long.MAX_VALUE, heldIndex());
    if (base != null && base.id().index() > forgottenIndex) {
      forgottenIndex = base.id().index();
      long index = forgottenIndex;
      mailboxes.node().put(new NodeEvent.Call(node -> node.removeLogUpTo(index)));
    }
    if (unflushedBytes >= flushBytes) {
      flushSoon(snapshot.id(), storage);
    }
  }

  /** Has the state flushed unless that goes on already. */
  void flushSoon(EntryId id, StateStorage storage) {
    if (flush.isDone()) {
      unflushedBytes = 0;
      flush = CompletableFuture.runAsync(() -> flush(storage, id), background);
    }
  }

  private void flush(StateStorage storage, EntryId id) {
    try {
      storage.flush();
      mailboxes.apply().put(new ApplyTask.Flushed(id));
    } catch (IOException | RuntimeException e) {
      onFault.accept(e);
    }
  }

  /** The state is durable up to here: the log on the disk need not go further back. */
  void flushed(EntryId id) {
    var base = margin.base(id.index(), heldIndex());
    if (base != null) {
      margin.forgetBefore(base.id());
      mailboxes.log().put(new LogTask.RemoveUpTo(base));
    }
  }

  /** Whether no flush goes on; {@code whenQuiet} is run when the present one has ended. */
  boolean isQuiet(Runnable whenQuiet) {
    if (flush.isDone()) {
      return true;
    }
    var _ = flush.whenComplete((_, _) -> whenQuiet.run());
    return false;
  }

  void awaitFlush() {
    flush.join();
  }
}
