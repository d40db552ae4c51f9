package dev.quorate.node.transport.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.api.peer.PeerGrpc;
import dev.quorate.api.peer.SnapshotChunk;
import dev.quorate.api.peer.SnapshotReceipt;
import dev.quorate.node.metrics.PeerMetrics;
import dev.quorate.raft.Message;
import dev.quorate.raft.log.Snapshot;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StateUploadTest {
  @TempDir private Path directory;
  private final CompletableFuture<@Nullable Void> broken = new CompletableFuture<>();
  private Server server;
  private ManagedChannel channel;

  @BeforeEach
  void start() throws IOException {
    var name = InProcessServerBuilder.generateName();
    server = InProcessServerBuilder.forName(name).addService(new HangingPeer()).build().start();
    channel = InProcessChannelBuilder.forName(name).build();
    Files.writeString(directory.resolve("CURRENT"), "MANIFEST-1");
  }

  @AfterEach
  void stop() {
    channel.shutdownNow();
    server.shutdownNow();
  }

  @Test
  void aPeerThatNeverInstallsIsGivenUp() {
    var message = new Message.InstallSnapshot(1, 2, 1, Snapshot.NONE);
    var upload =
        new StateUpload(
            0xc1,
            message,
            1,
            directory,
            channel,
            Duration.ofMillis(200),
            PeerMetrics.NONE.to(1, 2));
    assertThat(upload.start())
        .failsWithin(Duration.ofSeconds(30))
        .withThrowableOfType(ExecutionException.class)
        .withCauseInstanceOf(TimeoutException.class);
    assertThat(broken).as("the peer is told").succeedsWithin(Duration.ofSeconds(30));
  }

  /** Takes everything and never answers, as one whose disk hangs does. */
  private final class HangingPeer extends PeerGrpc.PeerImplBase {
    @Override
    public StreamObserver<SnapshotChunk> installSnapshot(StreamObserver<SnapshotReceipt> receipt) {
      ((ServerCallStreamObserver<?>) receipt).setOnCancelHandler(() -> broken.complete(null));
      return new StreamObserver<>() {
        @Override
        public void onNext(SnapshotChunk chunk) {}

        @Override
        public void onError(Throwable failure) {}

        @Override
        public void onCompleted() {}
      };
    }
  }
}
