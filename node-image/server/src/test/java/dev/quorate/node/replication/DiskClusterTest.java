package dev.quorate.node.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.quorate.api.etcd.KeyValue;
import dev.quorate.api.etcd.Member;
import dev.quorate.api.etcd.RangeRequest;
import dev.quorate.api.etcd.RangeResponse;
import dev.quorate.node.execution.Threads;
import dev.quorate.node.kv.ApplyResult;
import dev.quorate.node.kv.ChangeListener;
import dev.quorate.node.metrics.PeerMetrics;
import dev.quorate.node.metrics.ReplicationMetrics;
import dev.quorate.node.storage.DataDirectory;
import dev.quorate.node.storage.rocksdb.RocksStateHome;
import dev.quorate.node.storage.wal.LogSettings;
import dev.quorate.node.storage.wal.SegmentedLog;
import dev.quorate.node.transport.grpc.GrpcPeerService;
import dev.quorate.node.transport.grpc.GrpcPeerTransport;
import dev.quorate.node.transport.grpc.PeerNetwork;
import io.grpc.InsecureChannelCredentials;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whole members on write-ahead log, RocksDB and gRPC over loopback. */
@Timeout(300)
final class DiskClusterTest {
  private static final ReplicaConfig CONFIG =
      new ReplicaConfig(
          Duration.ofMillis(50),
          Duration.ofMillis(500),
          Duration.ofMillis(500),
          20_000,
          50_000,
          64 << 20,
          64 << 20,
          5_000,
          600,
          1 << 20,
          256 << 10,
          1,
          Duration.ofMillis(500),
          1 << 20,
          256);

  @TempDir private Path directory;
  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
  private final Map<Long, Running> members = new TreeMap<>();
  private final ConcurrentLinkedQueue<ReplicaFault> faults = new ConcurrentLinkedQueue<>();

  /** A member and the port where its peers find it. */
  private record Running(Replica replica, Server server, DataDirectory data) {
    void stop() throws IOException {
      replica.stop().join();
      server.shutdownNow();
      data.close();
    }
  }

  private final class Told implements ReplicaListener {
    @Override
    public void failed(ReplicaFault fault) {
      faults.add(fault);
    }

    @Override
    public void removed() {}
  }

  @AfterEach
  void stopAll() throws IOException {
    for (var running : members.values()) {
      running.stop();
    }
    var _ = loops.shutdownGracefully(0, 0, TimeUnit.SECONDS);
    assertThat(faults).isEmpty();
  }

  @Test
  void aMemberThatWasAwayGetsTheStateAndARestartKeepsEverything() throws Exception {
    found(3);
    MemoryCluster.putAll(leader(), "a-", 1_000);
    long away = follower().identity().memberId();
    int port = stop(away);
    for (int round = 0; round < 10; round++) {
      MemoryCluster.putAll(leader(), "round-" + round + "-", 1_000);
    }
    start(away, port);
    awaitApplied(leader().status().raft().appliedIndex());
    assertThat(pairs(away)).hasSize(11_000);
    MemoryCluster.putAll(replica(away), "after-", 100);

    var ports = new TreeMap<Long, Integer>();
    for (long id : List.copyOf(members.keySet())) {
      ports.put(id, stop(id));
    }
    for (var stopped : ports.entrySet()) {
      start(stopped.getKey(), stopped.getValue());
    }
    MemoryCluster.putAll(leader(), "end-", 1);
    awaitApplied(leader().status().raft().appliedIndex());
    var expected = pairs(1);
    assertThat(expected).hasSize(11_101);
    assertThat(pairs(2)).isEqualTo(expected);
    assertThat(pairs(3)).isEqualTo(expected);
  }

  private void found(int size) throws IOException {
    var ports = new ArrayList<Server>();
    var services = new ArrayList<GrpcPeerService>();
    var founders = new ArrayList<Member>();
    for (long id = 1; id <= size; id++) {
      services.add(new GrpcPeerService());
      ports.add(serve(services.getLast(), 0));
      founders.add(
          Member.newBuilder().setID(id).addPeerURLs(url(ports.getLast().getPort())).build());
    }
    for (int i = 0; i < size; i++) {
      long id = 1L + i;
      var data = DataDirectory.open(directory.resolve("member-" + id));
      var home = home(data);
      data.create(
          new DataDirectory.Identity(1, id, "m" + id),
          (logDirectory, _) -> {
            try (var log = SegmentedLog.create(logDirectory, 1, id, LogSettings.DEFAULT)) {
              Founding.write(log, home, founders);
            }
          });
      run(id, data, ports.get(i), services.get(i));
    }
  }

  private static RocksStateHome home(DataDirectory data) {
    return new RocksStateHome(data, 16 << 20);
  }

  private static String url(int port) {
    return "http://127.0.0.1:" + port;
  }

  private Server serve(GrpcPeerService service, int port) throws IOException {
    return NettyServerBuilder.forAddress(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
            InsecureServerCredentials.create())
        .bossEventLoopGroup(loops)
        .workerEventLoopGroup(loops)
        .channelType(NioServerSocketChannel.class)
        .directExecutor()
        .permitKeepAliveTime(1, TimeUnit.SECONDS)
        .addService(service)
        .build()
        .start();
  }

  private void start(long id, int port) throws IOException {
    var service = new GrpcPeerService();
    run(id, DataDirectory.open(directory.resolve("member-" + id)), serve(service, port), service);
  }

  private void run(long id, DataDirectory data, Server server, GrpcPeerService service)
      throws IOException {
    var network =
        new PeerNetwork(
            List.of(url(server.getPort())),
            InsecureChannelCredentials.create(),
            loops,
            NioSocketChannel.class);
    var parts =
        new ReplicaParts(
            new NodeIdentity(1, id),
            CONFIG,
            SegmentedLog.open(data.log(), 1, id, LogSettings.DEFAULT),
            home(data),
            new GrpcPeerTransport(network, service, PeerMetrics.NONE),
            ReplicationMetrics.NONE,
            ChangeListener.NONE,
            _ -> {},
            new Threads("test"));
    members.put(id, new Running(Replica.start(parts, new Told()), server, data));
  }

  private int stop(long id) throws IOException {
    var running = running(id);
    int port = running.server().getPort();
    members.remove(id);
    running.stop();
    return port;
  }

  private Running running(long id) {
    var running = members.get(id);
    if (running == null) {
      throw new AssertionError("member " + id + " does not run");
    }
    return running;
  }

  private Replica replica(long id) {
    return running(id).replica();
  }

  private Replica leader() {
    return await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () ->
                members.values().stream()
                    .map(Running::replica)
                    .filter(replica -> replica.status().raft().leads())
                    .findFirst()
                    .orElse(null),
            leader -> leader != null);
  }

  private Replica follower() {
    leader();
    return members.values().stream()
        .map(Running::replica)
        .filter(replica -> !replica.status().raft().leads())
        .findFirst()
        .orElseThrow();
  }

  private void awaitApplied(long index) {
    await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () ->
                members.values().stream()
                    .allMatch(one -> one.replica().machine().appliedId().index() >= index));
  }

  /** All pairs of a member, as a client of this member alone would see them. */
  private List<KeyValue> pairs(long id) {
    var all =
        RangeRequest.newBuilder()
            .setKey(ByteString.copyFrom(new byte[1]))
            .setRangeEnd(ByteString.copyFrom(new byte[1]))
            .build();
    var read = replica(id).machine().reads().range(all);
    return ((ApplyResult.Done) read).response() instanceof RangeResponse response
        ? response.getKvsList()
        : List.of();
  }
}
