package dev.quorate.node.transport.grpc;

import dev.quorate.api.peer.MembershipStep;
import dev.quorate.api.peer.MembershipStepResult;
import dev.quorate.node.transport.PeerReceiver;
import dev.quorate.node.transport.PeerTransport;
import dev.quorate.raft.Message;
import dev.quorate.raft.log.Snapshot;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Members of one cluster over gRPC: two one-way streams to each peer, with bounded queues. */
@SuppressWarnings({"DoNotCallSuggester", "unused"})
public final class GrpcPeerTransport implements PeerTransport {
  public GrpcPeerTransport(PeerNetwork network, GrpcPeerService service) {}

  @Override
  public void start(long clusterId, long memberId, PeerReceiver receiver) {
    throw notYet();
  }

  @Override
  public void putPeer(long id, List<String> peerUrls) {
    throw notYet();
  }

  @Override
  public void removePeer(long id) {
    throw notYet();
  }

  @Override
  public void send(List<Message> messages) {
    throw notYet();
  }

  @Override
  public CompletableFuture<Boolean> sendState(
      long to, long term, Snapshot snapshot, Path directory) {
    throw notYet();
  }

  @Override
  public CompletableFuture<MembershipStepResult> changeMembership(
      long leader, MembershipStep step) {
    throw notYet();
  }

  @Override
  public void close() {
    throw notYet();
  }

  private static RuntimeException notYet() {
    return new IllegalStateException("the transport is being built");
  }
}
