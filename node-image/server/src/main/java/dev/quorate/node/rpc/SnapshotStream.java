package dev.quorate.node.rpc;

import com.google.protobuf.UnsafeByteOperations;
import dev.quorate.api.etcd.ResponseHeader;
import dev.quorate.api.etcd.SnapshotResponse;
import dev.quorate.node.replication.SnapshotExport;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.stub.ServerCallStreamObserver;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends a snapshot to a client on a thread of its own, in blobs of etcd's size and a digest of all
 * of them at the end; as fast as the client takes them, and no faster than a limit.
 */
final class SnapshotStream {
  private static final Logger LOG = LoggerFactory.getLogger(SnapshotStream.class);
  private static final int BLOB_BYTES = 32 << 10;
  private static final long BYTES_PER_SECOND = 200L << 20;
  static final Duration STALL = Duration.ofSeconds(60);

  private final ServerCallStreamObserver<SnapshotResponse> client;
  private final ResponseHeader header;
  private final String version;
  private final long stallNanos;
  private volatile @Nullable Thread sender;

  /**
   * Made on the thread that brings the request.
   *
   * @param header who sends; the first message carries it with the snapshot's revision
   * @param version etcd's storage version, for every message
   * @param stall how long a client may take nothing
   */
  SnapshotStream(
      ServerCallStreamObserver<SnapshotResponse> client,
      ResponseHeader header,
      String version,
      Duration stall) {
    this.client = client;
    this.header = header;
    this.version = version;
    this.stallNanos = stall.toNanos();
    client.setOnReadyHandler(this::wakeUp);
    client.setOnCancelHandler(this::wakeUp);
  }

  private void wakeUp() {
    LockSupport.unpark(sender);
  }

  /** Sends it, and closes it in any case. */
  void start(SnapshotExport export) {
    Thread.ofPlatform().name("quorate-snapshot").daemon().start(() -> run(export));
  }

  private void run(SnapshotExport export) {
    sender = Thread.currentThread();
    Status failure = Status.OK;
    try (export;
        var content = export.open()) {
      LOG.info(
          "sending a snapshot of revision {}: {} bytes", export.revision(), export.sizeBytes());
      send(export, content);
      LOG.info("the snapshot of revision {} is sent", export.revision());
    } catch (StatusException e) {
      failure = e.getStatus();
    } catch (IOException | RuntimeException e) {
      failure = Status.UNAVAILABLE.withDescription("quorate: the snapshot could not be read: " + e);
    }
    // After the copy is gone, so that a client that has its end may ask for the next one.
    end(failure);
  }

  private void end(Status failure) {
    if (failure.isOk()) {
      client.onCompleted();
    } else {
      LOG.warn("a snapshot was not sent to its end: {}", failure.getDescription());
      Calls.fail(client, failure);
    }
  }

  private void send(SnapshotExport export, InputStream content)
      throws IOException, StatusException {
    var digest = digest();
    long beganNanos = System.nanoTime();
    long sentBytes = 0;
    while (sentBytes < export.sizeBytes()) {
      byte[] blob = content.readNBytes(BLOB_BYTES);
      if (blob.length == 0) {
        throw new IOException("its files became shorter while they were read");
      }
      digest.update(blob);
      var message = message(blob, export.sizeBytes() - sentBytes - blob.length);
      if (sentBytes == 0) {
        message.setHeader(header.toBuilder().setRevision(export.revision()));
      }
      sentBytes += blob.length;
      awaitRoom();
      client.onNext(message.build());
      keepPace(beganNanos + sentBytes * 1_000 / (BYTES_PER_SECOND / 1_000_000));
    }
    awaitRoom();
    client.onNext(message(digest.digest(), 0).build());
  }

  private SnapshotResponse.Builder message(byte[] blob, long remainingBytes) {
    return SnapshotResponse.newBuilder()
        .setBlob(UnsafeByteOperations.unsafeWrap(blob))
        .setRemainingBytes(remainingBytes)
        .setVersion(version);
  }

  private void awaitRoom() throws StatusException {
    long giveUpNanos = System.nanoTime() + stallNanos;
    while (!client.isReady()) {
      failIfCancelled();
      long leftNanos = giveUpNanos - System.nanoTime();
      if (leftNanos <= 0) {
        throw Status.DEADLINE_EXCEEDED
            .withDescription(
                "quorate: the client took nothing of the snapshot for %d s; ask again"
                    .formatted(Duration.ofNanos(stallNanos).toSeconds()))
            .asException();
      }
      LockSupport.parkNanos(this, leftNanos);
    }
  }

  private void keepPace(long dueNanos) throws StatusException {
    failIfCancelled();
    for (long left = dueNanos - System.nanoTime(); left > 0; left = dueNanos - System.nanoTime()) {
      LockSupport.parkNanos(this, left);
      failIfCancelled();
    }
  }

  private void failIfCancelled() throws StatusException {
    if (client.isCancelled()) {
      throw Status.CANCELLED.withDescription("the client went away").asException();
    }
  }

  private static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
