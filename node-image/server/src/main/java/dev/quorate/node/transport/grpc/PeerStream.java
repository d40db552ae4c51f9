package dev.quorate.node.transport.grpc;

import dev.quorate.api.peer.ExchangeEnd;
import dev.quorate.api.peer.PeerBatch;
import dev.quorate.api.peer.PeerGrpc;
import dev.quorate.api.peer.RaftMessage;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ClientResponseObserver;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One long-lived stream of messages to a peer. It opens when there is something to send, and when
 * it breaks opens again after a pause that grows; what does not fit into its bound is dropped.
 */
final class PeerStream {
  private static final long FIRST_PAUSE_NANOS = Duration.ofMillis(50).toNanos();
  private static final long LONGEST_PAUSE_NANOS = Duration.ofSeconds(1).toNanos();

  private final ManagedChannel channel;
  private final PeerBatch greeting;
  private final int boundBytes;
  private final Listener listener;

  /** Who is told what becomes of the stream. */
  interface Listener {
    /** The peer takes messages. */
    void connected();

    /**
     * The stream ended or could not be opened.
     *
     * @param lost whether the peer took messages before, and the end was not ours
     */
    void broken(Status status, boolean lost);
  }

  private @Nullable Opened opened;
  private long pauseNanos = FIRST_PAUSE_NANOS;
  private long notBeforeNanos = System.nanoTime();
  private boolean closed;

  /**
   * A stream that is not open yet.
   *
   * @param greeting who sends to whom: goes along with the first batch
   * @param boundBytes how much may wait to leave
   */
  PeerStream(ManagedChannel channel, PeerBatch greeting, int boundBytes, Listener listener) {
    this.channel = channel;
    this.greeting = greeting;
    this.boundBytes = boundBytes;
    this.listener = listener;
  }

  /** Sends a batch, or drops it; false if it was dropped. */
  synchronized boolean send(List<RaftMessage> messages, int sizeBytes) {
    if (closed) {
      return false;
    }
    var stream = opened;
    if (stream == null) {
      if (System.nanoTime() - notBeforeNanos < 0) {
        return false;
      }
      stream = open();
    }
    var batch = PeerBatch.newBuilder();
    if (!stream.greeted) {
      batch.mergeFrom(greeting);
    }
    return stream.send(batch.addAllMessages(messages).build(), sizeBytes);
  }

  private Opened open() {
    Reconnection.prepare(channel);
    var stream = new Opened();
    opened = stream;
    var call =
        channel.newCall(
            PeerGrpc.getExchangeMethod(), CallOptions.DEFAULT.withOnReadyThreshold(boundBytes));
    var _ = ClientCalls.asyncClientStreamingCall(call, stream);
    return stream;
  }

  private synchronized void ended(Opened stream, Status status) {
    if (opened == stream) {
      opened = null;
      pauseNanos =
          stream.wasReady ? FIRST_PAUSE_NANOS : Math.min(2 * pauseNanos, LONGEST_PAUSE_NANOS);
      notBeforeNanos = System.nanoTime() + pauseNanos;
    }
    listener.broken(status, stream.wasReady && !closed);
  }

  /** The peer has been heard of: a stream to it can be tried at once. */
  synchronized void wakeUp() {
    notBeforeNanos = System.nanoTime();
  }

  synchronized void close() {
    closed = true;
    if (opened != null) {
      opened.close();
      opened = null;
    }
  }

  /** The stream while it is open. */
  private final class Opened implements ClientResponseObserver<PeerBatch, ExchangeEnd> {
    private @Nullable ClientCallStreamObserver<PeerBatch> requests;
    private boolean greeted;
    private volatile boolean wasReady;
    private int unreadyBytes;

    @Override
    public void beforeStart(ClientCallStreamObserver<PeerBatch> stream) {
      requests = stream;
      stream.setOnReadyHandler(
          () -> {
            if (!wasReady) {
              wasReady = true;
              listener.connected();
            }
          });
    }

    /** While the connection is being made a little may wait for it, such as a vote request. */
    boolean send(PeerBatch batch, int sizeBytes) {
      var stream = requests;
      if (stream == null) {
        return false;
      }
      if (!stream.isReady()) {
        unreadyBytes += sizeBytes;
        if (wasReady || unreadyBytes > boundBytes) {
          return false;
        }
      }
      try {
        stream.onNext(batch);
        greeted = true;
        return true;
      } catch (IllegalStateException | StatusRuntimeException e) {
        return false;
      }
    }

    void close() {
      if (requests != null) {
        requests.cancel("the member stops", null);
      }
    }

    @Override
    public void onNext(ExchangeEnd value) {}

    @Override
    public void onError(Throwable failure) {
      ended(this, Status.fromThrowable(failure));
    }

    @Override
    public void onCompleted() {
      ended(this, Status.UNAVAILABLE.withDescription("the peer ended the stream"));
    }
  }
}
