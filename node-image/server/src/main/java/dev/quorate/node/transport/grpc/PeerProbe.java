package dev.quorate.node.transport.grpc;

import dev.quorate.api.peer.PeerGrpc;
import dev.quorate.api.peer.ProbeReply;
import dev.quorate.api.peer.ProbeRequest;
import dev.quorate.node.metrics.PeerMetrics;
import io.grpc.CallOptions;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Asks a peer every few seconds for a sign of life, to tell whether it can be reached and how long
 * the way takes, also between followers that have nothing to say to each other. It has a connection
 * of its own: one that fails here must not fail a vote, and a long append must not look like a slow
 * network.
 */
final class PeerProbe {
  private static final long INTERVAL_SECONDS = 2;
  private static final long PATIENCE_SECONDS = 4;

  private final ManagedChannel channel;
  private final ProbeRequest question;
  private final PeerMetrics.ToPeer metrics;
  private final AtomicBoolean asked = new AtomicBoolean();
  private final Future<?> asking;
  private volatile boolean closed;

  /** Begins at once; the channel is the probe's. */
  PeerProbe(
      ManagedChannel channel,
      ProbeRequest question,
      ScheduledExecutorService timer,
      PeerMetrics.ToPeer metrics) {
    this.channel = channel;
    this.question = question;
    this.metrics = metrics;
    asking = timer.scheduleAtFixedRate(this::ask, 0, INTERVAL_SECONDS, TimeUnit.SECONDS);
  }

  private void ask() {
    if (closed || !asked.compareAndSet(false, true)) {
      return;
    }
    // The first answer comes after a connection is made: that is not the way there and back.
    boolean measures = channel.getState(false) == ConnectivityState.READY;
    Reconnection.prepare(channel);
    var options = CallOptions.DEFAULT.withDeadlineAfter(PATIENCE_SECONDS, TimeUnit.SECONDS);
    ClientCalls.asyncUnaryCall(
        channel.newCall(PeerGrpc.getProbeMethod(), options), question, new Answer(measures));
  }

  void close() {
    closed = true;
    var _ = asking.cancel(false);
    channel.shutdownNow();
  }

  private final class Answer implements StreamObserver<ProbeReply> {
    private final boolean measures;
    private final long beganNanos = System.nanoTime();

    Answer(boolean measures) {
      this.measures = measures;
    }

    @Override
    public void onNext(ProbeReply reply) {
      answered();
    }

    @Override
    public void onError(Throwable failure) {
      if (Status.fromThrowable(failure).getCode() == Status.Code.UNIMPLEMENTED) {
        // A peer of a version that does not know this call; the way is as long.
        answered();
      } else if (!closed) {
        metrics.failed(1);
        metrics.inactive();
      }
      asked.set(false);
    }

    @Override
    public void onCompleted() {
      asked.set(false);
    }

    private void answered() {
      if (measures) {
        metrics.answered(System.nanoTime() - beganNanos);
      }
      metrics.active();
    }
  }
}
