package dev.quorate.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.quorate.api.etcd.DefragmentRequest;
import dev.quorate.api.etcd.MaintenanceGrpc;
import dev.quorate.api.etcd.PutRequest;
import dev.quorate.api.etcd.SnapshotRequest;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.reflection.v1.ServiceResponse;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Maintenance of whole nodes, on real disks and ports. */
final class NodeMaintenanceTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir Path directory;

  @Test
  void aSnapshotNamesItsRevisionAndLeavesNothingOnTheDisk() throws Exception {
    try (var node = new TestNode("one", directory.resolve("one"))) {
      node.start();
      putKeys(node, 200);
      for (int i = 0; i < 2; i++) {
        var messages = new ArrayList<Long>();
        var content = new ByteArrayOutputStream();
        var stream =
            MaintenanceGrpc.newBlockingStub(node.clients())
                .snapshot(SnapshotRequest.getDefaultInstance());
        while (stream.hasNext()) {
          var message = stream.next();
          messages.add(message.getHeader().getRevision());
          message.getBlob().writeTo(content);
        }
        assertThat(messages.getFirst()).isEqualTo(201);
        assertThat(content.size() % 512).isEqualTo(32);
        assertThat(content.toByteArray())
            .startsWith("QUORSNAP".getBytes(StandardCharsets.US_ASCII));
        try (var left = Files.list(directory.resolve("one/outgoing"))) {
          assertThat(left).isEmpty();
        }
      }
      var defragmented =
          MaintenanceGrpc.newBlockingStub(node.clients())
              .defragment(DefragmentRequest.getDefaultInstance());
      assertThat(defragmented.hasHeader()).isFalse();
    }
  }

  @Test
  void aClientThatKnowsNoProtosLearnsThemFromTheClientPort() throws Exception {
    try (var node = new TestNode("one", directory.resolve("one"))) {
      node.start();
      await().atMost(PATIENCE).until(() -> node.status().getLeaderId() != 0);
      var list = ServerReflectionRequest.newBuilder().setListServices("").build();
      assertThat(reflect(node, list).getListServicesResponse().getServiceList())
          .extracting(ServiceResponse::getName)
          .contains(
              "etcdserverpb.KV",
              "etcdserverpb.Cluster",
              "etcdserverpb.Maintenance",
              "grpc.health.v1.Health");
      var kv =
          ServerReflectionRequest.newBuilder()
              .setFileContainingSymbol("etcdserverpb.KV.RangeStream")
              .build();
      assertThat(reflect(node, kv).getFileDescriptorResponse().getFileDescriptorProtoCount())
          .isPositive();
    }
  }

  private static ServerReflectionResponse reflect(TestNode node, ServerReflectionRequest request) {
    var answer = new CompletableFuture<ServerReflectionResponse>();
    var requests =
        ServerReflectionGrpc.newStub(node.clients())
            .serverReflectionInfo(
                new StreamObserver<>() {
                  @Override
                  public void onNext(ServerReflectionResponse response) {
                    answer.complete(response);
                  }

                  @Override
                  public void onError(Throwable failure) {
                    answer.completeExceptionally(failure);
                  }

                  @Override
                  public void onCompleted() {}
                });
    requests.onNext(request);
    requests.onCompleted();
    return answer.join();
  }

  private static void putKeys(TestNode node, int count) {
    for (String key : keys(count)) {
      var _ =
          node.kv()
              .put(
                  PutRequest.newBuilder()
                      .setKey(ByteString.copyFromUtf8(key))
                      .setValue(ByteString.copyFromUtf8("value of " + key))
                      .build());
    }
  }

  private static List<String> keys(int count) {
    var keys = new ArrayList<String>();
    for (int i = 0; i < count; i++) {
      keys.add("key-%04d".formatted(i));
    }
    return keys;
  }
}
