package dev.quorate.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.quorate.api.etcd.KVGrpc;
import dev.quorate.api.etcd.PutRequest;
import io.grpc.ManagedChannel;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.core.ConditionTimeoutException;

/** A node process with a small heap, which would end with the first object that finds no room. */
final class SmallNode implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofSeconds(60);

  /** What {@link #putSmall} puts. */
  static final ByteString KEY = ByteString.copyFromUtf8("watched");

  private static final String HEAP = "-Xmx" + System.getProperty("quorate.smallHeap", "256m");

  private final TestNode node;
  private final Path output;
  private final Process process;
  private final List<ManagedChannel> channels = new ArrayList<>();

  private SmallNode(TestNode node, Path output, Process process) {
    this.node = node;
    this.output = output;
    this.process = process;
  }

  static SmallNode start(Path directory) throws IOException {
    var node = new TestNode("one", directory.resolve("data"));
    var command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-XX:+UseSerialGC",
                "-XX:+ExitOnOutOfMemoryError",
                HEAP,
                "-cp",
                System.getProperty("java.class.path"),
                NodeMain.class.getName()));
    command.addAll(node.arguments());
    var builder = new ProcessBuilder(command).directory(directory.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("ETCD_"));
    var output = directory.resolve("output");
    var process = builder.redirectErrorStream(true).redirectOutput(output.toFile()).start();
    var started = new SmallNode(node, output, process);
    try {
      await()
          .atMost(PATIENCE)
          .ignoreExceptions()
          .until(() -> node.get("/readyz").statusCode() == 200);
    } catch (ConditionTimeoutException e) {
      started.close();
      throw e;
    }
    return started;
  }

  KVGrpc.KVBlockingStub kv() {
    return node.kv();
  }

  String clientUrl() {
    return node.clientUrl();
  }

  /** A connection of its own. */
  ManagedChannel channel() {
    var channel =
        NettyChannelBuilder.forAddress("127.0.0.1", node.clientPort())
            .usePlaintext()
            .maxInboundMessageSize(1 << 30)
            .build();
    channels.add(channel);
    return channel;
  }

  void put(String key, ByteString value) {
    var put = PutRequest.newBuilder().setKey(ByteString.copyFromUtf8(key)).setValue(value);
    var _ = node.kv().put(put.build());
  }

  /** As an ordinary client does it, which tries again when the node has too much to do. */
  Duration putSmall() {
    long began = System.nanoTime();
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(10))
        .until(
            () -> {
              try {
                var _ = node.kv().put(PutRequest.newBuilder().setKey(KEY).setValue(KEY).build());
                return true;
              } catch (StatusRuntimeException e) {
                assertThat(e.getStatus().getCode()).isEqualTo(Code.RESOURCE_EXHAUSTED);
                return false;
              }
            });
    return Duration.ofNanos(System.nanoTime() - began);
  }

  void assertServes() throws Exception {
    assertThat(process.isAlive()).isTrue();
    assertThat(Files.readString(output)).doesNotContain("OutOfMemory");
    assertThat(node.get("/readyz").statusCode()).isEqualTo(200);
    assertThat(putSmall()).isLessThan(Duration.ofSeconds(15));
  }

  @Override
  public void close() {
    channels.forEach(ManagedChannel::shutdownNow);
    process.destroyForcibly().onExit().join();
    node.close();
  }
}
