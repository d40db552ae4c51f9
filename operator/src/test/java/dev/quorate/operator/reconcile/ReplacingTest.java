package dev.quorate.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.crds.Condition;
import dev.quorate.crds.RaftCluster;
import dev.quorate.crds.RaftClusterSpec;
import dev.quorate.crds.RaftClusterStatus;
import dev.quorate.crds.RaftSpec;
import dev.quorate.crds.RepairSpec;
import dev.quorate.crds.UpdatesSpec;
import dev.quorate.operator.certificate.CertificateTimes;
import dev.quorate.operator.observe.MemberConnections;
import java.time.Instant;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Members that are lost, from the first sign to the last trace, with what status says of it. */
class ReplacingTest {
  private static final int MANY_PASSES = 60;
  private static final String LOST = FakePlatform.peerUrl("demo-1");

  private final FakeMembers members = new FakeMembers();
  private final FakePlatform platform = new FakePlatform(members);
  private final MemberConnections connections = new MemberConnections(members::dial, _ -> {});
  private Instant now = Instant.parse("2026-01-01T12:00:00Z");
  private ClusterReconciler reconciler = operator(Instant.EPOCH);

  private ClusterReconciler operator(Instant watchingSince) {
    return new ClusterReconciler(
        connections, CertificateTimes.DEFAULT, () -> now, () -> 1L, watchingSince);
  }

  @AfterEach
  void close() {
    connections.close();
    members.close();
  }

  @Test
  void replacesAMemberWhoseMachineIsLostAndIsNotDisturbedWhenItComesBack() {
    var cluster = cluster(2);
    settle(cluster);
    loseMachine();
    settle(cluster);
    var noted = settle(cluster);
    var member = Objects.requireNonNull(noted.member("demo-1"));
    assertThat(member.unreachableSince()).isEqualTo("2026-01-01T12:00:00Z");
    assertThat(Objects.requireNonNull(noted.plan()).waitingFor())
        .isEqualTo("demo-1 to come back before 2026-01-01T12:02:00Z, else it is replaced");

    now = now.plusSeconds(119);
    settle(cluster);
    assertThat(members.calls).isEmpty();
    now = now.plusSeconds(1);
    var replaced = settle(cluster);
    assertThat(members.calls)
        .containsExactly(
            "remove http://demo-1:2380",
            "add http://demo-3:2380",
            "join http://demo-3:2380",
            "promote http://demo-3:2380");
    assertThat(replaced.summary()).isEqualTo("Healthy");
    assertThat(replaced.repairs())
        .singleElement()
        .satisfies(repair -> assertThat(repair.action()).isEqualTo("ReplaceMember"))
        .satisfies(repair -> assertThat(repair.member()).isEqualTo("demo-1"));
    assertThat(platform.events)
        .contains(
            "ReplaceMemberStarted: demo-1: unreachable for more than 120 s: machine worker-1 does not answer or is gone");
    assertThat(Objects.requireNonNull(replaced.member("demo-1")).message())
        .as("its pod is there still")
        .isEqualTo("it is no member any more; what is left of it goes when its machine lets it");

    members.calls.clear();
    platform.bringBack("demo-1");
    var after = settle(cluster);
    assertThat(members.calls).isEmpty();
    assertThat(after.member("demo-1")).isNull();
    assertThat(after.summary()).isEqualTo("Healthy");
  }

  @Test
  void replacesNobodyWhoseMachineComesBackInTime() {
    var cluster = cluster(2);
    settle(cluster);
    loseMachine();
    settle(cluster);
    now = now.plusSeconds(100);
    platform.bringBack("demo-1");
    members.start(LOST);
    assertThat(Objects.requireNonNull(settle(cluster).member("demo-1")).unreachableSince())
        .isNull();
    loseMachine();
    settle(cluster);
    now = now.plusSeconds(100);
    settle(cluster);
    assertThat(members.calls).as("the time begins anew").isEmpty();
  }

  /** A machine that is lost for a moment then is no reason to give up what waited for room. */
  @Test
  void doesNotCountTheTimeInWhichAPodWaitsForRoom() {
    var cluster = cluster(2);
    settle(cluster);
    members.calls.clear();
    members.stop(LOST);
    platform.starting.add("demo-1");
    settle(cluster);
    now = now.plusSeconds(600);
    assertThat(Objects.requireNonNull(settle(cluster).member("demo-1")).unreachableSince())
        .isNull();
    platform.starting.clear();
    loseMachine();
    settle(cluster);
    now = now.plusSeconds(119);
    settle(cluster);
    assertThat(members.calls).isEmpty();
  }

  @Test
  void keepsAMemberWhoseMachineAnswersAgainAfterItsRemovalWasTold() {
    var cluster = cluster(2);
    settle(cluster);
    loseMachine();
    settle(cluster);
    now = now.plusSeconds(120);
    platform.afterPublishing = () -> platform.onLostMachine.remove("demo-1");
    var outcome = reconciler.reconcile(cluster, platform);
    assertThat(Objects.requireNonNull(outcome.status().step()).action())
        .as("it was told")
        .isEqualTo("RemoveMember");
    assertThat(members.calls).isEmpty();
  }

  /** Nobody looked while no operator was there: it may have been well until a moment ago. */
  @Test
  void countsTheTimeAnewWhenAnotherOperatorTakesOver() {
    var cluster = cluster(2);
    settle(cluster);
    loseMachine();
    settle(cluster);
    now = now.plusSeconds(1000);
    reconciler = operator(now);
    settle(cluster);
    now = now.plusSeconds(119);
    settle(cluster);
    assertThat(members.calls).isEmpty();
    now = now.plusSeconds(1);
    settle(cluster);
    assertThat(members.calls).isNotEmpty();
  }

  @Test
  void countsNothingWhileThereIsNoLeaderToAsk() {
    var cluster = cluster(2);
    settle(cluster);
    loseMachine();
    settle(cluster);
    members.electing = true;
    now = now.plusSeconds(60);
    assertThat(Objects.requireNonNull(settle(cluster).member("demo-1")).unreachableSince())
        .isNull();
    members.electing = false;
    now = now.plusSeconds(60);
    settle(cluster);
    assertThat(members.calls).isEmpty();
  }

  @Test
  void saysThatTheBudgetIsUsedUpAndGoesOnWhenTheHourIsOver() {
    var cluster = cluster(1);
    settle(cluster);
    lose("demo-1");
    settle(cluster);
    assertThat(members.voters()).contains(FakePlatform.peerUrl("demo-3"));
    members.calls.clear();
    now = now.plusSeconds(600);
    lose("demo-2");
    var status = settle(cluster);
    assertThat(members.calls).isEmpty();
    assertThat(status.summary()).isEqualTo("Blocked");
    var degraded = condition(status);
    assertThat(degraded.status()).isEqualTo(Condition.Status.TRUE);
    assertThat(degraded.reason()).isEqualTo("ReplacementsExhausted");
    assertThat(degraded.message())
        .contains("demo-2 is lost (its volume is empty)")
        .contains("not replaced before 2026-01-01T13:00:00Z")
        .contains("or allow more");
    assertThat(platform.events).anyMatch(event -> event.startsWith("Blocked: "));
    int writes = platform.statusWrites;
    now = now.plusSeconds(600);
    settle(cluster);
    assertThat(platform.statusWrites).as("nothing new is to say").isEqualTo(writes);

    now = Instant.parse("2026-01-01T13:00:00Z");
    var healed = settle(cluster);
    assertThat(members.calls).contains("remove http://demo-2:2380", "promote http://demo-4:2380");
    assertThat(healed.summary()).isEqualTo("Healthy");
    assertThat(condition(healed).status()).isEqualTo(Condition.Status.FALSE);
  }

  @Test
  void onlyReportsWhereRepairIsOff() {
    var cluster = cluster(2);
    settle(cluster);
    cluster.setSpec(spec(new RepairSpec(false, 120, 2)));
    lose("demo-1");
    var status = settle(cluster);
    assertThat(members.calls).isEmpty();
    assertThat(condition(status).reason()).isEqualTo("RepairDisabled");
    assertThat(condition(status).message()).contains("spec.repair.enabled is false");
  }

  private void lose(String member) {
    members.wipe(FakePlatform.peerUrl(member));
    members.start(FakePlatform.peerUrl(member));
    members.calls.clear();
  }

  private void loseMachine() {
    members.calls.clear();
    platform.onLostMachine.add("demo-1");
    members.stop(LOST);
  }

  private RaftClusterStatus settle(RaftCluster cluster) {
    var outcome = reconciler.reconcile(cluster, platform);
    for (int pass = 0; pass < MANY_PASSES && outcome.lookAgain().isZero(); pass++) {
      outcome = reconciler.reconcile(cluster, platform);
    }
    assertThat(outcome.lookAgain().isZero()).as("it never rests: %s", members.calls).isFalse();
    return outcome.status();
  }

  private static Condition condition(RaftClusterStatus status) {
    return status.conditions().stream()
        .filter(condition -> condition.type().equals("Degraded"))
        .findFirst()
        .orElseThrow();
  }

  private static RaftCluster cluster(int mostPerHour) {
    return DemoCluster.of(spec(new RepairSpec(true, 120, mostPerHour)));
  }

  private static RaftClusterSpec spec(RepairSpec repair) {
    return DemoCluster.spec(3, RaftSpec.DEFAULT, UpdatesSpec.DEFAULT, repair);
  }
}
