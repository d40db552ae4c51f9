package dev.quorate.node;

import dev.quorate.api.etcd.Member;
import dev.quorate.node.kv.Restoration;
import dev.quorate.node.replication.Founding;
import dev.quorate.node.replication.NodeIdentity;
import dev.quorate.node.storage.ArchivedSnapshot;
import dev.quorate.node.storage.DataDirectory;
import dev.quorate.node.storage.Directories;
import dev.quorate.node.storage.LogStorage;
import dev.quorate.node.storage.StateHome;
import dev.quorate.node.storage.StorageException;
import dev.quorate.node.storage.rocksdb.RocksStateHome;
import dev.quorate.node.storage.wal.LogSettings;
import dev.quorate.node.storage.wal.SegmentedLog;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The disk of one node: what member it holds, or the beginning of one. All that can be wrong with a
 * disk comes out as a {@code StorageException}.
 */
final class MemberData {
  private static final Logger LOG = LoggerFactory.getLogger(MemberData.class);

  /** The part of the machine's or container's memory for the state, within bounds. */
  private static final int STATE_MEMORY_PART = 16;

  private static final long STATE_MEMORY_BYTES_MIN = 32L << 20;
  private static final long STATE_MEMORY_BYTES_MAX = 128L << 20;

  private final DataDirectory directory;
  private final LogSettings logSettings;
  private final StateHome home;

  /** A member's storages, for the replica to own. */
  record Opened(LogStorage log, StateHome home) {}

  private MemberData(
      DataDirectory directory, LogSettings logSettings, Consumer<StorageException> stateFailed) {
    this.directory = directory;
    this.logSettings = logSettings;
    this.home = new RocksStateHome(directory, stateMemoryBytes(MachineMemory.bytes()), stateFailed);
  }

  /** What all caches and memtables of the state may take, its recent rows in the Java heap. */
  static long stateMemoryBytes(long machineBytes) {
    return Math.clamp(
        machineBytes / STATE_MEMORY_PART, STATE_MEMORY_BYTES_MIN, STATE_MEMORY_BYTES_MAX);
  }

  /**
   * Locks what is there, or is to be there.
   *
   * @param stateFailed hears of every read and write of an open state that failed, on the thread
   *     that met it
   */
  static MemberData open(Path path, Consumer<StorageException> stateFailed) {
    return open(path, LogSettings.DEFAULT, stateFailed);
  }

  static MemberData open(
      Path path, LogSettings logSettings, Consumer<StorageException> stateFailed) {
    return new MemberData(DataDirectory.open(path), logSettings, stateFailed);
  }

  /** Refuses a directory in which damage was found, now or before. */
  void requireSound() {
    directory.requireSound();
  }

  /** Says so for good; where the disk does not take it, as long as the process lives. */
  void markLost(String what) {
    try {
      directory.markLost(what);
    } catch (IOException e) {
      LOG.error("cannot keep for the next start that the data is lost: {}", e.toString());
    }
  }

  /** Whose data it is; null if there is none. */
  @Nullable NodeIdentity identity() {
    return directory
        .identity()
        .map(known -> new NodeIdentity(known.clusterId(), known.memberId()))
        .orElse(null);
  }

  /** Opens the data of the member that is there. */
  Opened open() {
    requireSound();
    var known = directory.identity().orElseThrow();
    var log = SegmentedLog.open(directory.log(), known.clusterId(), known.memberId(), logSettings);
    return new Opened(log, home);
  }

  /** Becomes a first member of a new cluster. */
  Opened found(NodeIdentity identity, String name, List<Member> members) {
    return create(
        identity,
        name,
        () -> {
          try (var storage = home.open()) {
            Founding.writeState(storage, members);
          }
          Directories.syncRecursively(directory.state());
        });
  }

  /** Becomes a first member of a new cluster that begins with the state of an old one. */
  void restore(
      NodeIdentity identity, String name, ArchivedSnapshot snapshot, Restoration restoration)
      throws IOException {
    var created =
        create(
            identity,
            name,
            () -> {
              snapshot.unpack(directory.state());
              try (var storage = home.open()) {
                restoration.apply(storage);
                storage.flush();
              }
              Directories.syncRecursively(directory.state());
            });
    created.log().close();
  }

  /** Becomes a member that gets everything from the leader. */
  Opened join(NodeIdentity identity, String name) {
    return create(identity, name, () -> {});
  }

  /** The state that a new member begins with. */
  private interface FirstState {
    void write() throws IOException;
  }

  private Opened create(NodeIdentity identity, String name, FirstState state) {
    directory.create(
        new DataDirectory.Identity(identity.clusterId(), identity.memberId(), name),
        (logDirectory, id) -> {
          try (var log =
              SegmentedLog.create(logDirectory, id.clusterId(), id.memberId(), logSettings)) {
            log.sync();
          }
          state.write();
        });
    return open();
  }

  void close() {
    directory.close();
  }
}
