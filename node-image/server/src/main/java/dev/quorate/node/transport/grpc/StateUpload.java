package dev.quorate.node.transport.grpc;

import com.google.protobuf.UnsafeByteOperations;
import dev.quorate.api.peer.FileChunk;
import dev.quorate.api.peer.PeerGrpc;
import dev.quorate.api.peer.SnapshotChunk;
import dev.quorate.api.peer.SnapshotReceipt;
import dev.quorate.api.peer.SnapshotStart;
import dev.quorate.node.metrics.PeerMetrics;
import dev.quorate.raft.Message;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ClientResponseObserver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Sends the files of a state on a thread of its own, in checksummed chunks, as fast as the peer
 * takes them and no faster than a limit, so that the transfer does not crowd out the log.
 */
final class StateUpload implements ClientResponseObserver<SnapshotChunk, SnapshotReceipt> {
  private static final int CHUNK_BYTES = 256 << 10;
  private static final long BYTES_PER_SECOND = 100L << 20;
  private static final Duration STALL = Duration.ofSeconds(30);

  /** How long the peer may take to sync what it received and to put it into its place. */
  static final Duration INSTALLATION = Duration.ofMinutes(2);

  private final SnapshotStart start;
  private final Path directory;
  private final Channel channel;
  private final Duration installation;
  private final PeerMetrics.ToPeer metrics;
  private final CompletableFuture<Boolean> result = new CompletableFuture<>();
  private @Nullable ClientCallStreamObserver<SnapshotChunk> requests;
  private volatile @Nullable Thread sender;
  private long sentBytes;
  private long beganNanos;

  /**
   * An upload that is not started yet.
   *
   * @param installation how long the receipt may take when all is sent
   */
  StateUpload(
      long clusterId,
      Message.InstallSnapshot message,
      int formatVersion,
      Path directory,
      Channel channel,
      Duration installation,
      PeerMetrics.ToPeer metrics) {
    var snapshot = message.snapshot();
    this.start =
        SnapshotStart.newBuilder()
            .setClusterId(clusterId)
            .setFrom(message.from())
            .setTo(message.to())
            .setTerm(message.term())
            .setFormatVersion(formatVersion)
            .setId(MessageCodec.encode(snapshot.id()))
            .addAllVoters(snapshot.configuration().voters())
            .addAllLearners(snapshot.configuration().learners())
            .build();
    this.directory = directory;
    this.channel = channel;
    this.installation = installation;
    this.metrics = metrics;
  }

  CompletableFuture<Boolean> start() {
    Thread.ofPlatform()
        .name("quorate-state-upload-" + Long.toHexString(start.getTo()))
        .daemon()
        .start(this::run);
    return result;
  }

  private void run() {
    sender = Thread.currentThread();
    beganNanos = System.nanoTime();
    var _ =
        ClientCalls.asyncClientStreamingCall(
            channel.newCall(PeerGrpc.getInstallSnapshotMethod(), CallOptions.DEFAULT), this);
    var stream = requests;
    if (stream == null) {
      result.completeExceptionally(new IOException("the stream did not start"));
      return;
    }
    try (var files = Files.walk(directory)) {
      stream.onNext(SnapshotChunk.newBuilder().setStart(start).build());
      for (var file : files.filter(Files::isRegularFile).sorted().toList()) {
        send(stream, file);
      }
      stream.onCompleted();
      boundInstallation(stream);
    } catch (IOException | RuntimeException e) {
      stream.cancel("the state could not be sent", e);
      result.completeExceptionally(e);
    }
  }

  /** A peer whose disk hangs keeps its connection alive: nothing else would end the wait. */
  private void boundInstallation(ClientCallStreamObserver<SnapshotChunk> stream) {
    var _ =
        result
            .orTimeout(installation.toMillis(), TimeUnit.MILLISECONDS)
            .whenComplete(
                (_, failure) -> {
                  if (failure instanceof TimeoutException) {
                    stream.cancel("the peer does not install what it received", failure);
                  }
                });
  }

  private void send(ClientCallStreamObserver<SnapshotChunk> stream, Path file) throws IOException {
    var name = directory.relativize(file).toString();
    long size = Files.size(file);
    try (var in = Files.newInputStream(file)) {
      long offset = 0;
      boolean last;
      do {
        byte[] data = in.readNBytes(CHUNK_BYTES);
        last = offset + data.length >= size;
        if (data.length == 0 && offset < size) {
          throw new IOException(file + " became shorter while it was sent");
        }
        var crc = new CRC32C();
        crc.update(data);
        awaitRoom(stream, data.length);
        stream.onNext(
            SnapshotChunk.newBuilder()
                .setFile(
                    FileChunk.newBuilder()
                        .setName(name)
                        .setOffset(offset)
                        .setData(UnsafeByteOperations.unsafeWrap(data))
                        .setCrc32C((int) crc.getValue())
                        .setLast(last))
                .build());
        metrics.sent(data.length);
        offset += data.length;
      } while (!last);
    }
  }

  private void awaitRoom(ClientCallStreamObserver<SnapshotChunk> stream, int bytes)
      throws IOException {
    long giveUpNanos = System.nanoTime() + STALL.toNanos();
    while (!stream.isReady() && !result.isDone()) {
      long waitNanos = giveUpNanos - System.nanoTime();
      if (waitNanos <= 0) {
        throw new IOException("the peer takes nothing any more");
      }
      LockSupport.parkNanos(this, waitNanos);
    }
    sentBytes += bytes;
    long dueNanos = beganNanos + sentBytes * 1_000 / (BYTES_PER_SECOND / 1_000_000);
    while (dueNanos - System.nanoTime() > 0 && !result.isDone()) {
      LockSupport.parkNanos(this, dueNanos - System.nanoTime());
    }
    if (result.isDone()) {
      throw new IOException("the peer ended the transfer");
    }
  }

  @Override
  public void beforeStart(ClientCallStreamObserver<SnapshotChunk> stream) {
    requests = stream;
    stream.setOnReadyHandler(() -> LockSupport.unpark(sender));
  }

  @Override
  public void onNext(SnapshotReceipt receipt) {
    result.complete(receipt.getInstalled());
    LockSupport.unpark(sender);
  }

  @Override
  public void onError(Throwable failure) {
    result.completeExceptionally(
        new IOException(String.valueOf(Status.fromThrowable(failure)), failure));
    LockSupport.unpark(sender);
  }

  @Override
  public void onCompleted() {
    result.complete(false);
    LockSupport.unpark(sender);
  }
}
