package dev.quorate.node.replication;

import dev.quorate.node.storage.StateHome;
import dev.quorate.node.transport.PeerTransport;
import dev.quorate.raft.log.Snapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
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

  private final StateHome home;
  private final PeerTransport transport;
  private final Mailbox<NodeEvent> nodeMailbox;
  private final Mailbox<ApplyTask> applyMailbox;
  private final LogShortening shortening;
  private final Executor background;
  private final Set<Long> receivers = ConcurrentHashMap.newKeySet();

  SnapshotSender(
      StateHome home,
      PeerTransport transport,
      Mailbox<NodeEvent> nodeMailbox,
      Mailbox<ApplyTask> applyMailbox,
      LogShortening shortening,
      Executor background) {
    this.home = home;
    this.transport = transport;
    this.nodeMailbox = nodeMailbox;
    this.applyMailbox = applyMailbox;
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
    Path directory = null;
    var snapshot = Snapshot.NONE;
    boolean installed = false;
    try {
      directory = home.newOutgoing();
      var done = new CompletableFuture<Snapshot>();
      applyMailbox.put(new ApplyTask.Checkpoint(directory, done));
      snapshot = done.join();
      shortening.hold(snapshot.id().index());
      LOG.info("sending the state at index {} to member {}", snapshot.id().index(), id);
      installed = transport.sendState(follower, term, snapshot, directory).join();
      LOG.info("the state at index {} is at member {}: {}", snapshot.id().index(), id, installed);
    } catch (IOException | CompletionException e) {
      LOG.warn("the state could not be sent to member {}, it will be tried again: {}", id, e);
    } finally {
      shortening.release();
      delete(directory);
      receivers.remove(follower);
      var sent = snapshot.id();
      boolean success = installed;
      nodeMailbox.put(new NodeEvent.Call(node -> node.snapshotSent(follower, sent, success)));
    }
  }

  private static void delete(@Nullable Path directory) {
    if (directory == null || !Files.exists(directory)) {
      return;
    }
    try (var files = Files.walk(directory)) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      LOG.warn("{} could not be removed; it only takes space: {}", directory, e.toString());
    }
  }
}
