package dev.quorate.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.crds.Condition;
import dev.quorate.crds.RaftCluster;
import dev.quorate.crds.RaftClusterStatus;
import dev.quorate.crds.RaftSpec;
import dev.quorate.crds.RepairSpec;
import dev.quorate.crds.StorageSpec;
import dev.quorate.crds.UpdatesSpec;
import dev.quorate.crds.VolumeChangePolicy;
import dev.quorate.operator.certificate.CertificateTimes;
import dev.quorate.operator.observe.MemberConnections;
import dev.quorate.operator.platform.VolumeFit;
import dev.quorate.operator.platform.VolumeFit.Size;
import io.fabric8.kubernetes.api.model.Quantity;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Members on volumes that cannot be made as wanted, from the first to the last. */
class VolumeReplacingTest {
  private static final int MANY_PASSES = 200;
  private static final VolumeFit SLOW =
      new VolumeFit(Size.AS_WANTED, true, "its volume is of class slow, and fast is wanted");

  private final FakeMembers members = new FakeMembers();
  private final FakePlatform platform = new FakePlatform(members);
  private final MemberConnections connections = new MemberConnections(members::dial, _ -> {});
  private final InstantSource clock = InstantSource.fixed(Instant.parse("2026-01-01T12:00:00Z"));
  private ClusterReconciler reconciler = operator();
  private int mostVoters;

  private ClusterReconciler operator() {
    return new ClusterReconciler(
        connections, CertificateTimes.DEFAULT, clock, () -> 1L, Instant.EPOCH);
  }

  @AfterEach
  void close() {
    connections.close();
    members.close();
  }

  @Test
  void replacesOneMemberAfterTheOtherTheLeaderLast() {
    var cluster = cluster();
    platform.events.clear();
    members.calls.clear();
    var leader = wishForAnotherClass(cluster);
    var status = settle(cluster);
    assertThat(members.voters())
        .containsExactlyInAnyOrder(url("demo-3"), url("demo-4"), url("demo-5"));
    assertThat(mostVoters).isEqualTo(4);
    assertThat(platform.volumes).as("deletionPolicy").containsExactly("demo-3", "demo-4", "demo-5");
    assertThat(members.calls.stream().filter(call -> call.startsWith("remove ")).toList())
        .hasSize(3)
        .last()
        .isEqualTo("remove " + url(leader));
    assertThat(members.calls.stream().filter(call -> call.startsWith("transfer")).toList())
        .as("%s", members.calls)
        .hasSize(1);
    assertThat(status.summary()).isEqualTo("Healthy");
    assertThat(status.repairs()).as("nobody's repair").isEmpty();
    assertThat(upToDate(status).status()).isEqualTo(Condition.Status.TRUE);
    assertThat(platform.events)
        .contains(
            "AddMemberStarted: demo-3: in place of demo-1, because its volume is of class slow, and fast is wanted",
            "RemoveMemberStarted: demo-1: demo-3 took its place");
    int writes = platform.statusWrites;
    settle(cluster);
    assertThat(platform.statusWrites).as("nothing is left to be done").isEqualTo(writes);
  }

  /** What is in flight must be read from the status alone. */
  @Test
  void anotherOperatorGoesOnAfterEveryPass() {
    var cluster = cluster();
    wishForAnotherClass(cluster);
    for (int pass = 0; pass < MANY_PASSES; pass++) {
      reconciler = operator();
      reconciler.reconcile(cluster, platform);
    }
    assertThat(members.voters())
        .containsExactlyInAnyOrder(url("demo-3"), url("demo-4"), url("demo-5"));
    assertThat(platform.volumes).containsExactly("demo-3", "demo-4", "demo-5");
  }

  @Test
  void staysReadyAndSaysWhatItDoes() {
    var cluster = cluster();
    wishForAnotherClass(cluster);
    var first = reconciler.reconcile(cluster, platform).status();
    assertThat(first.summary()).isEqualTo("Updating");
    assertThat(upToDate(first).reason()).isEqualTo("VolumesDiffer");
    assertThat(upToDate(first).message())
        .contains("demo-1: its volume is of class slow, and fast is wanted")
        .endsWith("They are replaced one at a time, while all members are healthy");
    assertThat(Objects.requireNonNull(first.step()).replaces()).isEqualTo("demo-1");
    for (int pass = 0; pass < MANY_PASSES; pass++) {
      var status = reconciler.reconcile(cluster, platform).status();
      var ready = condition(status, "Ready");
      assertThat(ready.status()).as(ready.message()).isEqualTo(Condition.Status.TRUE);
    }
  }

  @Test
  void membersStayWhereTheSpecSaysSo() {
    var cluster = cluster();
    for (var member : List.of("demo-0", "demo-1", "demo-2")) {
      platform.fits.put(
          member, new VolumeFit(Size.LARGER, false, "its volume has 2Gi, and 1Gi is wanted"));
    }
    members.calls.clear();
    var status = settle(cluster);
    assertThat(members.calls).isEmpty();
    assertThat(status.summary()).isEqualTo("Healthy");
    assertThat(upToDate(status).status()).isEqualTo(Condition.Status.FALSE);
    assertThat(upToDate(status).message())
        .contains("demo-2: its volume has 2Gi, and 1Gi is wanted")
        .endsWith(
            "They stay, because spec.storage.changePolicy is Refuse: put the old value back, or set it to Replace");
  }

  @Test
  void whatCannotGrowIsReplaced() {
    var cluster = cluster();
    replaceMembers(cluster);
    var small = new VolumeFit(Size.SMALLER, false, "its volume has 1Gi, and 2Gi is wanted");
    List.of("demo-0", "demo-1", "demo-2").forEach(member -> platform.fits.put(member, small));
    platform.cannotGrow = true;
    for (int pass = 0; pass < MANY_PASSES; pass++) {
      reconciler.reconcile(cluster, platform);
    }
    assertThat(members.voters())
        .containsExactlyInAnyOrder(url("demo-3"), url("demo-4"), url("demo-5"));
    assertThat(settle(cluster).summary()).isEqualTo("Healthy");
  }

  private String wishForAnotherClass(RaftCluster cluster) {
    replaceMembers(cluster);
    List.of("demo-0", "demo-1", "demo-2").forEach(member -> platform.fits.put(member, SLOW));
    return Objects.requireNonNull(Objects.requireNonNull(cluster.getStatus()).leader());
  }

  private static void replaceMembers(RaftCluster cluster) {
    var plain = cluster.getSpec();
    cluster.setSpec(
        DemoCluster.with(
            plain, new StorageSpec(new Quantity("1Gi"), "fast", VolumeChangePolicy.REPLACE)));
  }

  private RaftClusterStatus settle(RaftCluster cluster) {
    var outcome = reconciler.reconcile(cluster, platform);
    for (int pass = 0; pass < MANY_PASSES && outcome.lookAgain().isZero(); pass++) {
      outcome = reconciler.reconcile(cluster, platform);
      mostVoters = Math.max(mostVoters, members.voters().size());
    }
    assertThat(outcome.lookAgain().isZero()).as("it never rests: %s", members.calls).isFalse();
    return outcome.status();
  }

  private static Condition upToDate(RaftClusterStatus status) {
    return condition(status, "UpToDate");
  }

  private static Condition condition(RaftClusterStatus status, String type) {
    return status.conditions().stream()
        .filter(condition -> condition.type().equals(type))
        .findFirst()
        .orElseThrow();
  }

  private static String url(String member) {
    return FakePlatform.peerUrl(member);
  }

  private RaftCluster cluster() {
    var cluster =
        DemoCluster.of(
            DemoCluster.spec(3, RaftSpec.DEFAULT, UpdatesSpec.DEFAULT, RepairSpec.DEFAULT));
    // A member that answers late is waited for.
    for (int pass = 0; pass < MANY_PASSES && !isHealthy(cluster); pass++) {
      reconciler.reconcile(cluster, platform);
    }
    assertThat(isHealthy(cluster)).isTrue();
    return cluster;
  }

  private static boolean isHealthy(RaftCluster cluster) {
    var status = cluster.getStatus();
    return status != null && "Healthy".equals(status.summary());
  }
}
