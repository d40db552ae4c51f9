package dev.quorate.node.replication;

import dev.quorate.node.execution.Execution;
import dev.quorate.node.metrics.ReplicationMetrics;
import dev.quorate.node.replication.LogTask.Installation;
import dev.quorate.node.storage.LogStorage;
import dev.quorate.node.transport.PeerTransport;
import dev.quorate.raft.Message;
import dev.quorate.raft.log.EntryId;
import dev.quorate.raft.log.Snapshot;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The log loop: makes everything that has queued up durable with one sync, then lets the held-back
 * messages go and tells the raft loop. While a sync runs the next batch gathers.
 */
final class LogWriter {
  private final LogStorage log;
  private final PeerTransport transport;
  private final Mailboxes mailboxes;
  private final ReplicationMetrics metrics;
  private final Execution execution;

  /** In order; the first one may have to wait for a state to be in its place. */
  private final ArrayDeque<LogTask> waiting = new ArrayDeque<>();

  private @Nullable Installation awaited;
  private final List<Installation> installations = new ArrayList<>();
  private @Nullable EntryId last;
  private boolean mustSync;
  private long bytes;

  private long finished;

  /** How many batches are done with: durable, and their messages on the way. */
  private volatile long done;

  LogWriter(
      LogStorage log,
      PeerTransport transport,
      Mailboxes mailboxes,
      ReplicationMetrics metrics,
      Execution execution) {
    this.log = log;
    this.transport = transport;
    this.mailboxes = mailboxes;
    this.metrics = metrics;
    this.execution = execution;
  }

  long done() {
    return done;
  }

  void turn(List<LogTask> tasks) throws IOException {
    var released = new ArrayList<Message>();
    long batches = 0;
    Snapshot removal = null;
    waiting.addAll(tasks);
    while (!waiting.isEmpty() && isReady(waiting.peek())) {
      switch (waiting.remove()) {
        case LogTask.Append batch -> {
          append(batch);
          batches++;
          released.addAll(batch.sendAfterAppend());
        }
        case LogTask.RemoveUpTo(var base) -> removal = base;
        case LogTask.GoOn _ -> {}
      }
    }
    sync();
    if (!released.isEmpty()) {
      transport.send(released);
    }
    finished += batches;
    done = finished;
    if (last != null) {
      mailboxes.node().put(new NodeEvent.Persisted(last));
      last = null;
    }
    installations.forEach(installation -> installation.durable().complete(true));
    installations.clear();
    if (removal != null) {
      log.removeUpTo(removal);
    }
  }

  /** The state first: a log that begins behind a state which is not there could not be opened. */
  private boolean isReady(LogTask task) {
    if (!(task instanceof LogTask.Append batch)) {
      return true;
    }
    var installation = batch.installation();
    if (installation == null || installation.inPlace().isDone()) {
      return true;
    }
    if (!installation.equals(awaited)) {
      awaited = installation;
      var _ =
          installation.inPlace().whenComplete((_, _) -> mailboxes.log().put(new LogTask.GoOn()));
    }
    return false;
  }

  private void append(LogTask.Append batch) throws IOException {
    if (batch.installation() != null) {
      // It is there, or the loop ends with what has gone wrong.
      batch.installation().inPlace().join();
      installations.add(batch.installation());
    }
    if (batch.hardState() == null && batch.snapshot() == null && batch.entries().isEmpty()) {
      return;
    }
    log.append(batch.hardState(), batch.snapshot(), batch.entries());
    // The core writes a commit index alone only where it must not be forgotten.
    mustSync |= batch.hardState() != null;
    if (batch.snapshot() != null) {
      mustSync = true;
      last = batch.snapshot().id();
    }
    if (!batch.entries().isEmpty()) {
      mustSync = true;
      last = batch.entries().getLast().id();
      batch.entries().forEach(entry -> bytes += entry.sizeBytes());
    }
  }

  private void sync() throws IOException {
    if (mustSync) {
      long beganNanos = execution.nanoTime();
      log.sync();
      metrics.logSynced(execution.nanoTime() - beganNanos, bytes);
      mustSync = false;
      bytes = 0;
    }
  }

  /** The last thing the loop does. */
  void close() throws IOException {
    log.sync();
    log.close();
  }
}
