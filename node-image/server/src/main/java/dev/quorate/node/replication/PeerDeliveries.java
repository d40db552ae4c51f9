package dev.quorate.node.replication;

import dev.quorate.api.peer.LeaseAnswer;
import dev.quorate.api.peer.LeaseQuestion;
import dev.quorate.api.peer.MembershipStep;
import dev.quorate.api.peer.MembershipStepResult;
import dev.quorate.api.peer.StateHash;
import dev.quorate.api.peer.StateHashRequest;
import dev.quorate.node.kv.MemberTable;
import dev.quorate.node.transport.PeerReceiver;
import dev.quorate.raft.Message;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongConsumer;
import java.util.function.Supplier;

/** Takes what the transport delivers, and brings each to where it belongs in this member. */
record PeerDeliveries(
    Mailbox<NodeEvent> nodeMailbox,
    StatusBoard board,
    Supplier<MemberTable> members,
    MembershipSteps membershipSteps,
    LeaseQuestions leases,
    StateHashes stateHashes,
    SnapshotReceiver snapshotReceiver,
    LongConsumer onRemoved)
    implements PeerReceiver {
  @Override
  public boolean receive(List<Message> messages) {
    // A full mailbox drops them; the core of the sender repeats what still matters.
    return nodeMailbox.offer(new NodeEvent.Received(messages));
  }

  @Override
  public void lost(long peer) {
    var _ = nodeMailbox.offer(new NodeEvent.PeerLost(peer));
  }

  /** A leader that was removed is heard until another one leads: it hands over. */
  @Override
  public boolean isRemoved(long peer) {
    return members.get().isRemoved(peer) && board.current().raft().leader() != peer;
  }

  @Override
  public void removedByPeer(long peer) {
    onRemoved.accept(peer);
  }

  @Override
  public CompletableFuture<MembershipStepResult> changeMembership(MembershipStep step) {
    return membershipSteps.passedOn(step);
  }

  @Override
  public CompletableFuture<LeaseAnswer> askAboutLease(LeaseQuestion question) {
    return leases.passedOn(question);
  }

  @Override
  public CompletableFuture<StateHash> hashState(StateHashRequest request) {
    return stateHashes.answer(request);
  }

  @Override
  public IncomingState receiveState(Message.InstallSnapshot message, int formatVersion)
      throws IOException {
    return snapshotReceiver.begin(message, formatVersion);
  }
}
