package dev.quorate.node.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.quorate.api.etcd.MaintenanceGrpc;
import dev.quorate.api.etcd.ResponseHeader;
import dev.quorate.api.etcd.SnapshotRequest;
import dev.quorate.api.etcd.SnapshotResponse;
import dev.quorate.node.replication.ReplicationException.Reason;
import dev.quorate.node.replication.SnapshotExport;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a client that asks for a snapshot gets, and what is left when it goes away. */
final class SnapshotStreamTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final KvLimits LIMITS = new KvLimits(3 << 19, 128, -1, 1, 1);

  private final SoleMember member = new SoleMember(true);
  private final AtomicInteger closed = new AtomicInteger();
  private final ReadThreads readThreads = new ReadThreads(LIMITS);
  private final String name = InProcessServerBuilder.generateName();
  private final ManagedChannel channel =
      InProcessChannelBuilder.forName(name).directExecutor().build();
  private @Nullable Server server;

  private void serve(MaintenanceGrpc.MaintenanceImplBase service) throws IOException {
    server =
        InProcessServerBuilder.forName(name).directExecutor().addService(service).build().start();
  }

  private void serve() throws IOException {
    serve(
        new MaintenanceService(
            member::serving, AccessControl.none(), "3.6.0", LIMITS, readThreads));
  }

  @AfterEach
  void stop() {
    channel.shutdownNow();
    if (server != null) {
      server.shutdownNow();
    }
    readThreads.close();
  }

  @Test
  void sendsBlobsAndTheDigestOfThemAll() throws Exception {
    byte[] content = content(3 * (32 << 10) + 512);
    member.export = export(content);
    serve();
    var received = new ByteArrayOutputStream();
    long remaining = content.length;
    var messages =
        MaintenanceGrpc.newBlockingStub(channel).snapshot(SnapshotRequest.getDefaultInstance());
    for (int i = 0; messages.hasNext(); i++) {
      var message = messages.next();
      assertThat(message.getVersion()).isEqualTo("3.6.0");
      assertThat(message.hasHeader()).isEqualTo(i == 0);
      assertThat(message.getBlob().size()).isLessThanOrEqualTo(32 << 10);
      remaining = Math.max(0, remaining - message.getBlob().size());
      assertThat(message.getRemainingBytes()).isEqualTo(remaining);
      if (i == 0) {
        assertThat(message.getHeader().getRevision()).isEqualTo(42);
        assertThat(message.getHeader().getClusterId()).isEqualTo(SoleMember.CLUSTER_ID);
      }
      message.getBlob().writeTo(received);
    }
    byte[] all = received.toByteArray();
    assertThat(all.length % 512).isEqualTo(32);
    assertThat(Arrays.copyOf(all, content.length)).isEqualTo(content);
    assertThat(Arrays.copyOfRange(all, content.length, all.length))
        .isEqualTo(MessageDigest.getInstance("SHA-256").digest(content));
    assertThat(closed).hasValue(1);
  }

  @Test
  void saysWhyThereIsNone() throws IOException {
    serve();
    member.refuse(Reason.SNAPSHOT_RUNNING);
    fails(
        Code.RESOURCE_EXHAUSTED,
        "quorate: a snapshot of this member is being taken already; try again when it is done, or"
            + " ask another member");
    member.refuse(null);
    member.export = export(() -> new ByteArrayInputStream(new byte[100]), 1024);
    fails(
        Code.UNAVAILABLE,
        "quorate: the snapshot could not be read: java.io.IOException: its files became shorter"
            + " while they were read");
    assertThat(closed).hasValue(1);
  }

  @Test
  void aClientThatGoesAwayLeavesNothing() throws IOException {
    member.export = export(content(10 << 20));
    serve();
    var call = channel.newCall(MaintenanceGrpc.getSnapshotMethod(), CallOptions.DEFAULT);
    call.start(new ClientCall.Listener<>() {}, new Metadata());
    call.sendMessage(SnapshotRequest.getDefaultInstance());
    call.halfClose();
    call.request(2);
    call.cancel("enough", null);
    await().atMost(PATIENCE).untilAtomic(closed, value -> assertThat(value).isEqualTo(1));
  }

  @Test
  void aClientThatTakesNothingIsLetGo() throws IOException {
    var export = export(content(10 << 20));
    serve(
        new MaintenanceGrpc.MaintenanceImplBase() {
          @Override
          public void snapshot(SnapshotRequest request, StreamObserver<SnapshotResponse> client) {
            new SnapshotStream(
                    (ServerCallStreamObserver<SnapshotResponse>) client,
                    ResponseHeader.getDefaultInstance(),
                    "3.6.0",
                    Duration.ofMillis(50))
                .start(export);
          }
        });
    var call = channel.newCall(MaintenanceGrpc.getSnapshotMethod(), CallOptions.DEFAULT);
    var ended = new CompletableFuture<Status>();
    call.start(
        new ClientCall.Listener<>() {
          @Override
          public void onClose(Status status, Metadata trailers) {
            ended.complete(status);
          }
        },
        new Metadata());
    call.sendMessage(SnapshotRequest.getDefaultInstance());
    call.halfClose();
    call.request(1);
    await().atMost(PATIENCE).untilAtomic(closed, value -> assertThat(value).isEqualTo(1));
    call.request(1000);
    var status = ended.join();
    assertThat(status.getCode()).isEqualTo(Code.DEADLINE_EXCEEDED);
    assertThat(status.getDescription())
        .isEqualTo("quorate: the client took nothing of the snapshot for 0 s; ask again");
  }

  private void fails(Code code, String text) {
    var maintenance = MaintenanceGrpc.newBlockingStub(channel);
    assertThatExceptionOfType(StatusRuntimeException.class)
        .isThrownBy(
            () ->
                maintenance
                    .snapshot(SnapshotRequest.getDefaultInstance())
                    .forEachRemaining(_ -> {}))
        .satisfies(
            e -> {
              assertThat(e.getStatus().getCode()).isEqualTo(code);
              assertThat(e.getStatus().getDescription()).isEqualTo(text);
            });
  }

  private static byte[] content(int sizeBytes) {
    byte[] content = new byte[sizeBytes];
    new SplittableRandom(1).nextBytes(content);
    return content;
  }

  private SnapshotExport export(byte[] content) {
    return export(() -> new ByteArrayInputStream(content), content.length);
  }

  private SnapshotExport export(Supplier<InputStream> content, long sizeBytes) {
    return new SnapshotExport() {
      @Override
      public long revision() {
        return 42;
      }

      @Override
      public long sizeBytes() {
        return sizeBytes;
      }

      @Override
      public InputStream open() {
        return content.get();
      }

      @Override
      public void close() {
        closed.incrementAndGet();
      }
    };
  }
}
