package dev.quorate.node.transport;

import dev.quorate.api.peer.LeaseAnswer;
import dev.quorate.api.peer.LeaseQuestion;
import dev.quorate.api.peer.MembershipStep;
import dev.quorate.api.peer.MembershipStepResult;
import dev.quorate.api.peer.StateHash;
import dev.quorate.api.peer.StateHashRequest;
import dev.quorate.raft.Message;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** What a transport delivers to: the member that runs here. */
public interface PeerReceiver {
  /**
   * Messages of one peer in its order; must not block.
   *
   * @return false if they are dropped, because too many wait already
   */
  boolean receive(List<Message> messages);

  /** An established connection to this peer broke; it may have ended. Must not block. */
  void lost(long peer);

  /**
   * Whether this id was removed from the cluster for good and is not needed any more; asked for
   * every batch.
   */
  boolean isRemoved(long peer);

  /** A peer says that this member was removed from the cluster for good. Must not block. */
  void removedByPeer(long peer);

  /** A follower passes on a membership step that it was asked for. */
  CompletableFuture<MembershipStepResult> changeMembership(MembershipStep step);

  /** A member asks, for one of its clients, what only the leader knows of a lease. */
  CompletableFuture<LeaseAnswer> askAboutLease(LeaseQuestion question);

  /** The leader compares the members' states. */
  CompletableFuture<StateHash> hashState(StateHashRequest request);

  /**
   * A state begins to arrive; refused with an exception when it cannot be read here, or another one
   * is being received already.
   */
  IncomingState receiveState(Message.InstallSnapshot message, int formatVersion) throws IOException;

  /** Takes the files of one state, checked by the transport, on one thread at a time. */
  interface IncomingState {
    void write(String fileName, long offset, ByteBuffer data) throws IOException;

    /** All has arrived; completes with whether it was installed. */
    CompletableFuture<Boolean> complete() throws IOException;

    /** The transfer broke: forgets what was received. */
    void abort();
  }
}
