package dev.quorate.e2e.processes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.quorate.api.etcd.AlarmMember;
import dev.quorate.api.etcd.AlarmRequest;
import dev.quorate.api.etcd.AlarmType;
import dev.quorate.api.etcd.CompactionRequest;
import dev.quorate.api.etcd.DeleteRangeRequest;
import dev.quorate.api.etcd.KVGrpc;
import dev.quorate.api.etcd.MaintenanceGrpc;
import dev.quorate.api.etcd.PutRequest;
import dev.quorate.api.etcd.RangeRequest;
import dev.quorate.e2e.machine.Checkout;
import dev.quorate.e2e.machine.Output;
import dev.quorate.e2e.machine.ProcessCluster;
import dev.quorate.e2e.machine.ServerProcess;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A member whose disk fills while it runs, beside two that have space. */
final class SmallDiskIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int DISK_MEBIBYTES = 128;
  private static final ByteString KEY = ByteString.copyFromUtf8("key");

  @TempDir private Path directory;

  @Test
  void putsAreRefusedBeforeItIsFullAndServedAgainWithoutARestart() throws Exception {
    Files.createDirectory(directory.resolve("n0"));
    var smallDisk =
        List.of(
            Checkout.path("e2e/small-disk"),
            DISK_MEBIBYTES + "m",
            directory.resolve("n0").toString());
    var trial = new ArrayList<>(smallDisk);
    trial.add("true");
    var _ = Output.of(Duration.ofSeconds(30), "", trial).unlessUnsuitable();
    try (var cluster = ProcessCluster.start(directory, 3, smallDisk)) {
      var full = cluster.nodes().getFirst();
      var other = cluster.nodes().getLast();
      put(other);
      var ballast = fill(full);
      await().atMost(PATIENCE).until(() -> !alarms(other).isEmpty());
      assertThat(alarms(other))
          .singleElement()
          .returns(AlarmType.NOSPACE, AlarmMember::getAlarm)
          .returns(memberId(full), AlarmMember::getMemberID);

      for (var node : cluster.nodes()) {
        assertThatExceptionOfType(StatusRuntimeException.class)
            .isThrownBy(() -> put(node))
            .withMessageContaining("etcdserver: mvcc: database space exceeded");
        assertThat(kv(node).range(RangeRequest.newBuilder().setKey(KEY).build()).getCount())
            .isEqualTo(1);
      }
      var deleted = kv(full).deleteRange(DeleteRangeRequest.newBuilder().setKey(KEY).build());
      assertThat(deleted.getDeleted()).isEqualTo(1);
      long revision = deleted.getHeader().getRevision();
      var _ = kv(other).compact(CompactionRequest.newBuilder().setRevision(revision).build());

      Files.delete(ballast);
      await().atMost(PATIENCE).until(() -> alarms(other).isEmpty());
      cluster.nodes().forEach(SmallDiskIT::put);
      assertThat(cluster.nodes()).allMatch(ServerProcess::runs);
      assertThat(full.logText()).contains("raising the NOSPACE alarm", "clearing the alarm");
    }
  }

  /** Something else takes the space, as it may on a disk that is shared. */
  private static Path fill(ServerProcess node) throws IOException {
    var ballast = node.seenByProcess(node.dataDirectory()).resolve(".ballast");
    var mebibyte = new byte[1 << 20];
    try (var file = Files.newOutputStream(ballast)) {
      long free = ballast.toFile().getUsableSpace() >> 20;
      for (long left = free; left > DISK_MEBIBYTES / 10; left--) {
        file.write(mebibyte);
      }
    }
    return ballast;
  }

  private static void put(ServerProcess node) {
    var _ = kv(node).put(PutRequest.newBuilder().setKey(KEY).setValue(KEY).build());
  }

  private static KVGrpc.KVBlockingStub kv(ServerProcess node) {
    return KVGrpc.newBlockingStub(node.channel()).withDeadlineAfter(20, TimeUnit.SECONDS);
  }

  private static List<AlarmMember> alarms(ServerProcess node) {
    return MaintenanceGrpc.newBlockingStub(node.channel())
        .withDeadlineAfter(20, TimeUnit.SECONDS)
        .alarm(AlarmRequest.getDefaultInstance())
        .getAlarmsList();
  }

  private static long memberId(ServerProcess node) {
    return node.status().orElseThrow().getHeader().getMemberId();
  }
}
