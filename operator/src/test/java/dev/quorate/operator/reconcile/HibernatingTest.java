package dev.quorate.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.crds.Condition;
import dev.quorate.crds.MemberStatus;
import dev.quorate.crds.RaftCluster;
import dev.quorate.crds.RaftClusterSpec;
import dev.quorate.crds.RaftClusterStatus;
import dev.quorate.crds.RaftSpec;
import dev.quorate.crds.RepairSpec;
import dev.quorate.crds.TlsSpec;
import dev.quorate.crds.UpdatesSpec;
import dev.quorate.operator.certificate.CertificateTimes;
import dev.quorate.operator.observe.MemberConnections;
import dev.quorate.operator.plan.Plan;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A cluster that is let sleep, and woken. */
class HibernatingTest {
  private static final int MANY_PASSES = 80;

  private final FakeMembers members = new FakeMembers();
  private final FakePlatform platform = new FakePlatform(members);
  private final List<String> dialled = new ArrayList<>();
  private final MemberConnections connections =
      new MemberConnections(
          url -> {
            dialled.add(url);
            return members.dial(url);
          },
          _ -> {});
  private Instant now = Instant.parse("2026-01-01T12:00:00Z");
  private final InstantSource clock = () -> now;
  private final ClusterReconciler reconciler =
      new ClusterReconciler(connections, CertificateTimes.DEFAULT, clock, () -> 1L);

  @AfterEach
  void close() {
    connections.close();
    members.close();
  }

  @Test
  void stopsFollowersThenTheLeaderAndKeepsWhatTheyHave() {
    var cluster = cluster(3);
    members.calls.clear();
    var status = hibernate(cluster);
    assertThat(status.leader()).isNull();
    assertThat(members.calls).containsExactly("stop demo-1", "stop demo-2", "stop demo-0");
    assertThat(platform.volumes).containsExactly("demo-0", "demo-1", "demo-2");
    assertThat(platform.minimumAvailable).isZero();
    assertThat(status.summary()).isEqualTo("Hibernated");
    assertThat(status.ready()).isEqualTo("0/3");
    assertThat(status.readyReplicas()).isZero();
    assertThat(status.members()).extracting(MemberStatus::health).containsOnly("Asleep");
    assertThat(conditions(status))
        .contains("Ready False Hibernated")
        .contains("Progressing False Hibernated")
        .contains("Degraded False Hibernated")
        .contains("QuorumAtRisk Unknown Hibernated")
        .contains("SpecValid True SpecValid");
    assertThat(platform.events)
        .contains("Hibernated: no member runs; their volumes are kept")
        .noneMatch(event -> event.startsWith("QuorumLost") || event.startsWith("MemberLost"));
  }

  @Test
  void leavesAClusterThatSleepsAlone() {
    var cluster = cluster(3);
    hibernate(cluster);
    members.calls.clear();
    dialled.clear();
    int writes = platform.statusWrites;
    for (int day = 0; day < 3; day++) {
      now = now.plus(Duration.ofDays(1));
      var outcome = reconciler.reconcile(cluster, platform);
      assertThat(outcome.lookAgain()).isEqualTo(Plan.CALM);
    }
    assertThat(platform.statusWrites).isEqualTo(writes);
    assertThat(dialled).as("nobody is asked").isEmpty();
    assertThat(members.calls).isEmpty();
  }

  @Test
  void wakesAllAndGoesOnAsBefore() {
    var cluster = cluster(3);
    var identity = cluster.getStatus().clusterId();
    hibernate(cluster);
    now = now.plus(Duration.ofDays(30));
    members.calls.clear();
    platform.events.clear();
    cluster.setSpec(spec(3, false));
    var status = settle(cluster);
    assertThat(members.calls).as("nothing but starting them").isEmpty();
    assertThat(status.summary()).isEqualTo("Healthy");
    assertThat(status.clusterId()).isEqualTo(identity);
    assertThat(status.nextOrdinal()).isEqualTo(3);
    assertThat(platform.minimumAvailable).isEqualTo(2);
    assertThat(platform.events)
        .contains("Waking: members are started on their volumes")
        .noneMatch(event -> event.startsWith("QuorumLost"));
  }

  /** All start as they were; then one after the other gets the new spec. */
  @Test
  void appliesWhatWasChangedMeanwhileAfterwardsAndInTurn() {
    var cluster = cluster(3);
    hibernate(cluster);
    members.calls.clear();
    var raft = new RaftSpec(100, 2000);
    cluster.setSpec(DemoCluster.spec(5, raft, UpdatesSpec.DEFAULT, RepairSpec.DEFAULT, true));
    settle(cluster);
    assertThat(members.calls).isEmpty();
    cluster.setSpec(DemoCluster.spec(5, raft, UpdatesSpec.DEFAULT, RepairSpec.DEFAULT));
    reconciler.reconcile(cluster, platform);
    reconciler.reconcile(cluster, platform);
    reconciler.reconcile(cluster, platform);
    assertThat(platform.running).hasSize(3);
    assertThat(platform.templates.values()).containsOnly("1000 ms");
    var status = settle(cluster);
    assertThat(status.ready()).isEqualTo("5/5");
    assertThat(platform.templates.values()).containsOnly("2000 ms");
    assertThat(members.calls.getFirst()).isEqualTo("update demo-2 to 2000 ms");
    assertThat(members.calls.indexOf("compare http://demo-2:2380"))
        .isLessThan(members.calls.indexOf("update demo-1 to 2000 ms"));
  }

  @Test
  void stopsNobodyOnceTheUserThinksBetterOfIt() {
    var cluster = cluster(3);
    members.calls.clear();
    platform.newest = DemoCluster.of(spec(3, false));
    Objects.requireNonNull(platform.newest).setStatus(cluster.getStatus());
    cluster.setSpec(spec(3, true));
    var outcome = reconciler.reconcile(cluster, platform);
    assertThat(members.calls).isEmpty();
    assertThat(outcome.lookAgain()).isEqualTo(Plan.WATCHFUL);
  }

  @Test
  void onlyWatchesWhilePausedWhateverElseIsWanted() {
    var cluster = cluster(3);
    members.calls.clear();
    var spec = spec(3, true);
    cluster.setSpec(
        new RaftClusterSpec(
            3,
            null,
            null,
            spec.storage(),
            null,
            spec.raft(),
            spec.deletionPolicy(),
            null,
            spec.updates(),
            spec.repair(),
            true,
            true,
            TlsSpec.DISABLED));
    assertThat(settle(cluster).summary()).isEqualTo("Paused");
    assertThat(members.calls).isEmpty();
  }

  @Test
  void makesNoClusterBeforeItIsWoken() {
    var cluster = DemoCluster.of(spec(3, true));
    var status = settle(cluster);
    assertThat(status.summary()).isEqualTo("Hibernated");
    assertThat(status.clusterId()).isNull();
    assertThat(platform.running).isEmpty();
    assertThat(platform.volumes).isEmpty();
    cluster.setSpec(spec(3, false));
    assertThat(settle(cluster).summary()).isEqualTo("Healthy");
  }

  @Test
  void saysWhoWasLostAsleepAndReplacesItAfterwards() {
    var cluster = cluster(3);
    hibernate(cluster);
    platform.deleteVolume(cluster, "demo-1");
    var asleep = settle(cluster);
    assertThat(asleep.summary()).isEqualTo("Hibernated");
    assertThat(Objects.requireNonNull(asleep.member("demo-1")).health()).isEqualTo("Lost");
    assertThat(conditions(asleep)).contains("Degraded True MembersUnhealthy");
    cluster.setSpec(spec(3, false));
    var status = settle(cluster);
    assertThat(status.summary()).isEqualTo("Healthy");
    assertThat(status.members())
        .extracting(MemberStatus::name)
        .containsExactly("demo-0", "demo-2", "demo-3");
    assertThat(platform.asleep).as("nothing is left of it").isEmpty();
  }

  /** The step of an addition is kept, so that an empty learner is not taken for a lost one. */
  @Test
  void goesOnWithWhatWasBegunAfterWaking() {
    var cluster = cluster(1);
    cluster.setSpec(spec(2, false));
    while (!members.calls.contains("add http://demo-1:2380")) {
      reconciler.reconcile(cluster, platform);
    }
    hibernate(cluster);
    var step = Objects.requireNonNull(cluster.getStatus().step());
    assertThat(step.operation()).isEqualTo("AddMember");
    assertThat(members.calls).doesNotContain("join http://demo-1:2380");
    cluster.setSpec(spec(2, false));
    var status = settle(cluster);
    assertThat(status.ready()).isEqualTo("2/2");
    assertThat(members.calls)
        .containsOnlyOnce("add http://demo-1:2380")
        .containsOnlyOnce("join http://demo-1:2380");
  }

  private RaftCluster cluster(int replicas) {
    var cluster = DemoCluster.of(spec(replicas, false));
    settle(cluster);
    return cluster;
  }

  private RaftClusterStatus hibernate(RaftCluster cluster) {
    cluster.setSpec(spec(cluster.getSpec().replicas(), true));
    return settle(cluster);
  }

  private RaftClusterStatus settle(RaftCluster cluster) {
    var outcome = reconciler.reconcile(cluster, platform);
    for (int pass = 0; pass < MANY_PASSES && !outcome.lookAgain().equals(Plan.CALM); pass++) {
      outcome = reconciler.reconcile(cluster, platform);
    }
    assertThat(outcome.lookAgain()).as("it never rests: %s", members.calls).isEqualTo(Plan.CALM);
    return outcome.status();
  }

  private static List<String> conditions(RaftClusterStatus status) {
    return status.conditions().stream()
        .map(
            condition ->
                "%s %s %s"
                    .formatted(condition.type(), word(condition.status()), condition.reason()))
        .toList();
  }

  private static String word(Condition.Status status) {
    return status.name().charAt(0) + status.name().substring(1).toLowerCase(Locale.ROOT);
  }

  private static RaftClusterSpec spec(int replicas, boolean hibernated) {
    return DemoCluster.spec(
        replicas, RaftSpec.DEFAULT, UpdatesSpec.DEFAULT, RepairSpec.DEFAULT, hibernated);
  }
}
