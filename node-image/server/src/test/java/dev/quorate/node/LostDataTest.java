package dev.quorate.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.quorate.api.admin.Fault;
import dev.quorate.api.admin.NodeState;
import dev.quorate.api.etcd.HashKVRequest;
import dev.quorate.api.etcd.HashKVResponse;
import dev.quorate.api.etcd.MaintenanceGrpc;
import dev.quorate.api.etcd.PutRequest;
import dev.quorate.api.etcd.RangeRequest;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Comparator;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Damage that was found once, in files that read well the next time. */
final class LostDataTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int KEYS = 300;
  private static final int VALUE_BYTES = 1_000;
  private static final ByteString FIRST = ByteString.copyFromUtf8("key-0");

  @TempDir Path directory;

  @Test
  void aLogThatWasDamagedIsNotTrustedAgain() throws Exception {
    try (var node = new TestNode("one", directory.resolve("one"))) {
      node.start();
      put(node, 100);
      assertThat(node.stop()).isTrue();
      Path segment = first(node.directory().resolve("log"));
      flip(segment, 1500);
      node.start();
      assertLost(node, segment + ", offset ");
      String reason = node.status().getReason();
      assertThat(node.stop()).isTrue();

      flip(segment, 1500);
      node.start();
      assertLost(node, reason);
      assertThat(node.status().getReason()).isEqualTo(reason);
    }
  }

  /** It opens well: only who reads the damaged part meets it. */
  @Test
  void aStateThatWasFoundDamagedWhileItServedIsNotTrustedAgain() throws Exception {
    try (var node = new TestNode("one", directory.resolve("one"))) {
      node.start();
      put(node, KEYS);
      assertThat(node.stop()).isTrue();
      Path table = largestTable(node.directory().resolve("state"));
      long middle = Files.size(table) / 2;
      flip(table, middle);
      node.start();
      // Either this reads it or a compaction did.
      assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(() -> readAll(node));
      await().atMost(PATIENCE).until(() -> node.status().getFault() == Fault.DATA_LOST);
      assertLost(node, table.getFileName().toString());
      String reason = node.status().getReason();
      assertThat(node.end()).as("it stays up to tell").isNull();
      // What is damaged cannot be flushed a last time.
      var _ = node.stop();

      flip(table, middle);
      node.start();
      assertLost(node, reason);
    }
  }

  private static void assertLost(TestNode node, String reason) throws Exception {
    var status = node.status();
    assertThat(status.getState()).isEqualTo(NodeState.PAUSED);
    assertThat(status.getFault()).isEqualTo(Fault.DATA_LOST);
    assertThat(status.getReason()).startsWith("DATA_LOST").contains(reason);
    assertThat(status.getMemberId()).isNotZero();
    assertThat(node.get("/livez").statusCode()).isEqualTo(200);
    assertThat(node.get("/readyz").statusCode()).isEqualTo(503);
    assertThatExceptionOfType(StatusRuntimeException.class)
        .isThrownBy(() -> node.kv().range(request(FIRST)))
        .matches(e -> e.getStatus().getCode() == Code.UNAVAILABLE);
  }

  private static HashKVResponse readAll(TestNode node) {
    return MaintenanceGrpc.newBlockingStub(node.clients())
        .withDeadlineAfter(30, TimeUnit.SECONDS)
        .hashKV(HashKVRequest.getDefaultInstance());
  }

  private static RangeRequest request(ByteString key) {
    return RangeRequest.newBuilder().setKey(key).build();
  }

  private static void put(TestNode node, int keys) {
    var random = new SplittableRandom(1);
    for (int i = 0; i < keys; i++) {
      byte[] value = new byte[VALUE_BYTES];
      random.nextBytes(value);
      node.kv()
          .put(
              PutRequest.newBuilder()
                  .setKey(ByteString.copyFromUtf8("key-" + i))
                  .setValue(ByteString.copyFrom(value))
                  .build());
    }
  }

  private static Path first(Path log) throws IOException {
    try (var files = Files.list(log)) {
      return files
          .filter(file -> file.toString().endsWith(".wal"))
          .sorted()
          .findFirst()
          .orElseThrow();
    }
  }

  private static Path largestTable(Path state) throws IOException {
    try (var files = Files.list(state)) {
      return files
          .filter(file -> file.toString().endsWith(".sst"))
          .max(Comparator.comparingLong(file -> file.toFile().length()))
          .orElseThrow();
    }
  }

  private static void flip(Path file, long position) throws IOException {
    try (var channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      var one = ByteBuffer.allocate(1);
      channel.read(one, position);
      channel.write(ByteBuffer.wrap(new byte[] {(byte) (one.get(0) ^ 1)}), position);
    }
  }
}
