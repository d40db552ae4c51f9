package dev.quorate.node.transport.grpc;

import dev.quorate.api.peer.LeaseAnswer;
import dev.quorate.api.peer.LeaseQuestion;
import dev.quorate.api.peer.MembershipStep;
import dev.quorate.api.peer.MembershipStepResult;
import dev.quorate.api.peer.StateHash;
import dev.quorate.api.peer.StateHashRequest;
import dev.quorate.node.metrics.PeerMetrics;
import dev.quorate.node.transport.PeerReceiver;
import dev.quorate.node.transport.PeerTransport;
import dev.quorate.raft.Message;
import dev.quorate.raft.log.Snapshot;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Members of one cluster over gRPC: two one-way streams to each peer, with bounded queues. */
public final class GrpcPeerTransport implements PeerTransport {
  private static final Logger LOG = LoggerFactory.getLogger(GrpcPeerTransport.class);

  private final PeerNetwork network;
  private final GrpcPeerService service;
  private final PeerMetrics metrics;
  private final Map<Long, PeerConnection> peers = new ConcurrentHashMap<>();
  private volatile long clusterId;
  private volatile long self;
  private volatile @Nullable PeerReceiver receiver;
  private volatile boolean closed;

  public GrpcPeerTransport(PeerNetwork network, GrpcPeerService service, PeerMetrics metrics) {
    this.network = network;
    this.service = service;
    this.metrics = metrics;
  }

  @Override
  public void start(long clusterId, long memberId, PeerReceiver receiver) {
    this.clusterId = clusterId;
    this.self = memberId;
    this.receiver = receiver;
    service.attach(new GrpcPeerService.Here(clusterId, memberId, receiver, this::heardOf, metrics));
  }

  @Override
  public void putPeer(long id, List<String> peerUrls) {
    var address = PeerAddress.of(peerUrls);
    if (address == null) {
      LOG.warn("member {} has no usable peer URL: {}", Long.toHexString(id), peerUrls);
      return;
    }
    var known = peers.get(id);
    if (!closed && (known == null || !known.urls().equals(peerUrls))) {
      close(
          peers.put(
              id,
              new PeerConnection(
                  clusterId,
                  self,
                  id,
                  peerUrls,
                  address,
                  network,
                  metrics.to(self, id),
                  new Connected(id))));
    }
  }

  /** Hears of one connection on behalf of the member. */
  private final class Connected implements PeerConnection.Listener {
    private final long id;

    Connected(long id) {
      this.id = id;
    }

    @Override
    public void lost() {
      var told = receiver;
      if (told != null && !closed) {
        told.lost(id);
      }
    }

    @Override
    public void removed() {
      var told = receiver;
      if (told != null && !closed) {
        told.removedByPeer(id);
      }
    }
  }

  /** A member sends to us: one that is not in our table yet says where it can be answered. */
  private void heardOf(long id, List<String> peerUrls) {
    var peer = peers.get(id);
    if (peer != null) {
      peer.wakeUp();
    } else if (!peerUrls.isEmpty()) {
      putPeer(id, peerUrls);
    }
  }

  @Override
  public void removePeer(long id) {
    var peer = peers.remove(id);
    close(peer);
    if (peer != null) {
      peer.metrics().removed();
    }
    service.dismiss(id);
  }

  private static void close(@Nullable PeerConnection connection) {
    if (connection != null) {
      connection.close();
    }
  }

  @Override
  public void send(List<Message> messages) {
    if (messages.size() == 1) {
      send(messages.getFirst().to(), messages, new SharedEncoding());
      return;
    }
    var encoding = new SharedEncoding();
    for (var id : peers.keySet()) {
      var forPeer = new ArrayList<Message>(messages.size());
      for (var message : messages) {
        if (message.to() == id) {
          forPeer.add(message);
        }
      }
      send(id, forPeer, encoding);
    }
  }

  private void send(long to, List<Message> messages, SharedEncoding encoding) {
    var peer = peers.get(to);
    if (peer != null && !messages.isEmpty() && !closed) {
      peer.send(messages, encoding);
    }
  }

  @Override
  public CompletableFuture<Boolean> sendState(
      long to, long term, Snapshot snapshot, int formatVersion, Path directory) {
    var peer = peers.get(to);
    if (peer == null) {
      return noSuchPeer(to);
    }
    var message = new Message.InstallSnapshot(self, to, term, snapshot);
    return new StateUpload(
            clusterId,
            message,
            formatVersion,
            directory,
            peer.channel(),
            StateUpload.INSTALLATION,
            peer.metrics())
        .start()
        .whenComplete((_, failure) -> peer.metrics().stateSent(failure == null));
  }

  @Override
  public CompletableFuture<MembershipStepResult> changeMembership(
      long leader, MembershipStep step) {
    var peer = peers.get(leader);
    return peer == null ? noSuchPeer(leader) : peer.changeMembership(step);
  }

  @Override
  public CompletableFuture<LeaseAnswer> askAboutLease(long leader, LeaseQuestion question) {
    var peer = peers.get(leader);
    return peer == null ? noSuchPeer(leader) : peer.askAboutLease(question);
  }

  private static <T> CompletableFuture<T> noSuchPeer(long id) {
    return CompletableFuture.failedFuture(
        new IOException("no peer URL is known of member " + Long.toHexString(id)));
  }

  @Override
  public CompletableFuture<StateHash> hashState(long member, StateHashRequest request) {
    var peer = peers.get(member);
    return peer == null ? noSuchPeer(member) : peer.hashState(request);
  }

  @Override
  public void close() {
    closed = true;
    service.detach();
    peers.keySet().forEach(this::removePeer);
  }
}
