package dev.quorate.node;

import static org.awaitility.Awaitility.await;

import dev.quorate.api.admin.AdminGrpc;
import dev.quorate.api.admin.NodeStatus;
import dev.quorate.api.admin.NodeStatusRequest;
import dev.quorate.api.etcd.ClusterGrpc;
import dev.quorate.api.etcd.KVGrpc;
import dev.quorate.node.flags.ConfigException;
import dev.quorate.node.replication.ReplicaFault;
import dev.quorate.node.rpc.ServingMember;
import io.grpc.ChannelCredentials;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A real node in this process, on its own ports and directory, with clients for them. */
final class TestNode implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 30;

  private final String name;
  private final Path directory;
  private final ReservedPort clientPort = new ReservedPort();
  private final ReservedPort peerPort = new ReservedPort();
  private final String scheme;
  private final ManagedChannel clients;
  private final ManagedChannel peers;
  private @Nullable RunningNode running;
  private volatile @Nullable String end;

  TestNode(String name, Path directory) {
    this(name, directory, "http", InsecureChannelCredentials.create());
  }

  /** One with these URLs, whose clients here show these credentials. */
  TestNode(String name, Path directory, String scheme, ChannelCredentials credentials) {
    this.name = name;
    this.directory = directory;
    this.scheme = scheme;
    this.clients = channel(clientPort.number(), credentials);
    this.peers = channel(peerPort.number(), credentials);
  }

  int clientPort() {
    return clientPort.number();
  }

  int peerPort() {
    return peerPort.number();
  }

  String clientUrl() {
    return scheme + "://127.0.0.1:" + clientPort();
  }

  String peerUrl() {
    return scheme + "://127.0.0.1:" + peerPort();
  }

  List<String> arguments(String... more) {
    return Stream.concat(
            Stream.of(
                "--name=" + name,
                "--data-dir=" + directory,
                "--listen-client-urls=" + clientUrl(),
                "--advertise-client-urls=" + clientUrl(),
                "--listen-peer-urls=" + peerUrl(),
                "--initial-advertise-peer-urls=" + peerUrl()),
            Stream.of(more))
        .toList();
  }

  void start(String... more) throws ConfigException, StartException {
    var request = NodeCommandLine.parse(arguments(more), Map.of());
    running = RunningNode.start(((NodeCommandLine.Request.Run) request).config(), new Told());
  }

  /** What the node says must end the process, null while it may go on. */
  @Nullable String end() {
    return end;
  }

  private final class Told implements NodeListener {
    @Override
    public void failed(ReplicaFault fault) {
      end = fault.message();
    }

    @Override
    public void cannotStart(String message) {
      end = message;
    }

    @Override
    public void removed(String message) {
      end = message;
    }
  }

  /** The member that serves here, as soon as there is one. */
  ServingMember serving() {
    var node = Objects.requireNonNull(running).node();
    var member = node.serving();
    if (member != null) {
      return member;
    }
    return await()
        .atMost(Duration.ofSeconds(PATIENCE_SECONDS))
        .failFast("the node ended", () -> end != null)
        .until(node::serving, Objects::nonNull);
  }

  Path directory() {
    return directory;
  }

  /** As SIGTERM does. */
  boolean stop() {
    RunningNode node = running;
    running = null;
    return node == null || node.stop();
  }

  NodeStatus status() {
    return admin().status(NodeStatusRequest.getDefaultInstance());
  }

  /** The channel to the client port, for services that have no stub here. */
  ManagedChannel clients() {
    return clients;
  }

  AdminGrpc.AdminBlockingStub admin() {
    return AdminGrpc.newBlockingStub(peers).withDeadlineAfter(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  KVGrpc.KVBlockingStub kv() {
    return KVGrpc.newBlockingStub(clients)
        .withWaitForReady()
        .withDeadlineAfter(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  ClusterGrpc.ClusterBlockingStub cluster() {
    return ClusterGrpc.newBlockingStub(clients)
        .withDeadlineAfter(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  HttpResponse<String> get(String path) throws IOException, InterruptedException {
    try (var client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
      var uri = URI.create("http://127.0.0.1:%d%s".formatted(clientPort(), path));
      return client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    }
  }

  HttpResponse<String> post(String path, String body) throws IOException, InterruptedException {
    try (var client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
      var uri = URI.create("http://127.0.0.1:%d%s".formatted(clientPort(), path));
      var request = HttpRequest.newBuilder(uri).POST(HttpRequest.BodyPublishers.ofString(body));
      return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
  }

  @Override
  public void close() {
    clients.shutdownNow();
    peers.shutdownNow();
    var _ = stop();
    clientPort.close();
    peerPort.close();
  }

  private static ManagedChannel channel(int port, ChannelCredentials credentials) {
    return NettyChannelBuilder.forAddress("127.0.0.1", port, credentials).build();
  }
}
