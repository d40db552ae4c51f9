package dev.quorate.e2e.processes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.api.etcd.MaintenanceGrpc;
import dev.quorate.api.etcd.SnapshotRequest;
import dev.quorate.e2e.client.RunningClient;
import dev.quorate.e2e.machine.FailingDisk;
import dev.quorate.e2e.machine.ProcessCluster;
import dev.quorate.e2e.machine.ServerProcess;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A member of three whose disk answers syncs with EIO, under a client that checks every promise.
 */
final class FailingDiskIT {
  private static final int FAULT = 3;

  @TempDir private Path directory;

  @Test
  void endsTheMemberAtOnceAndNothingAcknowledgedIsLost() throws Exception {
    try (var cluster = ProcessCluster.start(directory, 3);
        var client = RunningClient.start(List.of(), cluster.endpoints())) {
      client.awaitWrites(50);
      var leader = cluster.leader();
      try (var _ = FailingDisk.begin(leader.pid(), files(leader, "log", ".wal"))) {
        assertThat(leader.awaitEnd()).isEqualTo(FAULT);
      }
      assertThat(leader.logText()).contains("the disk failed (", ".wal", "replace this member");
      client.awaitWrites(50);
      cluster.restart(leader);

      var follower =
          cluster.nodes().stream().filter(node -> !node.leads()).findFirst().orElseThrow();
      try (var _ = FailingDisk.begin(follower.pid(), files(follower, "state", "MANIFEST-"))) {
        client.awaitWrites(5);
        flush(follower);
        assertThat(follower.awaitEnd()).isEqualTo(FAULT);
      }
      assertThat(follower.logText()).contains("the disk failed (", "the state in ");
      client.awaitWrites(50);
      cluster.restart(follower);
      client.awaitWrites(50);
      assertThat(client.finish())
          .noneMatch(line -> line.startsWith("violation"))
          .anyMatch(line -> line.startsWith("summary acknowledged="));
    }
  }

  /** A snapshot begins with making the state durable; nobody gets one from a member that cannot. */
  private static void flush(ServerProcess node) {
    var snapshot =
        MaintenanceGrpc.newBlockingStub(node.channel())
            .withDeadlineAfter(30, TimeUnit.SECONDS)
            .snapshot(SnapshotRequest.getDefaultInstance());
    try {
      while (snapshot.hasNext()) {
        var _ = snapshot.next();
      }
      throw new AssertionError("a snapshot was taken");
    } catch (StatusRuntimeException _) {
      // As it must.
    }
  }

  private static List<Path> files(ServerProcess node, String folder, String part)
      throws IOException {
    try (var files = Files.list(node.dataDirectory().resolve(folder))) {
      return files.filter(file -> file.getFileName().toString().contains(part)).toList();
    }
  }
}
