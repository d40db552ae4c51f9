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
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ClusterReconcilerTest {
  private static final int MANY_PASSES = 60;

  private final FakeMembers members = new FakeMembers();
  private final FakePlatform platform = new FakePlatform(members);
  private final MemberConnections connections = new MemberConnections(members::dial, _ -> {});
  private final InstantSource clock = InstantSource.fixed(Instant.parse("2026-01-01T12:00:00Z"));
  private final ClusterReconciler reconciler =
      new ClusterReconciler(connections, CertificateTimes.DEFAULT, clock, () -> 1L);

  @AfterEach
  void close() {
    connections.close();
    members.close();
  }

  @Test
  void bringsUpAsManyMembersAsWantedOneAfterTheOther() {
    var cluster = cluster(3);
    var status = settle(cluster);

    assertThat(members.calls)
        .containsExactly(
            "bootstrap http://demo-0:2380",
            "add http://demo-1:2380",
            "join http://demo-1:2380",
            "promote http://demo-1:2380",
            "add http://demo-2:2380",
            "join http://demo-2:2380",
            "promote http://demo-2:2380");
    assertThat(status.summary()).isEqualTo("Healthy");
    assertThat(status.ready()).isEqualTo("3/3");
    assertThat(status.leader()).isEqualTo("demo-0");
    assertThat(status.nextOrdinal()).isEqualTo(3);
    assertThat(status.step()).isNull();
    assertThat(condition(status, "Ready")).isEqualTo(Condition.Status.TRUE);
    assertThat(condition(status, "QuorumAtRisk")).isEqualTo(Condition.Status.FALSE);
    assertThat(platform.events).contains("ClusterReady: all 3 members are healthy");
  }

  @Test
  void saysOfAnEmptyMemberWhatPeopleUnderstand() {
    var cluster = cluster(2);
    var messages = new ArrayList<String>();
    for (int pass = 0; pass < MANY_PASSES; pass++) {
      reconciler.reconcile(cluster, platform).status().members().stream()
          .map(MemberStatus::message)
          .filter(Objects::nonNull)
          .forEach(messages::add);
    }
    assertThat(messages)
        .contains("it is empty and waits to be told to join")
        .noneMatch(message -> message.contains("Admin."));
  }

  @Test
  void saysInReadyWhatANewClusterWaitsFor() {
    var cluster = cluster(1);
    platform.starting.add("demo-0");
    for (int pass = 0; pass < 3; pass++) {
      reconciler.reconcile(cluster, platform);
    }
    assertThat(cluster.getStatus().conditions())
        .filteredOn(condition -> condition.type().equals("Ready"))
        .singleElement()
        .extracting(Condition::message)
        .isEqualTo(
            "Make the cluster, with demo-0 as its first member; waiting for demo-0 to start");
  }

  @Test
  void writesNothingWhenNothingChanged() {
    var cluster = cluster(3);
    settle(cluster);
    int writes = platform.statusWrites;
    var outcome = reconciler.reconcile(cluster, platform);
    assertThat(platform.statusWrites).isEqualTo(writes);
    assertThat(outcome.lookAgain()).isEqualTo(Plan.CALM);
  }

  /** Each look would otherwise wait for the deadline of a question that nobody can answer. */
  @Test
  void doesNotAskAMemberOfWhichNothingRunsYet() {
    var cluster = cluster(3);
    settle(cluster);
    members.stop(FakePlatform.peerUrl("demo-2"));
    assertThat(message(cluster, "demo-2")).containsAnyOf("did not answer in time", "no connection");
    platform.starting.add("demo-2");
    assertThat(message(cluster, "demo-2")).contains("does not run");
  }

  private @Nullable String message(RaftCluster cluster, String member) {
    var status = reconciler.reconcile(cluster, platform).status().member(member);
    return status == null ? null : status.message();
  }

  @Test
  void writesTheStepBeforeItIsTaken() {
    var cluster = cluster(1);
    reconciler.reconcile(cluster, platform);
    assertThat(platform.running).as("nothing is there before it is written down").isEmpty();
    assertThat(cluster.getStatus().clusterId()).isNotNull();
    assertThat(cluster.getStatus().step()).isNotNull();
  }

  @Test
  void scalesInFromTheNewest() {
    var cluster = cluster(5);
    settle(cluster);
    members.calls.clear();
    cluster.setSpec(spec(3));
    var status = settle(cluster);
    assertThat(members.calls)
        .containsExactly("remove http://demo-4:2380", "remove http://demo-3:2380");
    assertThat(status.ready()).isEqualTo("3/3");
    assertThat(platform.volumes).doesNotContain("demo-3", "demo-4");
    assertThat(status.nextOrdinal()).as("numbers are not used again").isEqualTo(5);
  }

  @Test
  void callsAScaleInBackThatIsWrittenDownAndNotYetAskedFor() {
    var cluster = cluster(5);
    settle(cluster);
    members.calls.clear();
    cluster.setSpec(spec(3));
    var edited = cluster(5);
    edited.getMetadata().setGeneration(2L);
    edited.setStatus(cluster.getStatus());
    platform.newest = edited;
    var status = reconciler.reconcile(cluster, platform).status();
    assertThat(Objects.requireNonNull(status.step()).action()).isEqualTo("RemoveMember");
    edited.setStatus(status);
    assertThat(settle(edited).step()).isNull();
    assertThat(members.calls).isEmpty();
    assertThat(members.voters()).hasSize(5);
  }

  @Test
  void replacesMemberThatCameBackEmptyUnderNewName() {
    var cluster = cluster(3);
    settle(cluster);
    members.calls.clear();
    members.wipe(FakePlatform.peerUrl("demo-0"));
    members.start(FakePlatform.peerUrl("demo-0"));
    var status = settle(cluster);
    assertThat(members.calls)
        .containsExactly(
            "remove http://demo-0:2380",
            "add http://demo-3:2380",
            "join http://demo-3:2380",
            "promote http://demo-3:2380");
    assertThat(members.voters()).contains(FakePlatform.peerUrl("demo-3"));
    assertThat(status.summary()).isEqualTo("Healthy");
    assertThat(platform.events).contains("MemberLost: demo-0: its volume is empty");
  }

  @Test
  void touchesNothingWithoutMajorityAndSaysSo() {
    var cluster = cluster(3);
    settle(cluster);
    members.calls.clear();
    for (var member : List.of("demo-0", "demo-1")) {
      members.wipe(FakePlatform.peerUrl(member));
      members.start(FakePlatform.peerUrl(member));
    }
    var status = settle(cluster);
    assertThat(members.calls).isEmpty();
    assertThat(status.summary()).isEqualTo("QuorumLost");
    assertThat(status.replicas()).as("nobody knows").isNull();
    assertThat(status.leader()).isNull();
    assertThat(condition(status, "Ready")).isEqualTo(Condition.Status.FALSE);
    assertThat(condition(status, "QuorumAtRisk")).isEqualTo(Condition.Status.TRUE);
  }

  @Test
  void saysUnknownWhenNobodyAnswers() {
    var cluster = cluster(3);
    settle(cluster);
    for (var member : List.of("demo-0", "demo-1", "demo-2")) {
      members.stop(FakePlatform.peerUrl(member));
    }
    var status = reconciler.reconcile(cluster, platform).status();
    assertThat(status.summary()).isEqualTo("Unknown");
    assertThat(status.readyReplicas()).isNull();
    assertThat(status.version()).isNull();
    assertThat(status.members()).allSatisfy(m -> assertThat(m.role()).isEqualTo("Unknown"));
    for (var type : List.of("Ready", "Progressing", "Degraded", "QuorumAtRisk")) {
      assertThat(condition(status, type)).as(type).isEqualTo(Condition.Status.UNKNOWN);
    }
  }

  @Test
  void onlyWatchesWhilePaused() {
    var cluster = cluster(3);
    settle(cluster);
    members.calls.clear();
    var spec = spec(5);
    cluster.setSpec(
        new RaftClusterSpec(
            5,
            null,
            null,
            spec.storage(),
            null,
            spec.raft(),
            spec.deletionPolicy(),
            null,
            spec.updates(),
            RepairSpec.DEFAULT,
            true,
            false,
            TlsSpec.DISABLED));
    var status = settle(cluster);
    assertThat(members.calls).isEmpty();
    assertThat(status.summary()).isEqualTo("Paused");
  }

  @Test
  void resumesClusterWhoseStatusWasLost() {
    var cluster = cluster(3);
    var identity = settle(cluster).clusterId();
    members.calls.clear();
    cluster.setStatus(null);
    var status = settle(cluster);
    assertThat(members.calls).isEmpty();
    assertThat(status.clusterId()).isEqualTo(identity);
    assertThat(status.summary()).isEqualTo("Healthy");
  }

  @Test
  void doesNotResumeAClusterThatIsJustBeingDeleted() {
    settle(cluster(1));
    platform.stopping.add("demo-0");
    var successor = cluster(1);
    successor.getMetadata().setUid("3-4-5");
    var status = reconciler.reconcile(successor, platform).status();
    assertThat(status.clusterId()).isNull();
    assertThat(Objects.requireNonNull(status.plan()).waitingFor()).contains("demo-0 to end");
  }

  @Test
  void memberOnCordonedMachineDoesItsPartAllTheSame() {
    var cluster = cluster(3);
    settle(cluster);
    platform.onLeavingMachine.add("demo-1");
    var outcome = reconciler.reconcile(cluster, platform);
    var member = Objects.requireNonNull(outcome.status().member("demo-1"));
    assertThat(member.health()).isEqualTo("Leaving");
    assertThat(member.message()).contains("cordoned");
    assertThat(outcome.status().summary()).isEqualTo("Healthy");
    assertThat(condition(outcome.status(), "Ready")).isEqualTo(Condition.Status.TRUE);
    assertThat(outcome.lookAgain()).isEqualTo(Plan.CALM);
  }

  @Test
  void nobodyIsBlamedWhileNobodyLeads() {
    var cluster = cluster(3);
    settle(cluster);
    members.electing = true;
    var status = reconciler.reconcile(cluster, platform).status();
    assertThat(status.members())
        .hasSize(3)
        .allSatisfy(
            member -> {
              assertThat(member.health()).isEqualTo("Unknown");
              assertThat(member.message()).isEqualTo("there is no leader to ask about it");
            });
  }

  @Test
  void whoeverElseAnswersAtTheAddressProvesNothing() {
    var cluster = cluster(3);
    settle(cluster);
    members.calls.clear();
    var url = FakePlatform.peerUrl("demo-1");
    members.wipe(url);
    members.names.put(url, "other-1");
    members.start(url);
    var status = settle(cluster);
    assertThat(members.calls).isEmpty();
    var member = Objects.requireNonNull(status.member("demo-1"));
    assertThat(member.health()).isEqualTo("Unknown");
    assertThat(member.message()).contains("other-1");
  }

  @Test
  void saysWhatThePlatformRefusesAndScalesAllTheSame() {
    var cluster = cluster(3);
    settle(cluster);
    platform.allVolumesTooSmall = true;
    platform.growing = false;
    cluster.setSpec(spec(5));
    var status = settle(cluster);
    assertThat(members.voters()).hasSize(5);
    var plan = Objects.requireNonNull(status.plan());
    assertThat(plan.summary() + plan.waitingFor()).contains("could not grow").contains("forbidden");
    int writes = platform.statusWrites;
    reconciler.reconcile(cluster, platform);
    assertThat(platform.statusWrites).as("tried again, nothing new").isEqualTo(writes);
  }

  @Test
  void callsItBlockedWhatFailsForLongAndTriesLessOften() {
    var cluster = cluster(1);
    settle(cluster);
    platform.allVolumesTooSmall = true;
    platform.growing = false;
    assertThat(reconciler.reconcile(cluster, platform).lookAgain()).hasSeconds(2);
    var later = at(clock.instant().plusSeconds(60));
    var outcome = later.reconcile(cluster, platform);
    assertThat(outcome.status().summary()).isEqualTo("Blocked");
    assertThat(outcome.lookAgain()).hasSeconds(30);
    int writes = platform.statusWrites;
    later.reconcile(cluster, platform);
    assertThat(platform.statusWrites).isEqualTo(writes);
    platform.growing = true;
    assertThat(later.reconcile(cluster, platform).lookAgain()).isEqualTo(Plan.WATCHFUL);
    platform.allVolumesTooSmall = false;
    var healed = later.reconcile(cluster, platform).status();
    assertThat(healed.summary()).isEqualTo("Healthy");
    assertThat(healed.failure()).isNull();
  }

  private ClusterReconciler at(Instant time) {
    return new ClusterReconciler(
        connections, CertificateTimes.DEFAULT, InstantSource.fixed(time), () -> 1L);
  }

  private RaftClusterStatus settle(RaftCluster cluster) {
    var outcome = reconciler.reconcile(cluster, platform);
    for (int pass = 0; pass < MANY_PASSES && outcome.lookAgain().isZero(); pass++) {
      outcome = reconciler.reconcile(cluster, platform);
    }
    assertThat(outcome.lookAgain().isZero()).as("it never rests: %s", members.calls).isFalse();
    return outcome.status();
  }

  private static Condition.Status condition(RaftClusterStatus status, String type) {
    return status.conditions().stream()
        .filter(condition -> condition.type().equals(type))
        .map(Condition::status)
        .findFirst()
        .orElseThrow();
  }

  private static RaftCluster cluster(int replicas) {
    return DemoCluster.of(spec(replicas));
  }

  private static RaftClusterSpec spec(int replicas) {
    return DemoCluster.spec(replicas, RaftSpec.DEFAULT, UpdatesSpec.DEFAULT, RepairSpec.DEFAULT);
  }
}
