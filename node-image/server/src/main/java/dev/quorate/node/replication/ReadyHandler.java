package dev.quorate.node.replication;

import dev.quorate.node.replication.LogTask.Installation;
import dev.quorate.node.transport.PeerTransport;
import dev.quorate.raft.Ready;
import dev.quorate.raft.check.Invariants;
import dev.quorate.raft.log.Snapshot;
import org.jspecify.annotations.Nullable;

/** Routes what the core wants done; see {@link Ready} for what must come before what. */
final class ReadyHandler {
  private final PeerTransport transport;
  private final Mailboxes mailboxes;
  private final LogWriter logWriter;
  private final ReadGateway reads;
  private final SnapshotSender snapshotSender;

  private @Nullable Installation offered;
  private long handedToLog;

  ReadyHandler(
      PeerTransport transport,
      Mailboxes mailboxes,
      LogWriter logWriter,
      ReadGateway reads,
      SnapshotSender snapshotSender) {
    this.transport = transport;
    this.mailboxes = mailboxes;
    this.logWriter = logWriter;
    this.reads = reads;
    this.snapshotSender = snapshotSender;
  }

  /** A received state lies ready, should the core want to install it. */
  void offer(Installation installation) {
    offered = installation;
  }

  /** Whether the core did not want what was offered. */
  boolean withdrawOffer() {
    boolean unused = offered != null;
    offered = null;
    return unused;
  }

  void handle(Ready ready, long term, long appliedIndex) {
    if (!ready.sendNow().isEmpty()) {
      transport.send(ready.sendNow());
    }
    var installation = ready.snapshot() == null ? null : install(ready.snapshot());
    if (!ready.mustAppend() && handedToLog == logWriter.done()) {
      // Everything before is durable: no reason to go by the log loop.
      if (!ready.sendAfterAppend().isEmpty()) {
        transport.send(ready.sendAfterAppend());
      }
    } else if (ready.mustAppend() || !ready.sendAfterAppend().isEmpty()) {
      handedToLog++;
      mailboxes
          .log()
          .put(
              new LogTask.Append(
                  ready.hardState(),
                  ready.snapshot(),
                  installation,
                  ready.entries(),
                  ready.sendAfterAppend()));
    }
    if (!ready.committed().isEmpty()) {
      mailboxes.apply().put(new ApplyTask.Committed(ready.committed()));
    }
    ready.reads().forEach(result -> reads.answered(result, appliedIndex));
    ready.snapshotsWanted().forEach(follower -> snapshotSender.send(follower, term));
  }

  private Installation install(Snapshot snapshot) {
    var installation = offered;
    offered = null;
    if (installation == null) {
      throw Invariants.violation("the core installs a snapshot that was not received");
    }
    mailboxes.apply().put(new ApplyTask.Install(snapshot, installation.inPlace()));
    return installation;
  }
}
