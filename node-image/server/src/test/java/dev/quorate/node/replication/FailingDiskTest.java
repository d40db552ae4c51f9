package dev.quorate.node.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.quorate.node.kv.ApplyResult;
import dev.quorate.node.storage.Directories;
import dev.quorate.node.storage.recorded.CrashPoint;
import dev.quorate.node.storage.recorded.DiskChange;
import dev.quorate.node.storage.recorded.RecordedDisk;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The disk refuses one operation, of any kind, and would do the next: the member stops at once,
 * acknowledges nothing any more, and names the file; what it had acknowledged is there afterwards.
 */
@Timeout(120)
final class FailingDiskTest {
  private static final int MOST_PUTS = 3_000;

  @TempDir private Path directory;
  private final ConcurrentLinkedQueue<ReplicaFault> faults = new ConcurrentLinkedQueue<>();

  private final ReplicaListener listener =
      new ReplicaListener() {
        @Override
        public void failed(ReplicaFault fault) {
          faults.add(fault);
        }

        @Override
        public void removed() {}
      };

  @ParameterizedTest
  @ValueSource(strings = {"Written", "FileSynced", "Opened", "Moved", "PathSynced", "Removed"})
  void oneRefusalEndsTheMember(String kind) throws Exception {
    var disk = new RecordedDisk(Files.createDirectory(directory.resolve("disk")));
    var acknowledged = new ArrayList<String>();
    try (var member = new DiskMember(1, disk.root().resolve("m"))) {
      member.found(List.of(MemoryCluster.member(1)));
      var replica = member.start(new MemoryNetwork(), listener);
      await().atMost(Duration.ofSeconds(60)).until(() -> replica.status().raft().leads());
      put(replica, acknowledged, 100);
      refuseOnce(disk, kind);
      assertThatThrownBy(() -> put(replica, acknowledged, MOST_PUTS))
          .isInstanceOf(CompletionException.class)
          .hasCauseInstanceOf(ReplicationException.class);

      await().atMost(Duration.ofSeconds(60)).until(() -> !faults.isEmpty());
      assertThat(faults)
          .singleElement()
          .returns(ReplicaFault.Kind.DISK_FAILED, ReplicaFault::kind)
          .extracting(ReplicaFault::message)
          .asString()
          .contains("Input/output error", "/log");
      assertThat(replica.loopsTurn()).isFalse();
      assertThatThrownBy(() -> replica.reads().linearizable().join())
          .hasMessageContaining("STOPPED");
      int changes = disk.changes().size();
      assertThatThrownBy(() -> put(replica, acknowledged, 1)).hasMessageContaining("STOPPED");
      assertThat(disk.changes()).as("nothing is written any more").hasSize(changes);
      replica.stop().join();
    }
    checkKept(disk, acknowledged);
  }

  private void checkKept(RecordedDisk disk, List<String> acknowledged) throws IOException {
    int end = disk.changes().size();
    for (var point : CrashPoint.all(disk.changes(), 1)) {
      if (point.step() == end) {
        var crashed = point.restore(directory.resolve("crash"));
        try (var member = new DiskMember(1, crashed.resolve("m"))) {
          assertThat(member.read(new HashMap<>()).keys())
              .as("%s", point)
              .startsWith(acknowledged.toArray(String[]::new));
        }
        Directories.delete(directory.resolve("crash"));
      }
    }
  }

  private static void refuseOnce(RecordedDisk disk, String kind) {
    var refused = new AtomicBoolean();
    disk.refuse(
        change -> {
          if (change.getClass().getSimpleName().equals(kind)
              && isOfLog(change)
              && refused.compareAndSet(false, true)) {
            throw refusal(change);
          }
        });
  }

  /** Only the log is written while no state is received. */
  private static boolean isOfLog(DiskChange change) {
    return !(change instanceof DiskChange.Opened(Path file, _)) || file.startsWith("m/log");
  }

  /** As Java tells it: with the name of the file where it was used, and not of an open one. */
  private static IOException refusal(DiskChange change) {
    String why = "Input/output error";
    return switch (change) {
      case DiskChange.Opened(Path file, _) -> new FileSystemException(file.toString(), null, why);
      case DiskChange.Moved(Path from, Path to) ->
          new FileSystemException(from.toString(), to.toString(), why);
      case DiskChange.Removed(Path path) -> new FileSystemException(path.toString(), null, why);
      case DiskChange _ -> new IOException(why);
    };
  }

  private static void put(Replica replica, List<String> acknowledged, int count) {
    for (int i = 0; i < count; i++) {
      String key = "key-%05d".formatted(acknowledged.size());
      assertThat(MemoryCluster.put(replica, key, "value").join())
          .isInstanceOf(ApplyResult.Done.class);
      acknowledged.add(key);
    }
  }
}
