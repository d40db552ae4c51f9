package dev.quorate.node.replication;

import dev.quorate.node.execution.Execution;
import dev.quorate.node.kv.StoreFormat;
import dev.quorate.node.transport.PeerTransport;
import dev.quorate.raft.log.EntryId;
import dev.quorate.raft.log.Snapshot;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends this member's state to followers whose next entry is not in the log any more: a checkpoint
 * made between two rounds of the apply loop, streamed by the transport, never through the raft
 * loop.
 */
final class SnapshotSender {
  private static final Logger LOG = LoggerFactory.getLogger(SnapshotSender.class);

  private static final Duration RETRY_PAUSE = Duration.ofSeconds(1);

  private final Checkpoints checkpoints;
  private final PeerTransport transport;
  private final Mailboxes mailboxes;
  private final LogShortening shortening;
  private final Execution execution;
  private final Executor background;
  private final Set<Long> receivers = ConcurrentHashMap.newKeySet();

  SnapshotSender(
      Checkpoints checkpoints,
      PeerTransport transport,
      Mailboxes mailboxes,
      LogShortening shortening,
      Execution execution,
      Executor background) {
    this.checkpoints = checkpoints;
    this.transport = transport;
    this.mailboxes = mailboxes;
    this.shortening = shortening;
    this.execution = execution;
    this.background = background;
  }

  /** Begins a transfer, unless one to this follower is under way. */
  void send(long follower, long term) {
    if (receivers.add(follower)) {
      var _ =
          checkpoints
              .take()
              .handleAsync(
                  (copy, failure) -> {
                    if (copy == null) {
                      ended(follower, Snapshot.NONE.id(), false, failure);
                    } else {
                      transfer(copy, follower, term);
                    }
                    return null;
                  },
                  background);
    }
  }

  private void transfer(StateCopy copy, long follower, long term) {
    var sent = copy.snapshot().id();
    shortening.hold(follower, sent.index());
    LOG.info(
        "sending the state at index {} to member {}", sent.index(), Long.toHexString(follower));
    var _ =
        sendState(copy, follower, term)
            .handleAsync(
                (installed, failure) -> {
                  copy.close();
                  ended(follower, sent, installed != null && installed, failure);
                  return null;
                },
                background);
  }

  private CompletableFuture<Boolean> sendState(StateCopy copy, long follower, long term) {
    try {
      return transport.sendState(
          follower, term, copy.snapshot(), StoreFormat.VERSION, copy.directory());
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /** A failure is reported later: the core would at once ask for the next attempt. */
  private void ended(long follower, EntryId sent, boolean installed, @Nullable Throwable failure) {
    var id = Long.toHexString(follower);
    if (failure == null) {
      LOG.info("the state at index {} is at member {}: {}", sent.index(), id, installed);
    } else {
      LOG.warn(
          "the state could not be sent to member {}, it will be tried again: {}",
          id,
          failure.getMessage());
    }
    if (installed) {
      report(follower, sent, true);
    } else {
      execution.after(RETRY_PAUSE, background, () -> report(follower, sent, false));
    }
  }

  private void report(long follower, EntryId sent, boolean installed) {
    shortening.release(follower);
    receivers.remove(follower);
    mailboxes.node().put(new NodeEvent.Call(node -> node.snapshotSent(follower, sent, installed)));
  }
}
