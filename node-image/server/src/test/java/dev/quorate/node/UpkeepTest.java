package dev.quorate.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.quorate.api.admin.SpaceAlarm;
import dev.quorate.api.etcd.AlarmRequest;
import dev.quorate.api.etcd.AlarmRequest.AlarmAction;
import dev.quorate.api.etcd.AlarmType;
import dev.quorate.api.etcd.CompactionRequest;
import dev.quorate.api.etcd.DeleteRangeRequest;
import dev.quorate.api.etcd.MaintenanceGrpc;
import dev.quorate.api.etcd.PutRequest;
import dev.quorate.api.etcd.RangeRequest;
import dev.quorate.node.compaction.CompactionPolicy;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What keeps a node's store small, on a node that runs. */
@Timeout(180)
final class UpkeepTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final ByteString KEY = ByteString.copyFromUtf8("key");

  @TempDir private Path directory;

  @Test
  void theLastWhileIsKept() throws Exception {
    try (var node = new TestNode("one", directory.resolve("one"))) {
      node.start("--auto-compaction-mode=periodic", "--auto-compaction-retention=1s");
      put(node, 10);
      long old = revision(node);
      await().atMost(PATIENCE).until(() -> compacted(node) >= old);
      put(node, 1);
      assertThat(present(node)).isEqualTo(old + 1);
      assertCompacted(node, old - 1);
    }
  }

  @Test
  void theLastRevisionsAreKept() throws Exception {
    try (var node = new TestNode("one", directory.resolve("one"));
        var timer = new HastyTimer()) {
      node.start();
      put(node, 50);
      AutoCompactor.start(new CompactionPolicy.Revisions(20), node.serving(), timer);
      await().atMost(PATIENCE).until(() -> compacted(node) == revision(node) - 20);
      put(node, 30);
      await().atMost(PATIENCE).until(() -> compacted(node) == revision(node) - 20);
      assertThat(present(node)).isEqualTo(81);
      assertCompacted(node, 60);
      var kept = RangeRequest.newBuilder().setKey(KEY).setRevision(61).build();
      assertThat(node.kv().range(kept).getKvs(0).getModRevision()).isEqualTo(61);
    }
  }

  /** What is to be done at an interval is done all the time. */
  private static final class HastyTimer extends ScheduledThreadPoolExecutor {
    HastyTimer() {
      super(1);
    }

    @Override
    public ScheduledFuture<?> scheduleWithFixedDelay(
        Runnable command, long initialDelay, long delay, TimeUnit unit) {
      return super.scheduleWithFixedDelay(command, 0, 10, TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
      shutdownNow();
    }
  }

  @Test
  void aFullDatabaseTakesPutsAgainWhenSpaceWasMade() throws Exception {
    try (var node = new TestNode("one", directory.resolve("one"))) {
      node.start("--quota-backend-bytes=16777216");
      assertThatExceptionOfType(StatusRuntimeException.class)
          .isThrownBy(
              () -> {
                for (int i = 0; i < 100; i++) {
                  putLarge(node, i);
                }
              })
          .satisfies(UpkeepTest::saysNoSpace);
      assertThatExceptionOfType(StatusRuntimeException.class)
          .as("the alarm")
          .isThrownBy(() -> put(node, 1))
          .satisfies(UpkeepTest::saysNoSpace);
      await()
          .atMost(PATIENCE)
          .until(() -> node.status().getSpaceAlarm() != SpaceAlarm.SPACE_ALARM_NONE);
      assertThat(node.status().getSpaceAlarm())
          .as("a larger disk would not help")
          .isEqualTo(SpaceAlarm.RAISED_OTHERWISE);
      assertThat(node.status().getDisk().getTotalBytes()).isPositive();

      var all =
          DeleteRangeRequest.newBuilder().setKey(KEY).setRangeEnd(ByteString.copyFromUtf8("l"));
      assertThat(node.kv().deleteRange(all.build()).getDeleted()).isGreaterThan(3);
      var compaction = CompactionRequest.newBuilder().setRevision(revision(node)).setPhysical(true);
      var _ = node.kv().compact(compaction.build());
      await()
          .atMost(PATIENCE)
          .until(() -> node.serving().state().get().measureDatabase() < 4 << 20);
      var disarm =
          AlarmRequest.newBuilder()
              .setAction(AlarmAction.DEACTIVATE)
              .setMemberID(node.serving().control().identity().memberId())
              .setAlarm(AlarmType.NOSPACE);
      var _ = MaintenanceGrpc.newBlockingStub(node.clients()).alarm(disarm.build());
      putLarge(node, 1);
      putLarge(node, 2);
    }
  }

  private static void saysNoSpace(StatusRuntimeException failure) {
    assertThat(failure.getStatus().getCode()).isEqualTo(Code.RESOURCE_EXHAUSTED);
    assertThat(failure.getStatus().getDescription())
        .isEqualTo("etcdserver: mvcc: database space exceeded");
  }

  private static void putLarge(TestNode node, int number) {
    var value = new byte[1 << 20];
    new SplittableRandom(number).nextBytes(value);
    var _ =
        node.kv()
            .put(
                PutRequest.newBuilder()
                    .setKey(KEY.concat(ByteString.copyFromUtf8("-" + number)))
                    .setValue(ByteString.copyFrom(value))
                    .build());
  }

  private static void put(TestNode node, int count) {
    for (int i = 0; i < count; i++) {
      var _ = node.kv().put(PutRequest.newBuilder().setKey(KEY).setValue(KEY).build());
    }
  }

  private static long present(TestNode node) {
    return node.kv()
        .range(RangeRequest.newBuilder().setKey(KEY).build())
        .getKvs(0)
        .getModRevision();
  }

  private static void assertCompacted(TestNode node, long revision) {
    var past = RangeRequest.newBuilder().setKey(KEY).setRevision(revision).build();
    assertThatExceptionOfType(StatusRuntimeException.class)
        .isThrownBy(() -> node.kv().range(past))
        .withMessageContaining("etcdserver: mvcc: required revision has been compacted");
  }

  private static long revision(TestNode node) {
    return node.serving().state().get().revision();
  }

  private static long compacted(TestNode node) {
    return node.serving().state().get().compactRevision();
  }
}
