package dev.quorate.node.transport.grpc;

import dev.quorate.api.peer.FileChunk;
import dev.quorate.api.peer.SnapshotChunk;
import dev.quorate.api.peer.SnapshotReceipt;
import dev.quorate.api.peer.SnapshotStart;
import dev.quorate.node.metrics.PeerMetrics;
import dev.quorate.node.transport.PeerReceiver.IncomingState;
import dev.quorate.raft.Message;
import dev.quorate.raft.log.Snapshot;
import dev.quorate.raft.quorum.Configuration;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Receives one state: checks each chunk and passes it on, on a thread of its own, because the event
 * loop must not wait for a disk. The next chunk is asked for when the last one is written.
 */
final class StateDownload implements StreamObserver<SnapshotChunk> {
  private final GrpcPeerService service;
  private final ServerCallStreamObserver<SnapshotReceipt> responses;
  private final ExecutorService writer =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().name("quorate-state-download").daemon().factory());

  private @Nullable IncomingState state;
  private PeerMetrics.FromPeer metrics = new PeerMetrics.FromPeer() {};
  private String openFile = "";
  private boolean ended;

  StateDownload(GrpcPeerService service, ServerCallStreamObserver<SnapshotReceipt> responses) {
    this.service = service;
    this.responses = responses;
  }

  void begin() {
    responses.disableAutoRequest();
    responses.setOnCancelHandler(() -> onError(Status.CANCELLED.asRuntimeException()));
    responses.request(1);
  }

  @Override
  public void onNext(SnapshotChunk chunk) {
    onWriter(
        () -> {
          switch (chunk.getPartCase()) {
            case START -> start(chunk.getStart());
            case FILE -> write(chunk.getFile());
            case PART_NOT_SET -> throw new IOException("a chunk of an unknown kind");
          }
          if (!ended) {
            responses.request(1);
          }
        });
  }

  @Override
  public void onCompleted() {
    onWriter(this::complete);
  }

  @Override
  public void onError(Throwable failure) {
    onWriter(
        () -> {
          ended = true;
          metrics.stateReceived(false);
          abort();
          writer.shutdown();
        });
  }

  /** One step on the writer's thread. */
  @FunctionalInterface
  private interface Step {
    void run() throws IOException;
  }

  private void onWriter(Step step) {
    if (writer.isShutdown()) {
      return;
    }
    writer.execute(
        () -> {
          if (ended) {
            return;
          }
          try {
            step.run();
          } catch (IOException | RuntimeException e) {
            refuse(Status.ABORTED.withDescription(e.getMessage()));
          }
        });
  }

  private void start(SnapshotStart start) throws IOException {
    var refusal = service.refusal(start.getClusterId(), start.getFrom(), start.getTo());
    var here = service.here();
    if (refusal != null || here == null || state != null) {
      refuse(refusal == null ? Status.UNAVAILABLE : refusal);
      return;
    }
    var configuration =
        new Configuration(
            new TreeSet<>(start.getVotersList()), new TreeSet<>(start.getLearnersList()));
    metrics = here.metrics().from(start.getFrom());
    state =
        here.receiver()
            .receiveState(
                new Message.InstallSnapshot(
                    start.getFrom(),
                    start.getTo(),
                    start.getTerm(),
                    new Snapshot(MessageCodec.decode(start.getId()), configuration)),
                start.getFormatVersion());
  }

  private void write(FileChunk chunk) throws IOException {
    if (state == null) {
      throw new IOException("a file came before the beginning");
    }
    var data = chunk.getData().asReadOnlyByteBuffer();
    var crc = new CRC32C();
    crc.update(data.duplicate());
    if ((int) crc.getValue() != chunk.getCrc32C()) {
      throw new IOException(
          "%s at offset %d was damaged on the way".formatted(chunk.getName(), chunk.getOffset()));
    }
    if (!openFile.isEmpty() && !openFile.equals(chunk.getName())) {
      throw new IOException(openFile + " is not complete");
    }
    metrics.received(data.remaining());
    state.write(chunk.getName(), chunk.getOffset(), data);
    openFile = chunk.getLast() ? "" : chunk.getName();
  }

  private void complete() throws IOException {
    if (state == null || !openFile.isEmpty()) {
      throw new IOException("the state is not complete");
    }
    // If this throws, the state is still ours to abort.
    var installation = state.complete();
    state = null;
    ended = true;
    var _ =
        installation.whenComplete(
            (installed, failure) -> {
              writer.shutdown();
              metrics.stateReceived(failure == null);
              if (failure == null) {
                responses.onNext(SnapshotReceipt.newBuilder().setInstalled(installed).build());
                responses.onCompleted();
              } else {
                responses.onError(
                    Status.ABORTED.withDescription(failure.getMessage()).asRuntimeException());
              }
            });
  }

  private void refuse(Status status) {
    ended = true;
    metrics.stateReceived(false);
    abort();
    writer.shutdown();
    responses.onError(status.asRuntimeException());
  }

  private void abort() {
    if (state != null) {
      state.abort();
      state = null;
    }
  }
}
