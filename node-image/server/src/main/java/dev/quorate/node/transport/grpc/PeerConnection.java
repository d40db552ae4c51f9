package dev.quorate.node.transport.grpc;

import com.google.protobuf.MessageLite;
import dev.quorate.api.peer.LeaseAnswer;
import dev.quorate.api.peer.LeaseQuestion;
import dev.quorate.api.peer.MembershipStep;
import dev.quorate.api.peer.MembershipStepResult;
import dev.quorate.api.peer.PeerBatch;
import dev.quorate.api.peer.PeerGrpc;
import dev.quorate.api.peer.ProbeRequest;
import dev.quorate.api.peer.RaftMessage;
import dev.quorate.api.peer.StateHash;
import dev.quorate.api.peer.StateHashRequest;
import dev.quorate.node.metrics.PeerMetrics;
import dev.quorate.raft.Message;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import io.netty.channel.ChannelOption;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connection to one peer: a stream for what carries entries, and one for everything else, so
 * that a heartbeat or a vote never waits behind a long append.
 */
final class PeerConnection {
  private static final Logger LOG = LoggerFactory.getLogger(PeerConnection.class);
  private static final int BULK_BOUND_BYTES = 32 << 20;
  private static final int URGENT_BOUND_BYTES = 1 << 20;
  private static final int MAX_BATCH_BYTES = 1 << 20;
  private static final long KEEP_ALIVE_SECONDS = 10;

  /**
   * A peer that was made again has another address, and packets to its old one get no answer at
   * all. Its name is looked up anew when connecting fails, so that must not take the minutes of
   * TCP. The second packet leaves after a second, and may still be answered from far away.
   */
  private static final int CONNECT_MILLISECONDS = 1500;

  private static final long CALL_SECONDS = 10;

  /** It reads the whole state. */
  private static final long HASH_SECONDS = 600;

  /** The same with a twentieth of a processor. */
  private static final long UNHURRIED_HASH_SECONDS = 20 * HASH_SECONDS;

  private final long id;
  private final List<String> urls;
  private final ManagedChannel channel;
  private final PeerStream bulk;
  private final PeerStream urgent;
  private final PeerProbe probe;
  private final PeerMetrics.ToPeer metrics;
  private final AtomicReference<String> lastComplaint = new AtomicReference<>("");

  /** Who is told what becomes of the connection; must not block. */
  interface Listener {
    /** The peer took messages and does not any more. */
    void lost();

    /** The peer says that this member was removed from the cluster. */
    void removed();
  }

  /** A connection that is made when there is something to send. */
  PeerConnection(
      long clusterId,
      long self,
      long id,
      List<String> urls,
      PeerAddress address,
      PeerNetwork network,
      PeerMetrics.ToPeer metrics,
      Listener owner) {
    this.id = id;
    this.urls = urls;
    this.metrics = metrics;
    channel = channel(address, network);
    var greeting =
        PeerBatch.newBuilder()
            .setClusterId(clusterId)
            .setFrom(self)
            .setTo(id)
            .addAllFromPeerUrls(network.advertisedPeerUrls())
            .build();
    var listener = new StreamListener(owner);
    bulk = new PeerStream(channel, greeting, BULK_BOUND_BYTES, listener);
    urgent = new PeerStream(channel, greeting, URGENT_BOUND_BYTES, listener);
    var question = ProbeRequest.newBuilder().setClusterId(clusterId).setFrom(self).setTo(id);
    probe =
        new PeerProbe(channel(address, network), question.build(), network.eventLoops(), metrics);
  }

  static ManagedChannel channel(PeerAddress address, PeerNetwork network) {
    return NettyChannelBuilder.forAddress(
            address.host(), address.port(), address.credentials(network.credentials()))
        .eventLoopGroup(network.eventLoops())
        .channelType(network.channelType())
        .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLISECONDS)
        .directExecutor()
        .intercept(new OutsideCalls())
        .keepAliveTime(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
        .keepAliveTimeout(KEEP_ALIVE_SECONDS / 2, TimeUnit.SECONDS)
        .disableRetry()
        .build();
  }

  List<String> urls() {
    return urls;
  }

  /**
   * For a call; a peer that came back, perhaps elsewhere, is asked without the channel's pauses.
   */
  ManagedChannel channel() {
    Reconnection.prepare(channel);
    return channel;
  }

  /** All to this peer, in order; appends keep their order among themselves. */
  void send(List<Message> messages, SharedEncoding encoding) {
    var appends = new Outgoing(bulk);
    var others = new Outgoing(urgent);
    for (var message : messages) {
      var encoded = encoding.encode(message);
      if (encoded == null) {
        continue;
      }
      switch (message) {
        case Message.AppendEntries _, Message.ForwardProposals _ -> appends.add(encoded);
        case Message.AppendReply _,
            Message.Heartbeat _,
            Message.HeartbeatReply _,
            Message.VoteRequest _,
            Message.VoteReply _,
            Message.InstallSnapshot _,
            Message.TimeoutNow _,
            Message.ForwardRead _,
            Message.ReadReply _ ->
            others.add(encoded);
      }
    }
    others.flush();
    appends.flush();
  }

  CompletableFuture<MembershipStepResult> changeMembership(MembershipStep step) {
    return call(PeerGrpc.getChangeMembershipMethod(), step, CALL_SECONDS);
  }

  CompletableFuture<StateHash> hashState(StateHashRequest request) {
    long patience = request.getUnhurried() ? UNHURRIED_HASH_SECONDS : HASH_SECONDS;
    return call(PeerGrpc.getHashStateMethod(), request, patience);
  }

  CompletableFuture<LeaseAnswer> askAboutLease(LeaseQuestion question) {
    return call(PeerGrpc.getAskAboutLeaseMethod(), question, CALL_SECONDS);
  }

  private <Q, R extends MessageLite> CompletableFuture<R> call(
      MethodDescriptor<Q, R> method, Q request, long patienceSeconds) {
    var options = CallOptions.DEFAULT.withDeadlineAfter(patienceSeconds, TimeUnit.SECONDS);
    var answer = new Answer<R>();
    ClientCalls.asyncUnaryCall(channel().newCall(method, options), request, answer);
    return answer.future;
  }

  /** The peer has been heard of. */
  void wakeUp() {
    bulk.wakeUp();
    urgent.wakeUp();
  }

  PeerMetrics.ToPeer metrics() {
    return metrics;
  }

  void close() {
    probe.close();
    bulk.close();
    urgent.close();
    channel.shutdownNow();
  }

  private final class StreamListener implements PeerStream.Listener {
    private final Listener owner;

    StreamListener(Listener owner) {
      this.owner = owner;
    }

    @Override
    public void connected() {
      if (!lastComplaint.getAndSet("").isEmpty()) {
        LOG.info("there is a stream to member {} at {} again", Long.toHexString(id), urls);
      }
    }

    /** Each new complaint once: a peer that is down is not reported with every attempt. */
    @Override
    public void broken(Status status, boolean lost) {
      if (status.getCode() != Status.Code.CANCELLED) {
        metrics.failed(1);
      }
      if (lost) {
        metrics.inactive();
        owner.lost();
      }
      if (status.getCode() == GrpcPeerService.REMOVED) {
        owner.removed();
      }
      var complaint = Complaint.of(status);
      if (status.getCode() != Status.Code.CANCELLED
          && !complaint.equals(lastComplaint.getAndSet(complaint))) {
        LOG.warn(
            "no stream to member {} at {} for now, trying again: {}",
            Long.toHexString(id),
            urls,
            complaint);
      }
    }
  }

  /** Gathers messages of one kind into batches of a bounded size. */
  private final class Outgoing {
    private final PeerStream stream;
    private final List<RaftMessage> batch = new ArrayList<>();
    private int sizeBytes;

    Outgoing(PeerStream stream) {
      this.stream = stream;
    }

    void add(RaftMessage message) {
      int messageBytes = message.getSerializedSize();
      if (sizeBytes + messageBytes > MAX_BATCH_BYTES) {
        flush();
      }
      batch.add(message);
      sizeBytes += messageBytes;
    }

    void flush() {
      if (!batch.isEmpty()) {
        if (stream.send(batch, sizeBytes)) {
          metrics.sent(sizeBytes);
        } else {
          metrics.failed(batch.size());
        }
        batch.clear();
        sizeBytes = 0;
      }
    }
  }

  /** The one answer of a call. */
  static final class Answer<T extends MessageLite> implements StreamObserver<T> {
    final CompletableFuture<T> future = new CompletableFuture<>();

    @Override
    public void onNext(T value) {
      future.complete(value);
    }

    @Override
    public void onError(Throwable failure) {
      future.completeExceptionally(
          new IOException(String.valueOf(Status.fromThrowable(failure)), failure));
    }

    @Override
    public void onCompleted() {
      future.completeExceptionally(new IOException("the peer gave no answer"));
    }
  }
}
