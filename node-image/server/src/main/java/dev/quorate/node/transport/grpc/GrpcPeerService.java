package dev.quorate.node.transport.grpc;

import dev.quorate.api.peer.ExchangeEnd;
import dev.quorate.api.peer.LeaseAnswer;
import dev.quorate.api.peer.LeaseQuestion;
import dev.quorate.api.peer.MembershipStep;
import dev.quorate.api.peer.MembershipStepResult;
import dev.quorate.api.peer.PeerBatch;
import dev.quorate.api.peer.PeerGrpc;
import dev.quorate.api.peer.ProbeReply;
import dev.quorate.api.peer.ProbeRequest;
import dev.quorate.api.peer.SnapshotChunk;
import dev.quorate.api.peer.SnapshotReceipt;
import dev.quorate.api.peer.StateHash;
import dev.quorate.api.peer.StateHashRequest;
import dev.quorate.node.metrics.PeerMetrics;
import dev.quorate.node.transport.PeerReceiver;
import dev.quorate.raft.Message;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The receiving side on the peer port. It belongs to the server from the start; until a {@link
 * GrpcPeerTransport} runs on it, peers are told that there is no member here (UNAVAILABLE). It does
 * its work on the event loop: the server should run it with a direct executor.
 */
public final class GrpcPeerService extends PeerGrpc.PeerImplBase {
  /** What a removed member is answered with; used for nothing else on this service. */
  static final Status.Code REMOVED = Status.Code.NOT_FOUND;

  private static final Logger LOG = LoggerFactory.getLogger(GrpcPeerService.class);

  private final AtomicReference<@Nullable Here> here = new AtomicReference<>();
  private final AtomicReference<String> lastRefusal = new AtomicReference<>("");
  private final Set<Exchange> exchanges = ConcurrentHashMap.newKeySet();

  /** The member that runs here. */
  record Here(
      long clusterId,
      long memberId,
      PeerReceiver receiver,
      Acquaintance acquaintance,
      PeerMetrics metrics) {}

  /** Told of everybody who sends. */
  @FunctionalInterface
  interface Acquaintance {
    void heardOf(long id, List<String> peerUrls);
  }

  void attach(Here member) {
    here.set(member);
  }

  void detach() {
    here.set(null);
  }

  /** Tells a member that was removed so, unless it is still needed. */
  void dismiss(long peer) {
    exchanges.forEach(exchange -> exchange.dismiss(peer));
  }

  /** Why a sender is refused, null if it may go on; a new reason is logged once. */
  @Nullable Status refusal(long clusterId, long from, long to) {
    var member = here.get();
    if (member == null) {
      return Status.UNAVAILABLE.withDescription("no member runs here yet");
    }
    String complaint;
    if (clusterId != member.clusterId()) {
      complaint =
          "member %x belongs to cluster %x, but this is member %x of cluster %x: check its peer URLs and data directory"
              .formatted(from, clusterId, member.memberId(), member.clusterId());
    } else if (to != member.memberId()) {
      complaint =
          "member %x looks for member %x, but this is member %x: check the peer URLs"
              .formatted(from, to, member.memberId());
    } else if (member.receiver().isRemoved(from)) {
      return REMOVED
          .toStatus()
          .withDescription(
              "member %x was removed from cluster %x for good".formatted(from, clusterId));
    } else {
      return null;
    }
    if (!complaint.equals(lastRefusal.getAndSet(complaint))) {
      LOG.warn("refused a peer: {}", complaint);
    }
    return Status.FAILED_PRECONDITION.withDescription(complaint);
  }

  @Override
  public StreamObserver<PeerBatch> exchange(StreamObserver<ExchangeEnd> responses) {
    var exchange = new Exchange(responses);
    exchanges.add(exchange);
    return exchange;
  }

  @Override
  public StreamObserver<SnapshotChunk> installSnapshot(StreamObserver<SnapshotReceipt> responses) {
    var download = new StateDownload(this, (ServerCallStreamObserver<SnapshotReceipt>) responses);
    download.begin();
    return download;
  }

  @Override
  public void probe(ProbeRequest question, StreamObserver<ProbeReply> responses) {
    var refusal = refusal(question.getClusterId(), question.getFrom(), question.getTo());
    if (refusal != null) {
      responses.onError(refusal.asRuntimeException());
      return;
    }
    responses.onNext(ProbeReply.getDefaultInstance());
    responses.onCompleted();
  }

  /** Who receives now, null while no member runs here. */
  @Nullable Here here() {
    return here.get();
  }

  @Override
  public void changeMembership(
      MembershipStep step, StreamObserver<MembershipStepResult> responses) {
    answer(step.getClusterId(), receiver -> receiver.changeMembership(step), responses);
  }

  @Override
  public void askAboutLease(LeaseQuestion question, StreamObserver<LeaseAnswer> responses) {
    answer(question.getClusterId(), receiver -> receiver.askAboutLease(question), responses);
  }

  @Override
  public void hashState(StateHashRequest request, StreamObserver<StateHash> responses) {
    answer(request.getClusterId(), receiver -> receiver.hashState(request), responses);
  }

  /** Has the member that runs here answer one call of a peer. */
  private <A> void answer(
      long clusterId,
      Function<PeerReceiver, CompletableFuture<A>> question,
      StreamObserver<A> responses) {
    // Without a handler a peer that went away makes the answer throw on a loop's thread.
    ((ServerCallStreamObserver<A>) responses).setOnCancelHandler(() -> {});
    var member = here.get();
    if (member == null || clusterId != member.clusterId()) {
      responses.onError(
          Status.FAILED_PRECONDITION
              .withDescription("no member of that cluster runs here")
              .asRuntimeException());
      return;
    }
    var _ =
        question
            .apply(member.receiver())
            .whenComplete(
                (result, failure) -> {
                  if (failure == null) {
                    responses.onNext(result);
                    responses.onCompleted();
                  } else {
                    responses.onError(Status.fromThrowable(failure).asRuntimeException());
                  }
                });
  }

  /** One stream of a peer's messages. */
  private final class Exchange implements StreamObserver<PeerBatch> {
    private final StreamObserver<ExchangeEnd> responses;
    private volatile @Nullable Here member;
    private volatile long from;
    private PeerMetrics.FromPeer metrics = new PeerMetrics.FromPeer() {};
    private volatile boolean ended;

    Exchange(StreamObserver<ExchangeEnd> responses) {
      this.responses = responses;
    }

    @Override
    public void onNext(PeerBatch batch) {
      if (ended) {
        return;
      }
      if (member == null) {
        var refusal = refusal(batch.getClusterId(), batch.getFrom(), batch.getTo());
        if (refusal != null) {
          end(refusal);
          return;
        }
        from = batch.getFrom();
        var receives = here.get();
        if (receives != null) {
          metrics = receives.metrics().from(from);
        }
        member = receives;
      }
      var receiver = member;
      if (receiver == null || !receiver.equals(here.get())) {
        end(Status.UNAVAILABLE.withDescription("the member stops"));
        return;
      }
      if (receiver.receiver().isRemoved(from)) {
        dismiss(from);
        return;
      }
      if (!batch.getFromPeerUrlsList().isEmpty()) {
        receiver.acquaintance().heardOf(from, batch.getFromPeerUrlsList());
      }
      metrics.received(batch.getSerializedSize());
      deliver(receiver, batch);
    }

    private void deliver(Here receiver, PeerBatch batch) {
      var messages = new ArrayList<Message>(batch.getMessagesCount());
      try {
        for (var message : batch.getMessagesList()) {
          var decoded = MessageCodec.decode(from, receiver.memberId(), message);
          if (decoded != null) {
            messages.add(decoded);
          }
        }
      } catch (IllegalArgumentException e) {
        metrics.failed();
        LOG.warn(
            "member {} sends what is not known here: {}", Long.toHexString(from), e.getMessage());
        end(Status.INVALID_ARGUMENT.withDescription(e.getMessage()));
        return;
      }
      if (!receiver.receiver().receive(messages)) {
        metrics.failed();
      }
    }

    /** Any thread. */
    private void dismiss(long peer) {
      var receiver = member;
      if (receiver != null && from == peer) {
        var refusal = refusal(receiver.clusterId(), peer, receiver.memberId());
        if (refusal != null) {
          end(refusal);
        }
      }
    }

    private void end(Status status) {
      if (endsNow()) {
        responses.onError(status.asRuntimeException());
      }
    }

    private synchronized boolean endsNow() {
      boolean first = !ended;
      ended = true;
      exchanges.remove(this);
      return first;
    }

    @Override
    public void onError(Throwable failure) {
      endsNow();
    }

    @Override
    public void onCompleted() {
      if (endsNow()) {
        responses.onNext(ExchangeEnd.getDefaultInstance());
        responses.onCompleted();
      }
    }
  }
}
