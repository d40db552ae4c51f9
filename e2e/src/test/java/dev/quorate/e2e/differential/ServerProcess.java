package dev.quorate.e2e.differential;

import com.google.protobuf.ByteString;
import dev.quorate.api.etcd.KVGrpc;
import dev.quorate.api.etcd.RangeRequest;
import dev.quorate.e2e.machine.ReservedPorts;
import io.grpc.Channel;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/**
 * A cluster of one as a process of its own, started with etcd's flags, which etcd and Quorate
 * share.
 */
final class ServerProcess implements AutoCloseable {
  private static final int MAX_MESSAGE_BYTES = 16 << 20;

  private final String name;
  private final Process process;
  private final Path output;
  private final ManagedChannel channel;

  private ServerProcess(String name, Process process, Path output, ManagedChannel channel) {
    this.name = name;
    this.process = process;
    this.output = output;
    this.channel = channel;
  }

  /**
   * Starts it and waits until it answers.
   *
   * @param scheme http, or https with a certificate that it makes itself
   */
  static ServerProcess start(String program, Path directory, String scheme, List<String> flags)
      throws IOException {
    String name = Path.of(program).getFileName().toString();
    var ports = ReservedPorts.of(2);
    int clientPort = ports.getFirst();
    int peerPort = ports.getLast();
    boolean secure = scheme.equals("https");
    String client = scheme + "://127.0.0.1:" + clientPort;
    String peer = "http://127.0.0.1:" + peerPort;
    Path output = directory.resolve(name + ".log");
    var command = new ArrayList<>(flags);
    command.addFirst(program);
    command.addAll(
        List.of(
            "--name=sole",
            "--data-dir=" + directory.resolve(name),
            "--listen-client-urls=" + client,
            "--advertise-client-urls=" + client,
            "--listen-peer-urls=" + peer,
            "--initial-advertise-peer-urls=" + peer,
            "--initial-cluster=sole=" + peer,
            "--initial-cluster-state=new",
            "--bcrypt-cost=4",
            "--auto-tls=" + secure));
    var process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    var credentials =
        secure
            ? TlsChannelCredentials.newBuilder()
                .trustManager(InsecureTrustManagerFactory.INSTANCE.getTrustManagers())
                .build()
            : InsecureChannelCredentials.create();
    var channel =
        NettyChannelBuilder.forAddress("127.0.0.1", clientPort, credentials)
            .maxInboundMessageSize(MAX_MESSAGE_BYTES)
            .build();
    var server = new ServerProcess(name, process, output, channel);
    server.awaitReady();
    return server;
  }

  private void awaitReady() {
    var probe = RangeRequest.newBuilder().setKey(ByteString.copyFromUtf8("ready")).build();
    Awaitility.await(name + " answers")
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(50))
        .until(
            () -> {
              if (!process.isAlive()) {
                throw new AssertionError(name + " ended:\n" + log());
              }
              try {
                var _ =
                    KVGrpc.newBlockingStub(channel)
                        .withDeadlineAfter(1, TimeUnit.SECONDS)
                        .range(probe);
                return true;
              } catch (StatusRuntimeException _) {
                return false;
              }
            });
  }

  /** Its address, for clients that are processes of their own. */
  String endpoint() {
    return channel.authority();
  }

  Channel channel() {
    return channel;
  }

  private String log() {
    try {
      return Files.readString(output);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    channel.shutdownNow();
    process.destroy();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException _) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
