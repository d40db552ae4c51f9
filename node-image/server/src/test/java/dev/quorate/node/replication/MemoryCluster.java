package dev.quorate.node.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.quorate.api.command.Command;
import dev.quorate.api.etcd.Member;
import dev.quorate.api.etcd.PutRequest;
import dev.quorate.node.execution.Threads;
import dev.quorate.node.kv.ApplyResult;
import dev.quorate.node.metrics.ReplicationMetrics;
import dev.quorate.node.storage.StateStorage.Table;
import dev.quorate.node.storage.memory.MemoryLogStorage;
import dev.quorate.node.watch.WatchHub;
import dev.quorate.node.watch.WatchSettings;
import dev.quorate.raft.quorum.MembershipChange;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;

/** Whole members of one cluster in this process, on storages in memory. */
final class MemoryCluster implements AutoCloseable {
  static final long CLUSTER = 0xc1;

  /** What lags by more than a few entries is sent the whole state. */
  static final ReplicaConfig CONFIG = config(64);

  final MemoryNetwork network = new MemoryNetwork();
  final ConcurrentLinkedQueue<ReplicaFault> faults = new ConcurrentLinkedQueue<>();
  final ConcurrentLinkedQueue<Long> removed = new ConcurrentLinkedQueue<>();
  private final Path directory;
  private final ReplicaConfig config;
  private final Map<Long, Running> members = new ConcurrentSkipListMap<>();

  /** A member with what it stands on. */
  record Running(
      Replica replica,
      MemoryLogStorage log,
      FaultyLog disk,
      MemoryStateHome home,
      WatchHub watches) {}

  MemoryCluster(Path directory) {
    this(directory, CONFIG);
  }

  private MemoryCluster(Path directory, ReplicaConfig config) {
    this.directory = directory;
    this.config = config;
  }

  static ReplicaConfig config(int catchUpEntries) {
    return new ReplicaConfig(
        Duration.ofMillis(20),
        Duration.ofMillis(200),
        Duration.ofMillis(200),
        20_000,
        50_000,
        64 << 20,
        64 << 20,
        5_000,
        catchUpEntries,
        1 << 20,
        16 << 10,
        1,
        Duration.ofMillis(500),
        1 << 20,
        256);
  }

  static MemoryCluster of(Path directory, int size) throws IOException {
    return of(directory, size, CONFIG);
  }

  static MemoryCluster of(Path directory, int size, ReplicaConfig config) throws IOException {
    var cluster = new MemoryCluster(directory, config);
    var founders = new ArrayList<Member>();
    for (long id = 1; id <= size; id++) {
      founders.add(member(id));
    }
    for (long id = 1; id <= size; id++) {
      var log = new MemoryLogStorage();
      var home = cluster.home(id);
      Founding.write(log, home, founders);
      cluster.start(id, log.crashed(), home);
    }
    return cluster;
  }

  static Member member(long id) {
    return Member.newBuilder().setID(id).addPeerURLs("http://member-" + id + ":2380").build();
  }

  MemoryStateHome home(long id) throws IOException {
    return new MemoryStateHome(Files.createDirectories(directory.resolve("member-" + id)));
  }

  Replica start(long id, MemoryLogStorage log, MemoryStateHome home) throws IOException {
    var disk = new FaultyLog(log);
    var watches =
        new WatchHub(
            WatchSettings.of(WatchSettings.DEFAULT_PROGRESS_INTERVAL, 2 << 20),
            new Threads("test"));
    var parts =
        new ReplicaParts(
            new NodeIdentity(CLUSTER, id),
            config,
            disk,
            home,
            network.transport(),
            ReplicationMetrics.NONE,
            watches,
            _ -> {},
            new Threads("test"));
    var replica = Replica.start(parts, listener(id));
    members.put(id, new Running(replica, log, disk, home, watches));
    return replica;
  }

  ReplicaListener listener(long id) {
    return new ReplicaListener() {
      @Override
      public void failed(ReplicaFault fault) {
        faults.add(fault);
      }

      @Override
      public void removed() {
        removed.add(id);
      }
    };
  }

  FaultyLog disk(Replica replica) {
    return running(replica.identity().memberId()).disk();
  }

  Replica startEmpty(long id) throws IOException {
    return start(id, new MemoryLogStorage(), home(id));
  }

  /** Ends a member as kill -9 does, and gives what its disk holds. */
  Running kill(long id) {
    var running = Objects.requireNonNull(members.remove(id));
    network.cutOff(id);
    var found =
        new Running(
            running.replica(),
            running.log().crashed(),
            running.disk(),
            running.home().crashed(),
            running.watches());
    running.replica().stop().join();
    network.reconnect(id);
    return found;
  }

  Replica restart(Running killed) throws IOException {
    return start(killed.replica().identity().memberId(), killed.log(), killed.home());
  }

  void stop(long id) {
    Objects.requireNonNull(members.remove(id)).replica().stop().join();
  }

  Replica replica(long id) {
    return running(id).replica();
  }

  WatchHub watches(long id) {
    return running(id).watches();
  }

  private Running running(long id) {
    return Objects.requireNonNull(members.get(id));
  }

  List<Replica> replicas() {
    return members.values().stream().map(Running::replica).toList();
  }

  Replica awaitLeader() {
    return await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () ->
                replicas().stream()
                    .filter(replica -> replica.status().raft().leads())
                    .filter(this::isFollowedByAMajority)
                    .findFirst()
                    .orElse(null),
            leader -> leader != null);
  }

  private boolean isFollowedByAMajority(Replica leader) {
    long id = leader.identity().memberId();
    long followers = replicas().stream().filter(one -> one.status().raft().leader() == id).count();
    return followers >= leader.status().raft().configuration().quorum();
  }

  Replica anyFollower() {
    long leader = awaitLeader().identity().memberId();
    return replicas().stream()
        .filter(replica -> replica.identity().memberId() != leader)
        .findFirst()
        .orElseThrow();
  }

  static CompletableFuture<ApplyResult> put(Replica replica, String key, String value) {
    return replica
        .proposals()
        .submit(
            Command.newBuilder()
                .setPut(
                    PutRequest.newBuilder()
                        .setKey(ByteString.copyFromUtf8(key))
                        .setValue(ByteString.copyFromUtf8(value))));
  }

  static void putAll(Replica replica, String prefix, int count) {
    var all = new ArrayList<CompletableFuture<ApplyResult>>();
    for (int i = 0; i < count; i++) {
      all.add(put(replica, prefix + i, "value-" + i));
    }
    all.forEach(CompletableFuture::join);
  }

  /** Every row of a member's state, to compare members. */
  Map<String, String> rows(long id) {
    var rows = new TreeMap<String, String>();
    try (var view = running(id).home().open().view();
        var cursor = view.scan(Table.LATEST, new byte[0], null)) {
      for (; cursor.valid(); cursor.next()) {
        rows.put(HexFormat.of().formatHex(cursor.key()), HexFormat.of().formatHex(cursor.value()));
      }
    }
    return rows;
  }

  void awaitSameState() {
    var ids = List.copyOf(members.keySet());
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(
            () -> {
              var first = rows(ids.getFirst());
              for (long id : ids) {
                assertThat(rows(id)).as("state of member %d", id).isEqualTo(first);
              }
            });
  }

  static MembershipRequest step(MembershipChange change) {
    return new MembershipRequest(change, member(change.id()), null);
  }

  @Override
  public void close() {
    members.values().forEach(running -> running.watches().close());
    replicas().stream().map(Replica::stop).toList().forEach(CompletableFuture::join);
  }
}
