package dev.quorate.node.replication;

import com.google.protobuf.ByteString;
import dev.quorate.api.command.Command;
import dev.quorate.api.etcd.Member;
import dev.quorate.api.etcd.RangeRequest;
import dev.quorate.api.etcd.RangeResponse;
import dev.quorate.node.execution.Threads;
import dev.quorate.node.kv.ApplyResult;
import dev.quorate.node.kv.ChangeListener;
import dev.quorate.node.kv.KvStateMachine;
import dev.quorate.node.metrics.ReplicationMetrics;
import dev.quorate.node.storage.DataDirectory;
import dev.quorate.node.storage.LogStorage;
import dev.quorate.node.storage.StateHome;
import dev.quorate.node.storage.StateStorage;
import dev.quorate.node.storage.rocksdb.RocksStateHome;
import dev.quorate.node.storage.wal.LogSettings;
import dev.quorate.node.storage.wal.SegmentedLog;
import dev.quorate.raft.RestoredState;
import dev.quorate.raft.check.Bytes;
import dev.quorate.raft.log.EntryKind;
import dev.quorate.raft.log.Snapshot;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The disk of a member whose log and state are so small that all of it is written and removed. */
final class DiskMember implements AutoCloseable {
  static final ReplicaConfig CONFIG =
      new ReplicaConfig(
          Duration.ofMillis(50),
          Duration.ofMillis(1000),
          Duration.ofMillis(1000),
          20_000,
          50_000,
          64 << 20,
          64 << 20,
          5_000,
          20,
          1 << 20,
          8 << 10,
          1,
          Duration.ofMillis(500),
          1 << 20,
          256);

  private static final long CLUSTER = MemoryCluster.CLUSTER;
  private static final LogSettings SMALL =
      new LogSettings(12_000, 4096, 1 << 20, FileChannel::open);
  private static final RangeRequest ALL =
      RangeRequest.newBuilder()
          .setKey(ByteString.copyFrom(new byte[1]))
          .setRangeEnd(ByteString.copyFrom(new byte[1]))
          .build();

  private final long id;
  private final DataDirectory data;
  private final StateHome home;

  DiskMember(long id, Path directory) {
    this.id = id;
    this.data = DataDirectory.open(directory);
    this.home = new RocksStateHome(data, 8 << 20);
  }

  void found(List<Member> founders) {
    data.create(
        new DataDirectory.Identity(CLUSTER, id, "m" + id),
        (logDirectory, _) -> {
          try (var log = SegmentedLog.create(logDirectory, CLUSTER, id, SMALL)) {
            Founding.write(log, home, founders);
          }
        });
  }

  /** It owns the storages then, and not the directory. */
  Replica start(MemoryNetwork network, ReplicaListener listener) throws IOException {
    var parts =
        new ReplicaParts(
            new NodeIdentity(CLUSTER, id),
            CONFIG,
            openLog(),
            home,
            network.transport(),
            ReplicationMetrics.NONE,
            ChangeListener.NONE,
            _ -> {},
            new Threads(Long.toHexString(id)));
    return Replica.start(parts, listener);
  }

  private LogStorage openLog() {
    data.requireSound();
    return SegmentedLog.open(data.log(), CLUSTER, id, SMALL);
  }

  /** What the state alone says. */
  record State(Snapshot applied, List<String> keys, long revision) {}

  /** What a member that starts with this disk knows: its state, and what its log has beyond. */
  record Found(RestoredState restored, List<String> keys) {
    long lastIndex() {
      return restored.entries().isEmpty()
          ? restored.base().id().index()
          : restored.entries().getLast().index();
    }
  }

  /**
   * Opens all as a start does.
   *
   * @param known what was read of states before: most disks differ in their logs alone
   */
  Found read(Map<Map<String, Bytes>, State> known) throws IOException {
    try (var log = openLog()) {
      var files = stateFiles();
      var state = known.get(files);
      if (state == null) {
        state = readState();
        known.put(files, state);
      }
      var restored = LogRecovery.restore(log, state.applied());
      var keys = new ArrayList<>(state.keys());
      for (var entry : restored.entries()) {
        if (entry.index() > restored.appliedIndex() && entry.kind() == EntryKind.COMMAND) {
          var command = Command.parseFrom(entry.data().array());
          keys.add(command.getPut().getKey().toStringUtf8());
        }
      }
      return new Found(restored, keys);
    }
  }

  private Map<String, Bytes> stateFiles() throws IOException {
    var files = new TreeMap<String, Bytes>();
    if (Files.exists(data.state())) {
      try (var all = Files.list(data.state())) {
        for (var file : all.toList()) {
          files.put(file.getFileName().toString(), Bytes.of(Files.readAllBytes(file)));
        }
      }
    }
    return files;
  }

  private State readState() throws IOException {
    try (StateStorage storage = home.open()) {
      var machine = new KvStateMachine(storage);
      return new State(machine.appliedSnapshot(), keys(machine), machine.revision());
    }
  }

  private static List<String> keys(KvStateMachine machine) {
    var read = (ApplyResult.Done) machine.reads().range(ALL);
    return ((RangeResponse) read.response())
        .getKvsList().stream().map(pair -> pair.getKey().toStringUtf8()).toList();
  }

  @Override
  public void close() {
    data.close();
  }
}
