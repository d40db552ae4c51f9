package dev.quorate.node.transport;

import dev.quorate.api.peer.LeaseAnswer;
import dev.quorate.api.peer.LeaseQuestion;
import dev.quorate.api.peer.MembershipStep;
import dev.quorate.api.peer.MembershipStepResult;
import dev.quorate.api.peer.StateHash;
import dev.quorate.api.peer.StateHashRequest;
import dev.quorate.raft.Message;
import dev.quorate.raft.log.Snapshot;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Best-effort delivery to the other members of a cluster: what cannot be sent soon is dropped, and
 * the core repeats what still matters. Safe for use by several threads; nothing here blocks.
 */
public interface PeerTransport extends AutoCloseable {
  /** Begins to send as this member and to deliver what arrives for it. */
  void start(long clusterId, long memberId, PeerReceiver receiver);

  /** A member is there, or its URLs have changed. */
  void putPeer(long id, List<String> peerUrls);

  void removePeer(long id);

  /** Sends messages in this order; those to unknown members are dropped. */
  void send(List<Message> messages);

  /**
   * Sends the files of a directory as the state at {@code snapshot}.
   *
   * @param formatVersion how the state is laid out, for a receiver that may know less
   * @return whether the follower has installed it; fails when the transfer breaks
   */
  CompletableFuture<Boolean> sendState(
      long to, long term, Snapshot snapshot, int formatVersion, Path directory);

  /** Passes a membership step on to the leader, once; fails when the answer is lost. */
  CompletableFuture<MembershipStepResult> changeMembership(long leader, MembershipStep step);

  /** Asks the leader about a lease, once; fails when the answer is lost. */
  CompletableFuture<LeaseAnswer> askAboutLease(long leader, LeaseQuestion question);

  /** Asks a member for the hash of its state, which may take minutes. */
  CompletableFuture<StateHash> hashState(long member, StateHashRequest request);

  /** Stops sending and receiving; what is queued may be lost. */
  @Override
  void close();
}
