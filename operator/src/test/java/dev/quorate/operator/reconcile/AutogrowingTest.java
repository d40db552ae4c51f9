package dev.quorate.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.api.admin.SpaceAlarm;
import dev.quorate.crds.AutogrowSpec;
import dev.quorate.crds.Condition;
import dev.quorate.crds.MemberStatus;
import dev.quorate.crds.RaftCluster;
import dev.quorate.crds.RaftClusterSpec;
import dev.quorate.crds.RaftClusterStatus;
import dev.quorate.crds.RaftSpec;
import dev.quorate.crds.RepairSpec;
import dev.quorate.crds.StorageSpec;
import dev.quorate.crds.UpdatesSpec;
import dev.quorate.crds.VolumeChangePolicy;
import dev.quorate.operator.certificate.CertificateTimes;
import dev.quorate.operator.observe.MemberConnections;
import io.fabric8.kubernetes.api.model.Quantity;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Volumes that fill, from the first look to the largest size. */
class AutogrowingTest {
  private static final int MANY_PASSES = 200;
  private static final Quantity SMALL = new Quantity("1Gi");
  private static final Quantity LARGER = new Quantity("1536Mi");
  private static final Quantity LARGEST = new Quantity("2Gi");

  private final FakeMembers members = new FakeMembers();
  private final FakePlatform platform = new FakePlatform(members);
  private final MemberConnections connections = new MemberConnections(members::dial, _ -> {});
  private final InstantSource clock = InstantSource.fixed(Instant.parse("2026-01-01T12:00:00Z"));
  private final ClusterReconciler reconciler =
      new ClusterReconciler(connections, CertificateTimes.DEFAULT, clock, () -> 1L, Instant.EPOCH);

  @AfterEach
  void close() {
    connections.close();
    members.close();
  }

  @Test
  void allVolumesGrowWhenOneIsNearlyFullAndTheSpecStaysAsItIs() {
    var cluster = cluster();
    var spec = cluster.getSpec();
    assertThat(calls("grow ")).isEmpty();
    fill("demo-1", SMALL, SpaceAlarm.SPACE_ALARM_NONE);
    var first = reconciler.reconcile(cluster, platform).status();
    assertThat(Objects.requireNonNull(first.plan()).summary())
        .isEqualTo("Grow the volume of demo-1 to 1536Mi, because it is nearly full");
    var status = settle(cluster);
    assertThat(platform.sizes.values()).containsExactly(LARGER, LARGER, LARGER);
    assertThat(calls("grow "))
        .hasSize(3)
        .startsWith("grow demo-1 to 1536Mi")
        .last()
        .as("the leader")
        .isEqualTo("grow %s to 1536Mi".formatted(status.leader()));
    assertThat(status.summary()).isEqualTo("Healthy");
    assertThat(condition(status, "UpToDate").status()).isEqualTo(Condition.Status.TRUE);
    assertThat(cluster.getSpec()).isEqualTo(spec);
    restsWithoutWrites(cluster);
  }

  /** Nothing but the claims says how large volumes have become. */
  @Test
  void newMembersGetVolumesAsLargeAsTheOthersHaveEvenIfTheStatusIsNew() {
    var cluster = cluster();
    platform.sizes.replaceAll((_, _) -> LARGER);
    platform.sizes.keySet().forEach(member -> tell(member, LARGER, 60));
    cluster.setStatus(null);
    cluster.setSpec(spec(5));
    settle(cluster);
    assertThat(platform.sizes).hasSize(5);
    assertThat(platform.sizes.values()).containsOnly(LARGER);
  }

  @Test
  void saysSoWhenVolumesAreAsLargeAsTheyMayBe() {
    var cluster = cluster();
    fill("demo-1", SMALL, SpaceAlarm.SPACE_ALARM_NONE);
    settle(cluster);
    fill("demo-2", LARGER, SpaceAlarm.SPACE_ALARM_NONE);
    settle(cluster);
    assertThat(platform.sizes.values()).containsOnly(LARGEST);
    fill("demo-2", LARGEST, SpaceAlarm.SPACE_ALARM_NONE);
    var status = settle(cluster);
    assertThat(status.summary()).isEqualTo("Blocked");
    var degraded = condition(status, "Degraded");
    assertThat(degraded.status()).isEqualTo(Condition.Status.TRUE);
    assertThat(degraded.reason()).isEqualTo("VolumesFull");
    assertThat(degraded.message())
        .isEqualTo(
            "80% or more of the disk of demo-2 is used: it is as large as spec.storage.autogrow.maxSize lets it be (2Gi); raise that, or delete keys and compact");
    assertThat(condition(status, "Ready").status()).isEqualTo(Condition.Status.TRUE);
    restsWithoutWrites(cluster);
  }

  @Test
  void growsNothingForAnAlarmThatIsNotForTheDisk() {
    var cluster = cluster();
    members.told(FakePlatform.peerUrl("demo-1"), SMALL, 20, SpaceAlarm.RAISED_OTHERWISE);
    var status = settle(cluster);
    assertThat(calls("grow ")).isEmpty();
    assertThat(condition(status, "Degraded").reason()).isEqualTo("NoSpace");
    assertThat(condition(status, "Degraded").message()).contains("etcdctl alarm disarm");
    restsWithoutWrites(cluster);

    tell("demo-1", SMALL, 20);
    assertThat(settle(cluster).summary()).isEqualTo("Healthy");
  }

  @Test
  void growsForAnAlarmOfTheDisk() {
    var cluster = cluster();
    fill("demo-0", SMALL, SpaceAlarm.DISK_FULL);
    var first = reconciler.reconcile(cluster, platform).status();
    assertThat(condition(first, "Degraded").reason()).isEqualTo("NoSpace");
    assertThat(condition(first, "Degraded").message())
        .isEqualTo(
            "the disk of demo-0 is full, so puts are refused until there is space: its volume is made larger when nothing else is being done with it");
    assertThat(settle(cluster).summary()).isEqualTo("Healthy");
    assertThat(platform.sizes.values()).containsOnly(LARGER);
  }

  @Test
  void tellsWhatTheDataTakesWithoutWritingItAllTheTime() {
    var cluster = cluster();
    members.databaseBytes = 9 << 20;
    var status = settle(cluster);
    assertThat(status.size()).isEqualTo("10Mi");
    assertThat(status.members())
        .extracting(MemberStatus::databaseBytes)
        .containsExactly(10L << 20, 10L << 20, 10L << 20);
    for (int mebibytes : List.of(10, 9, 8, 10)) {
      members.databaseBytes = (long) mebibytes << 20;
      restsWithoutWrites(cluster);
    }
    members.databaseBytes = 11 << 20;
    assertThat(settle(cluster).size()).isEqualTo("12Mi");
  }

  private void restsWithoutWrites(RaftCluster cluster) {
    int writes = platform.statusWrites;
    settle(cluster);
    assertThat(platform.statusWrites).isEqualTo(writes);
  }

  private void fill(String member, Quantity size, SpaceAlarm alarm) {
    members.told(FakePlatform.peerUrl(member), size, 80, alarm);
  }

  private void tell(String member, Quantity size, int usedPercent) {
    members.told(FakePlatform.peerUrl(member), size, usedPercent, SpaceAlarm.SPACE_ALARM_NONE);
  }

  private List<String> calls(String prefix) {
    return members.calls.stream().filter(call -> call.startsWith(prefix)).toList();
  }

  private RaftClusterStatus settle(RaftCluster cluster) {
    var status = reconciler.reconcile(cluster, platform).status();
    for (int pass = 0; pass < MANY_PASSES; pass++) {
      var next = reconciler.reconcile(cluster, platform).status();
      if (next.equals(status) && Objects.requireNonNull(next.plan()).waitingFor() == null) {
        return next;
      }
      status = next;
    }
    throw new AssertionError("it never rests: " + members.calls + status);
  }

  private static Condition condition(RaftClusterStatus status, String type) {
    return status.conditions().stream()
        .filter(condition -> condition.type().equals(type))
        .findFirst()
        .orElseThrow();
  }

  private static RaftClusterSpec spec(int replicas) {
    return DemoCluster.with(
        DemoCluster.spec(replicas, RaftSpec.DEFAULT, UpdatesSpec.DEFAULT, RepairSpec.DEFAULT),
        new StorageSpec(SMALL, null, VolumeChangePolicy.REFUSE, new AutogrowSpec(LARGEST, 80, 50)));
  }

  private RaftCluster cluster() {
    platform.sizes.put("demo-0", SMALL);
    var cluster = DemoCluster.of(spec(3));
    for (int pass = 0; pass < MANY_PASSES && !isHealthy(cluster); pass++) {
      reconciler.reconcile(cluster, platform);
    }
    assertThat(isHealthy(cluster)).isTrue();
    platform.sizes.keySet().forEach(member -> tell(member, SMALL, 50));
    return cluster;
  }

  private static boolean isHealthy(RaftCluster cluster) {
    var status = cluster.getStatus();
    return status != null && "Healthy".equals(status.summary());
  }
}
