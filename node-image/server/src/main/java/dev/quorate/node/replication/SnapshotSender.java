package dev.quorate.node.replication;

import dev.quorate.node.kv.StoreFormat;
import dev.quorate.node.transport.PeerTransport;
import dev.quorate.raft.log.EntryId;
import dev.quorate.raft.log.Snapshot;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
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
  private final Executor background;
  private final Set<Long> receivers = ConcurrentHashMap.newKeySet();

  SnapshotSender(
      Checkpoints checkpoints,
      PeerTransport transport,
      Mailboxes mailboxes,
      LogShortening shortening,
      Executor background) {
    this.checkpoints = checkpoints;
    this.transport = transport;
    this.mailboxes = mailboxes;
    this.shortening = shortening;
    this.background = background;
  }

  /** Begins a transfer, unless one to this follower is under way. */
  void send(long follower, long term) {
    if (receivers.add(follower)) {
      background.execute(() -> transfer(follower, term));
    }
  }

  private void transfer(long follower, long term) {
    var id = Long.toHexString(follower);
    var snapshot = Snapshot.NONE;
    boolean installed = false;
    try (StateCopy copy = checkpoints.take()) {
      snapshot = copy.snapshot();
      shortening.hold(follower, snapshot.id().index());
      LOG.info("sending the state at index {} to member {}", snapshot.id().index(), id);
      installed =
          transport
              .sendState(follower, term, snapshot, StoreFormat.VERSION, copy.directory())
              .join();
      LOG.info("the state at index {} is at member {}: {}", snapshot.id().index(), id, installed);
    } catch (IOException | RuntimeException e) {
      LOG.warn(
          "the state could not be sent to member {}, it will be tried again: {}",
          id,
          e.getMessage());
    } finally {
      report(follower, snapshot.id(), installed);
    }
  }

  /** A failure is reported later: the core would at once ask for the next attempt. */
  private void report(long follower, EntryId sent, boolean installed) {
    var when =
        installed
            ? background
            : CompletableFuture.delayedExecutor(
                RETRY_PAUSE.toMillis(), TimeUnit.MILLISECONDS, background);
    when.execute(
        () -> {
          shortening.release(follower);
          receivers.remove(follower);
          mailboxes
              .node()
              .put(new NodeEvent.Call(node -> node.snapshotSent(follower, sent, installed)));
        });
  }
}
