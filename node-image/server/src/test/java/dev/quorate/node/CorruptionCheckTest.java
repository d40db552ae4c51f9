package dev.quorate.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.quorate.api.admin.CompareStateRequest;
import dev.quorate.api.admin.ComparisonOutcome;
import dev.quorate.api.admin.Fault;
import dev.quorate.api.admin.MemberStatus;
import dev.quorate.api.admin.NodeState;
import dev.quorate.api.admin.RaftRole;
import dev.quorate.api.admin.StateComparison;
import dev.quorate.api.etcd.AlarmRequest;
import dev.quorate.api.etcd.AlarmRequest.AlarmAction;
import dev.quorate.api.etcd.AlarmType;
import dev.quorate.api.etcd.CompactionRequest;
import dev.quorate.api.etcd.MaintenanceGrpc;
import dev.quorate.api.etcd.PutRequest;
import dev.quorate.api.etcd.RangeRequest;
import dev.quorate.node.storage.DataDirectory;
import dev.quorate.node.storage.StateStorage.Table;
import dev.quorate.node.storage.rocksdb.RocksStateHome;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three whole nodes, one of them with a state that nobody has written. */
final class CorruptionCheckTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final ByteString KEY = ByteString.copyFromUtf8("key-7");

  @TempDir Path directory;

  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final List<TestNode> nodes = new ArrayList<>();

  @AfterEach
  void stop() {
    timer.shutdownNow();
    nodes.forEach(TestNode::close);
  }

  @Test
  void aMemberWithAnotherStateStopsTheWritersAndNotTheReaders() throws Exception {
    String cluster = start();
    var leader = await().atMost(PATIENCE).until(this::leader, Objects::nonNull);
    for (int i = 0; i < 20; i++) {
      put(leader, ByteString.copyFromUtf8("key-" + i));
    }
    put(leader, KEY);
    var _ = leader.kv().compact(CompactionRequest.newBuilder().setRevision(10).build());
    check(leader);
    assertThat(alarms(leader)).isEmpty();

    var damaged = nodes.stream().filter(node -> node != leader).findFirst().orElseThrow();
    long damagedId = damaged.serving().control().identity().memberId();
    assertThat(damaged.stop()).isTrue();
    damage(damaged.directory());
    damaged.start("--initial-cluster=" + cluster);
    awaitLeaderOf(damaged);
    check(leader);

    // The check proposes the alarm and does not wait until it is applied.
    String corrupt = "%x CORRUPT".formatted(damagedId);
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(alarms(leader)).containsExactly(corrupt));
    assertThatExceptionOfType(StatusRuntimeException.class)
        .isThrownBy(() -> put(leader, KEY))
        .satisfies(
            e -> {
              assertThat(e.getStatus().getCode()).isEqualTo(Code.DATA_LOSS);
              assertThat(e.getStatus().getDescription()).isEqualTo("etcdserver: corrupt cluster");
            });
    assertThat(leader.kv().range(RangeRequest.newBuilder().setKey(KEY).build()).getCount())
        .isEqualTo(1);
    assertThat(leader.get("/readyz").body())
        .contains("[-]data_corruption failed: alarm activated: CORRUPT\n");
    assertThat(leader.get("/readyz?exclude=data_corruption").statusCode()).isEqualTo(200);
    assertThat(leader.get("/health").body())
        .isEqualTo("{\"health\":\"false\",\"reason\":\"ALARM CORRUPT\"}\n");

    assertFenced(damaged, damagedId);
    var _ =
        MaintenanceGrpc.newBlockingStub(leader.clients())
            .alarm(
                AlarmRequest.newBuilder()
                    .setAction(AlarmAction.DEACTIVATE)
                    .setMemberID(damagedId)
                    .setAlarm(AlarmType.CORRUPT)
                    .build());
    put(leader, KEY);
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(damaged.status().getState()).isEqualTo(NodeState.RUNNING));
    put(damaged, KEY);
  }

  /** It serves nobody and says so; its vote counts still. */
  private static void assertFenced(TestNode damaged, long damagedId) throws Exception {
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(damaged.status().getState()).isEqualTo(NodeState.PAUSED));
    assertThat(damaged.status().getFault()).isEqualTo(Fault.DATA_LOST);
    assertThat(damaged.status().getReason()).contains("CORRUPT", "%x".formatted(damagedId));
    assertThat(damaged.status().getLeaderId()).isNotZero();
    assertThatExceptionOfType(StatusRuntimeException.class)
        .isThrownBy(() -> damaged.kv().range(RangeRequest.newBuilder().setKey(KEY).build()))
        .withMessageContaining("its data is damaged; use another member");
    assertThat(damaged.get("/metrics").body())
        .contains("quorate_node_state{state=\"PAUSED\",} 1.0", "fault=\"DATA_LOST\"");
  }

  private String start(String... flags) throws Exception {
    for (String name : List.of("a", "b", "c")) {
      nodes.add(new TestNode(name, directory.resolve(name)));
    }
    String cluster =
        nodes.stream()
            .map(node -> node.directory().getFileName() + "=" + node.peerUrl())
            .collect(Collectors.joining(","));
    for (var node : nodes) {
      node.start(with("--initial-cluster=" + cluster, flags));
    }
    return cluster;
  }

  private static String[] with(String flag, String... more) {
    return Stream.concat(Stream.of(flag), Stream.of(more)).toArray(String[]::new);
  }

  @Test
  void aMemberWithAnotherStateIsFoundAtTheIntervalOfTheFlag() throws Exception {
    assertFound(0, "--corrupt-check-time=200ms");
  }

  @Test
  void aMemberWithAnotherStateIsFoundAfterACompaction() throws Exception {
    assertFound(
        10,
        "--corrupt-check-time=0s",
        "--feature-gates=CompactHashCheck=true",
        "--compact-hash-check-time=200ms");
  }

  private void assertFound(long compaction, String... flags) throws Exception {
    String cluster = start(flags);
    var damaged = damagedFollower();
    damaged.start(with("--initial-cluster=" + cluster, flags));
    var leader = await().atMost(PATIENCE).until(this::leader, Objects::nonNull);
    if (compaction > 0) {
      // Without one it may be found, and serve no more, before anybody sees it serve.
      awaitLeaderOf(damaged);
      // Not begun before, so that only a compaction can have been the reason.
      assertThat(alarms(leader)).isEmpty();
      var _ = leader.kv().compact(CompactionRequest.newBuilder().setRevision(compaction).build());
    }
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              if (compaction == 0) {
                change(leader);
              }
              assertThat(alarms(leader)).hasSize(1);
            });
    long damagedId = damaged.status().getMemberId();
    assertThat(alarms(leader)).containsExactly("%x CORRUPT".formatted(damagedId));
  }

  @Test
  void aMemberWithAnotherStateDoesNotStartIfItIsToLook() throws Exception {
    String cluster = start();
    var damaged = damagedFollower();
    assertThatExceptionOfType(StartException.class)
        .isThrownBy(
            () ->
                damaged.start(
                    "--initial-cluster=" + cluster, "--experimental-initial-corrupt-check"))
        .withMessageContaining("holds something else at revision");
    damaged.start("--initial-cluster=" + cluster);
    var sound = nodes.stream().filter(node -> node != damaged).findFirst().orElseThrow();
    assertThat(sound.stop()).isTrue();
    sound.start("--initial-cluster=" + cluster, "--feature-gates=InitialCorruptCheck=false");
  }

  @Test
  void aLeaderComparesTheMemberThatItIsAskedAbout() throws Exception {
    String cluster = start();
    var damaged = damagedFollower();
    damaged.start("--initial-cluster=" + cluster);
    var leader = await().atMost(PATIENCE).until(this::leader, Objects::nonNull);
    var sound =
        nodes.stream().filter(node -> node != leader && node != damaged).findFirst().orElseThrow();
    long leaderId = leader.status().getMemberId();
    long soundId = sound.status().getMemberId();
    long damagedId = damaged.status().getMemberId();
    assertThat(compared(leader, leaderId, 1)).isEqualTo(ComparisonOutcome.EQUAL);
    assertThat(compared(leader, soundId, 2)).isEqualTo(ComparisonOutcome.EQUAL);
    assertThat(compared(leader, damagedId, 3)).isEqualTo(ComparisonOutcome.DIFFERENT);

    // What has its answer is not asked again; who does not answer is.
    assertThat(damaged.stop()).isTrue();
    assertThat(compared(leader, damagedId, 3)).isEqualTo(ComparisonOutcome.DIFFERENT);
    assertThat(compared(leader, damagedId, 4)).isEqualTo(ComparisonOutcome.COMPARISON_FAILED);
    damaged.start("--initial-cluster=" + cluster);
    await()
        .atMost(PATIENCE)
        .until(() -> compared(leader, damagedId, 4) == ComparisonOutcome.DIFFERENT);

    assertThat(sound.status().getMembersList()).noneMatch(MemberStatus::hasComparison);
    assertThatExceptionOfType(StatusRuntimeException.class)
        .isThrownBy(() -> ask(sound, damagedId, 5))
        .withMessageContaining("not leader");
    assertThatExceptionOfType(StatusRuntimeException.class)
        .isThrownBy(() -> ask(leader, 12345, 5))
        .withMessageContaining("name a member of this cluster");
  }

  private static void ask(TestNode leader, long member, long token) {
    var _ =
        leader
            .admin()
            .compareState(
                CompareStateRequest.newBuilder().setMemberId(member).setToken(token).build());
  }

  private static ComparisonOutcome compared(TestNode leader, long member, long token) {
    ask(leader, member, token);
    return await()
        .atMost(PATIENCE)
        .until(
            () ->
                leader.status().getMembersList().stream()
                    .filter(each -> each.getId() == member)
                    .map(MemberStatus::getComparison)
                    .filter(comparison -> comparison.getToken() == token)
                    .map(StateComparison::getOutcome)
                    .findFirst()
                    .orElse(ComparisonOutcome.COMPARING),
            outcome -> outcome != ComparisonOutcome.COMPARING);
  }

  /** One that is stopped; it has been damaged where a compaction at 10 leaves the damage. */
  private TestNode damagedFollower() throws IOException {
    var leader = await().atMost(PATIENCE).until(this::leader, Objects::nonNull);
    put(leader, KEY);
    for (int i = 0; i < 20; i++) {
      put(leader, ByteString.copyFromUtf8("other-" + i));
    }
    var damaged = nodes.stream().filter(node -> node != leader).findFirst().orElseThrow();
    long revision = leader.serving().state().get().revision();
    await().atMost(PATIENCE).until(() -> damaged.serving().state().get().revision() == revision);
    assertThat(damaged.stop()).isTrue();
    damage(damaged.directory());
    return damaged;
  }

  private @Nullable TestNode leader() {
    return nodes.stream()
        .filter(node -> node.status().getRole() == RaftRole.LEADER)
        .findFirst()
        .orElse(null);
  }

  private void check(TestNode leader) {
    new CorruptionCheck(leader.serving(), timer, CorruptionCheck.At.NEWEST, Duration.ZERO)
        .check()
        .join();
  }

  private static List<String> alarms(TestNode node) {
    return MaintenanceGrpc.newBlockingStub(node.clients())
        .alarm(AlarmRequest.getDefaultInstance())
        .getAlarmsList()
        .stream()
        .map(alarm -> "%x %s".formatted(alarm.getMemberID(), alarm.getAlarm()))
        .toList();
  }

  /** Who is not heard is not compared. */
  private static void awaitLeaderOf(TestNode node) {
    await().atMost(PATIENCE).until(() -> node.serving().control().status().raft().leader() != 0);
  }

  /** Members are compared while anything changes; once one is found, nothing does any more. */
  private static void change(TestNode node) {
    try {
      put(node, ByteString.copyFromUtf8("other"));
    } catch (StatusRuntimeException e) {
      assertThat(e.getStatus().getDescription()).isEqualTo("etcdserver: corrupt cluster");
    }
  }

  private static void put(TestNode node, ByteString key) {
    var _ = node.kv().put(PutRequest.newBuilder().setKey(key).setValue(key).build());
  }

  /** Changes the last byte of a value, as a bad disk or a bug might. */
  private static void damage(Path data) throws IOException {
    try (var opened = DataDirectory.open(data);
        var state = new RocksStateHome(opened, 64 << 20).open();
        var batch = state.batch()) {
      byte[] key = KEY.toByteArray();
      byte[] row = Objects.requireNonNull(batch.get(Table.LATEST, key));
      row[row.length - 1]++;
      batch.put(Table.LATEST, key, row);
      batch.commit();
      state.flush();
    }
  }
}
