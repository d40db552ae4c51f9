package dev.quorate.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.api.admin.ComparisonOutcome;
import dev.quorate.crds.Condition;
import dev.quorate.crds.RaftCluster;
import dev.quorate.crds.RaftClusterSpec;
import dev.quorate.crds.RaftClusterStatus;
import dev.quorate.crds.RaftSpec;
import dev.quorate.crds.RepairSpec;
import dev.quorate.crds.UpdateStrategy;
import dev.quorate.crds.UpdatesSpec;
import dev.quorate.operator.certificate.CertificateTimes;
import dev.quorate.operator.observe.MemberConnections;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * A change of the spec reaches the members in turn, or stops at the first that does not take it.
 */
class RollingUpdateTest {
  private static final int MANY_PASSES = 60;
  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

  private final FakeMembers members = new FakeMembers();
  private final FakePlatform platform = new FakePlatform(members);
  private final MemberConnections connections = new MemberConnections(members::dial, _ -> {});
  private Instant now = NOON;
  private final ClusterReconciler reconciler =
      new ClusterReconciler(
          connections, CertificateTimes.DEFAULT, (InstantSource) () -> now, () -> 1L);

  @AfterEach
  void close() {
    connections.close();
    members.close();
  }

  @Test
  void updatesFollowersFirstAndTheLeaderAfterItHasHandedOver() {
    var cluster = settledCluster(3);
    cluster.setSpec(spec(3, 1500, UpdatesSpec.DEFAULT));
    var status = settle(cluster);
    assertThat(members.calls)
        .containsExactly(
            "update demo-2 to 1500 ms",
            "compare http://demo-2:2380",
            "update demo-1 to 1500 ms",
            "compare http://demo-1:2380",
            "transfer to http://demo-1:2380",
            "update demo-0 to 1500 ms",
            "compare http://demo-0:2380");
    assertThat(status.summary()).isEqualTo("Healthy");
    assertThat(status.step()).isNull();
    assertThat(condition(status).reason()).isEqualTo("AsWanted");
    assertThat(Objects.requireNonNull(status.updates()).proven()).isEqualTo("1500 ms");
  }

  @Test
  void saysWhatItDoesAndWritesItBeforeItIsDone() {
    var cluster = settledCluster(3);
    cluster.setSpec(spec(3, 1500, UpdatesSpec.DEFAULT));
    platform.broken = "1500 ms";
    var status = settle(cluster);
    assertThat(status.summary()).isEqualTo("Updating");
    var step = Objects.requireNonNull(status.step());
    assertThat(step.operation()).isEqualTo("UpdateMember");
    assertThat(step.member()).isEqualTo("demo-2");
    assertThat(step.template()).isEqualTo("1500 ms");
    assertThat(step.previous()).isEqualTo("1000 ms");
    assertThat(Objects.requireNonNull(status.plan()).waitingFor())
        .startsWith("demo-2 to be back and to catch up");
    assertThat(condition(status).reason()).isEqualTo("Updating");
    assertThat(platform.events)
        .contains("UpdateMemberStarted: demo-2: it was made from an earlier spec");
  }

  @Test
  void putsTheFirstMemberBackThatDoesNotComeBackAndTriesNoOther() {
    var cluster = settledCluster(3);
    cluster.setSpec(spec(3, 1500, new UpdatesSpec(UpdateStrategy.ROLLING, true, 100)));
    platform.broken = "1500 ms";
    settle(cluster);
    now = NOON.plusSeconds(99);
    settle(cluster);
    assertThat(members.calls).containsExactly("update demo-2 to 1500 ms");
    now = NOON.plusSeconds(100);
    var status = settle(cluster);
    assertThat(members.calls)
        .containsExactly("update demo-2 to 1500 ms", "update demo-2 to 1000 ms");
    assertThat(status.summary()).isEqualTo("Blocked");
    assertThat(status.ready()).isEqualTo("3/3");
    assertThat(condition(status).reason()).isEqualTo("UpdateRolledBack");
    assertThat(condition(status).message())
        .contains("the update stopped at demo-2 and was taken back there")
        .contains("it did not come back within 100 s")
        .contains("change the spec to try again");
    assertThat(platform.events)
        .anyMatch(event -> event.startsWith("RollBackMemberStarted: demo-2: it did not come back"))
        .anyMatch(event -> event.startsWith("Blocked: Blocked: the update stopped at demo-2"));
    var rejected = Objects.requireNonNull(Objects.requireNonNull(status.updates()).rejected());
    assertThat(rejected.template()).isEqualTo("1500 ms");

    int writes = platform.statusWrites;
    now = NOON.plusSeconds(10_000);
    settle(cluster);
    assertThat(platform.statusWrites).as("nothing more is tried or said").isEqualTo(writes);
  }

  @Test
  void putsAMemberBackThatHoldsSomethingElse() {
    var cluster = settledCluster(3);
    members.astray.add("http://demo-2:2380");
    cluster.setSpec(spec(3, 1500, UpdatesSpec.DEFAULT));
    var status = settle(cluster);
    assertThat(members.calls)
        .containsExactly(
            "update demo-2 to 1500 ms", "compare http://demo-2:2380", "update demo-2 to 1000 ms");
    assertThat(condition(status).message())
        .contains("it holds something else than the others at revision 7");
  }

  @Test
  void triesAgainWhenTheSpecChangesAndForgetsWhenItGoesBack() {
    var cluster = settledCluster(3);
    members.astray.add("http://demo-2:2380");
    cluster.setSpec(spec(3, 1500, UpdatesSpec.DEFAULT));
    settle(cluster);
    cluster.setSpec(spec(3, 1000, UpdatesSpec.DEFAULT));
    var back = settle(cluster);
    assertThat(back.summary()).isEqualTo("Healthy");
    assertThat(Objects.requireNonNull(back.updates()).rejected()).isNull();
    members.astray.clear();
    now = NOON.plusSeconds(10);
    cluster.setSpec(spec(3, 1500, UpdatesSpec.DEFAULT));
    assertThat(condition(settle(cluster)).reason()).isEqualTo("AsWanted");
    assertThat(platform.templates.values()).containsOnly("1500 ms");
  }

  @Test
  void doesNotUpdateWhilePausedOrWhileAMemberIsUnhealthy() {
    var cluster = settledCluster(3);
    platform.onLeavingMachine.add("demo-1");
    cluster.setSpec(spec(3, 1500, UpdatesSpec.DEFAULT));
    var status = settle(cluster);
    assertThat(members.calls).isEmpty();
    assertThat(condition(status).reason()).isEqualTo("UpdatePending");
    assertThat(condition(status).message())
        .contains("demo-0, demo-1, demo-2")
        .contains("while all others are healthy");
    platform.onLeavingMachine.clear();
    settle(cluster);
    assertThat(platform.templates.values()).containsOnly("1500 ms");
  }

  @Test
  void updatesASingleMemberAndSaysThatNothingIsWrittenMeanwhile() {
    var cluster = settledCluster(1);
    cluster.setSpec(spec(1, 1500, UpdatesSpec.DEFAULT));
    var status = reconciler.reconcile(cluster, platform).status();
    assertThat(Objects.requireNonNull(status.plan()).quorum())
        .isEqualTo(
            "voters 1, healthy besides demo-0 0, needed 0; without it nothing is written for a moment: safe");
    settle(cluster);
    assertThat(platform.templates.values()).containsExactly("1500 ms");
  }

  @Test
  void withoutCanaryNothingIsComparedOrPutBack() {
    var cluster = settledCluster(3);
    members.astray.add("http://demo-2:2380");
    cluster.setSpec(spec(3, 1500, new UpdatesSpec(UpdateStrategy.ROLLING, false, 600)));
    settle(cluster);
    assertThat(members.calls)
        .containsExactly(
            "update demo-2 to 1500 ms",
            "update demo-1 to 1500 ms",
            "transfer to http://demo-1:2380",
            "update demo-0 to 1500 ms");
  }

  @Test
  void givesANewMemberWhatTheOthersRunAfterAnUpdateFailed() {
    var cluster = settledCluster(3);
    members.astray.add("http://demo-2:2380");
    cluster.setSpec(spec(3, 1500, UpdatesSpec.DEFAULT));
    settle(cluster);
    cluster.setSpec(spec(5, 1500, UpdatesSpec.DEFAULT));
    var status = settle(cluster);
    assertThat(status.ready()).isEqualTo("5/5");
    assertThat(platform.templates.values()).hasSize(5).containsOnly("1000 ms");
  }

  /** As when the operator ends after it wrote what it begins, and is away for long. */
  @Test
  void timesAnUpdateFromWhenItIsDoneNotFromWhenItWasAnnounced() {
    var cluster = settledCluster(3);
    cluster.setSpec(spec(3, 1500, UpdatesSpec.DEFAULT));
    platform.deaf = true;
    reconciler.reconcile(cluster, platform);
    platform.deaf = false;
    platform.broken = "1500 ms";
    now = NOON.plusSeconds(3600);
    var status = settle(cluster);
    assertThat(members.calls).containsExactly("update demo-2 to 1500 ms");
    assertThat(status.summary()).isEqualTo("Updating");
    now = NOON.plusSeconds(3600 + 600);
    settle(cluster);
    assertThat(members.calls)
        .containsExactly("update demo-2 to 1500 ms", "update demo-2 to 1000 ms");
  }

  @Test
  void givesAComparisonTimeThatBeginsLate() {
    var cluster = settledCluster(3);
    cluster.setSpec(spec(3, 1500, UpdatesSpec.DEFAULT));
    reconciler.reconcile(cluster, platform);
    members.comparison = ComparisonOutcome.COMPARING;
    now = NOON.plusSeconds(3600);
    settle(cluster);
    assertThat(members.calls)
        .containsExactly("update demo-2 to 1500 ms", "compare http://demo-2:2380");
    now = NOON.plusSeconds(3600 + 600);
    var status = settle(cluster);
    assertThat(condition(status).message()).contains("could not be compared in time");
  }

  @Test
  void saysThatAComparisonCameToNothingAndAsksAgain() {
    var cluster = settledCluster(3);
    members.comparison = ComparisonOutcome.COMPARISON_FAILED;
    cluster.setSpec(spec(3, 1500, UpdatesSpec.DEFAULT));
    var status = settle(cluster);
    assertThat(Objects.requireNonNull(status.plan()).waitingFor())
        .isEqualTo("another comparison, for the last one came to nothing");
    members.comparison = ComparisonOutcome.EQUAL;
    assertThat(settle(cluster).summary()).isEqualTo("Healthy");
  }

  @Test
  void doesNotWaitForEverForALeaderThatCannotCompare() {
    var cluster = settledCluster(3);
    members.unableToCompare = true;
    cluster.setSpec(spec(3, 1500, UpdatesSpec.DEFAULT));
    assertThat(settle(cluster).step()).isNotNull();
    now = NOON.plusSeconds(600);
    var status = settle(cluster);
    assertThat(members.calls)
        .containsExactly("update demo-2 to 1500 ms", "update demo-2 to 1000 ms");
    assertThat(condition(status).message())
        .contains("its state could not be compared")
        .contains("UNIMPLEMENTED");
  }

  @Test
  void saysOnceThatAMemberIsToBePutBackWhenThatHasToWait() {
    var cluster = settledCluster(3);
    cluster.setSpec(spec(3, 1500, UpdatesSpec.DEFAULT));
    platform.broken = "1500 ms";
    settle(cluster);
    platform.onLeavingMachine.add("demo-1");
    now = NOON.plusSeconds(600);
    var status = settle(cluster);
    assertThat(members.calls).containsExactly("update demo-2 to 1500 ms");
    assertThat(condition(status).message()).contains("it did not come back within 600 s");
    int writes = platform.statusWrites;
    for (int seconds = 601; seconds < 604; seconds++) {
      now = NOON.plusSeconds(seconds);
      reconciler.reconcile(cluster, platform);
    }
    assertThat(platform.statusWrites).as("nothing new is said").isEqualTo(writes);
    platform.onLeavingMachine.clear();
    settle(cluster);
    assertThat(platform.templates.values()).containsOnly("1000 ms");
  }

  @Test
  void withoutCanaryALossStopsNoUpdate() {
    var cluster = settledCluster(3);
    cluster.setSpec(spec(3, 1500, new UpdatesSpec(UpdateStrategy.ROLLING, false, 600)));
    platform.broken = "1500 ms";
    settle(cluster);
    platform.broken = null;
    members.wipe("http://demo-2:2380");
    members.start("http://demo-2:2380");
    var status = settle(cluster);
    assertThat(condition(status).reason()).isEqualTo("AsWanted");
    assertThat(platform.templates).hasSize(3).doesNotContainKey("demo-2");
    assertThat(platform.templates.values()).containsOnly("1500 ms");
  }

  @Test
  void aNewSpecEndsARollBackThatCannotBeDone() {
    var cluster = settledCluster(3);
    cluster.setSpec(spec(3, 1500, UpdatesSpec.DEFAULT));
    platform.broken = "1500 ms";
    settle(cluster);
    platform.forgotten = "1000 ms";
    for (int seconds = 600; seconds < 616; seconds += 5) {
      now = NOON.plusSeconds(seconds);
      reconciler.reconcile(cluster, platform);
    }
    assertThat(Objects.requireNonNull(cluster.getStatus()).summary()).isEqualTo("Blocked");
    cluster.setSpec(spec(3, 2000, UpdatesSpec.DEFAULT));
    now = NOON.plusSeconds(700);
    settle(cluster);
    assertThat(platform.templates.values()).containsOnly("2000 ms");
  }

  private RaftCluster settledCluster(int replicas) {
    var cluster = DemoCluster.of(spec(replicas, 1000, UpdatesSpec.DEFAULT));
    settle(cluster);
    members.calls.clear();
    return cluster;
  }

  private RaftClusterStatus settle(RaftCluster cluster) {
    var outcome = reconciler.reconcile(cluster, platform);
    var before = List.<String>of();
    for (int pass = 0;
        pass < MANY_PASSES && (outcome.lookAgain().isZero() || !members.calls.equals(before));
        pass++) {
      before = List.copyOf(members.calls);
      outcome = reconciler.reconcile(cluster, platform);
    }
    assertThat(outcome.lookAgain().isZero()).as("it never rests: %s", members.calls).isFalse();
    return outcome.status();
  }

  private static Condition condition(RaftClusterStatus status) {
    return status.conditions().stream()
        .filter(condition -> condition.type().equals("UpToDate"))
        .findFirst()
        .orElseThrow();
  }

  private static RaftClusterSpec spec(
      int replicas, int electionTimeoutMilliseconds, UpdatesSpec updates) {
    return DemoCluster.spec(
        replicas, new RaftSpec(100, electionTimeoutMilliseconds), updates, RepairSpec.DEFAULT);
  }
}
