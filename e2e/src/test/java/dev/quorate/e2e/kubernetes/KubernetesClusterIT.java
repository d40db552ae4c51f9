package dev.quorate.e2e.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.quorate.e2e.machine.Checkout;
import dev.quorate.e2e.machine.Output;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The whole path on a real Kubernetes: somebody writes a RaftCluster, the operator brings it up,
 * ordinary clients use it, it is scaled and damaged, and nothing that was acknowledged is lost.
 */
@ExtendWith(FailureReport.class)
class KubernetesClusterIT {
  /** Scenarios of the second set: {@code -Dscenarios=all} plays them, too. */
  private static final String SLOW = "slow";

  private static final Duration IDLE = Duration.ofMinutes(1);

  @RegisterExtension
  static final StartedKubernetes STARTED =
      new StartedKubernetes(KubernetesClusterIT::installOperator);

  private static void installOperator(KubernetesUnderTest kubernetes) {
    String operator = Checkout.path("operator/manifests/operator.yaml");
    kubernetes.kubectl("apply", "--server-side", "-f", operator);
    kubernetes.kubectl(
        "wait", "--for=condition=Available", "--timeout=120s", "deployment", "--all", "-A");
  }

  private static KubernetesUnderTest kubernetes() {
    return STARTED.kubernetes();
  }

  @Test
  void keepsEveryAcknowledgedWriteThroughScalingAndLosses() throws Exception {
    var demo = new RaftClusterUnderTest(kubernetes(), "story", "demo");
    demo.prepareNamespace();
    demo.kubectl("apply", "-f", Checkout.path("examples/cluster.yaml"));
    demo.awaitSettled(3);
    speaksToEtcdctl(demo);
    writesNothingWhileNothingHappens(demo);
    asksNothingWhileNothingHappens();
    demo.edit("{\"deletionPolicy\": \"Delete\"}");
    demo.awaitVolumesWhenDeleted("Delete");
    var trial = new Trial(demo);
    trial.play("kubectl scale from 3 to 5", () -> scaleTo(demo, 5));
    if (kubernetes().isOurs()) {
      var calledBack = new CalledBackScaleIn(kubernetes(), demo);
      trial.playUnnoticed("scale-in that is called back", () -> calledBack.playFrom(5, 3));
    }
    trial.play("kubectl scale from 5 to 3", () -> scaleTo(demo, 3));
    trial.play("leader's pod killed", () -> survivesLossOfLeadersPod(demo));
    assertThat(demo.etcdctl("get", "first", "--print-value-only")).isEqualTo("kept");
    assertThat(demo.events())
        .contains("AddMemberStarted", "MemberAdded", "LeaderChanged", "ClusterReady")
        .contains("RemoveMemberStarted", "MemberRemoved");
    leavesNothingWhenDeleted(demo);
  }

  /** From inside, by the Service's name, with an unchanged etcdctl. */
  private static void speaksToEtcdctl(RaftClusterUnderTest demo) {
    assertThat(demo.etcdctl("put", "first", "kept")).isEqualTo("OK");
    assertThat(demo.etcdctl("get", "first", "--print-value-only")).isEqualTo("kept");
    assertThat(demo.etcdctl("member", "list").lines())
        .hasSize(3)
        .allMatch(l -> l.contains("started"));
    assertThat(demo.etcdctl("endpoint", "health", "--cluster").lines())
        .allMatch(line -> line.contains("is healthy"));
  }

  private static Duration scaleTo(RaftClusterUnderTest demo, int members) {
    long began = System.nanoTime();
    demo.scale(members);
    demo.awaitSettled(members);
    return Duration.ofNanos(System.nanoTime() - began);
  }

  private static Duration survivesLossOfLeadersPod(RaftClusterUnderTest demo) {
    String leader = demo.view().leader();
    long began = System.nanoTime();
    String before = demo.uid("pod", demo.podOf(leader));
    demo.kubectl("delete", "pod", demo.podOf(leader), "--grace-period=0", "--force");
    await("a new pod for " + leader)
        .atMost(Duration.ofMinutes(2))
        .until(
            () -> {
              String now = demo.uid("pod", demo.podOf(leader));
              return now != null && !now.equals(before);
            });
    RaftClusterView after = demo.awaitSettled(3);
    assertThat(after.names()).as("a member whose disk is whole is not replaced").contains(leader);
    return Duration.ofNanos(System.nanoTime() - began);
  }

  private static void leavesNothingWhenDeleted(RaftClusterUnderTest demo) {
    demo.kubectl("delete", "raftcluster", "demo", "--timeout=120s");
    for (String kind : List.of("statefulsets", "pods", "services", "pvc", "pdb")) {
      demo.awaitNone(kind);
    }
  }

  /** The informers tell changes of the pods; the reconciler looks and finds nothing to write. */
  private static void writesNothingWhileNothingHappens(RaftClusterUnderTest demo) {
    var operator = new OperatorUnderTest(kubernetes());
    String before = demo.awaitState("rest", RaftClusterView::isAtRest).resourceVersion();
    double writes = operator.metric("quorate_operator_writes_total");
    double passes = operator.metric("quorate_operator_reconcile_duration_seconds_count");
    for (int look = 0; look < 3; look++) {
      demo.kubectl(
          "annotate", "pod", demo.podOf("demo-0"), "--overwrite", "example.com/look=" + look);
      double seen = passes;
      passes =
          await("another look at the cluster")
              .atMost(Duration.ofMinutes(1))
              .until(
                  () -> operator.metric("quorate_operator_reconcile_duration_seconds_count"),
                  count -> count > seen);
    }
    assertThat(operator.metric("quorate_operator_writes_total")).isEqualTo(writes);
    assertThat(demo.view().resourceVersion()).isEqualTo(before);
  }

  /** The API server's own word for it: neither writes nor polling, the operators' Lease aside. */
  private static void asksNothingWhileNothingHappens() {
    if (!kubernetes().isOurs()) {
      return; // Of another one the audit log is not at hand.
    }
    var calls = OperatorCalls.fromNowOn(KubernetesUnderTest.auditLog());
    await("a minute without a call")
        .during(IDLE)
        .atMost(IDLE.plusSeconds(10))
        .pollInterval(Duration.ofSeconds(2))
        .untilAsserted(() -> assertThat(calls.forClusters()).isEmpty());
    assertThat(calls.all()).as("renewals of the Lease").anyMatch(call -> call.endsWith(" leases"));
  }

  @Test
  void takesOverEditsOfAClusterThatIsThere() {
    var single = new RaftClusterUnderTest(kubernetes(), "retained", "keep");
    single.prepareNamespace();
    kubernetes().apply(Manifests.misspelled("retained", "keep"));
    single.awaitState(
        "the missing image in the plan", view -> view.plan().contains("ErrImageNeverPull"));
    single.edit("{\"image\": null}");
    single.awaitSettled(1);
    assertThat(single.etcdctl("put", "a", "b")).isEqualTo("OK");

    assertThat(single.view().condition("UpToDate")).isEqualTo("True");
    single.edit("{\"raft\": {\"electionTimeoutMilliseconds\": 1500}}");
    single.awaitState(
        "the member with the present spec",
        view -> view.isSettled(1) && view.condition("UpToDate").equals("True"));

    single.edit("{\"storage\": {\"size\": \"2Gi\"}}");
    single.awaitClaim(single.claimOf("keep-0"), "{.status.capacity.storage}", "2Gi");

    single.kubectl("scale", "statefulset", "keep-0", "--replicas=0");
    await("the member's order as it was")
        .atMost(Duration.ofMinutes(1))
        .until(
            () ->
                single
                    .kubectl("get", "statefulset", "keep-0", "-o", "jsonpath={.spec.replicas}")
                    .equals("1"));
    single.awaitSettled(1);

    single.edit("{\"deletionPolicy\": \"Retain\"}");
    single.awaitVolumesWhenDeleted("Retain");
    // Kubernetes takes its ownership of the claim back a moment later.
    single.awaitClaim(single.claimOf("keep-0"), "{.metadata.ownerReferences}", "");
    single.kubectl("delete", "raftcluster", "keep", "--timeout=120s");
    single.awaitNone("pods");
    assertThat(single.kubectl("get", "pvc", "-o", "jsonpath={.items[*].status.phase}"))
        .isEqualTo("Bound");
  }

  @Test
  @Tag(SLOW)
  void isScaledByAHorizontalPodAutoscaler() throws Exception {
    var demo = started("autoscaled", Manifests.cluster("autoscaled", "demo", 3, "Delete"));
    var autoscaler = new Autoscaling(kubernetes(), demo, "demo");
    var trial = new Trial(demo);
    trial.play("autoscaled from 3 to 4", () -> autoscaler.playTo(4, 5, 4));
    trial.play("autoscaled from 4 to 3", () -> autoscaler.playTo(3, 3, 3));
    end(demo);
  }

  @Test
  @Tag(SLOW)
  void replacesMembersForSmallerVolumesAndForAnotherClass() throws Exception {
    String manifest = Manifests.cluster("volumes", "demo", 3, "Delete");
    var demo = started("volumes", manifest.replace("size: 1Gi", "size: 2Gi"));
    kubernetes().apply(VolumeChange.otherClass());
    try {
      new VolumeChange(demo).run();
      end(demo);
    } finally {
      kubernetes().kubectl("delete", "storageclass", VolumeChange.OTHER_CLASS);
    }
  }

  @Test
  @Tag(SLOW)
  void isFinishedByTheNextOperatorWhateverIsBeingDone() throws Exception {
    var demo = started("failover", Manifests.impatient("failover", "demo"));
    new DyingLeaders(kubernetes(), demo).run();
    end(demo);
  }

  /** Three members, in a namespace of their own. */
  private static RaftClusterUnderTest started(String namespace, String manifest) {
    var demo = new RaftClusterUnderTest(kubernetes(), namespace, "demo");
    demo.prepareNamespace();
    kubernetes().apply(manifest);
    demo.awaitSettled(3);
    return demo;
  }

  private static void end(RaftClusterUnderTest demo) {
    demo.kubectl("delete", "raftcluster", "demo", "--timeout=120s");
    demo.awaitNone("pods");
  }

  @Test
  void movesLeadershipAndReplacesMembersWhenMachinesAndVolumesGo() throws Exception {
    var demo = started("loss", Manifests.impatient("loss", "demo"));
    new MachineLoss(kubernetes(), demo).run();
    end(demo);
  }

  @Test
  void updatesMembersInTurnAndPutsBackOneThatDoesNotTakeIt() throws Exception {
    var demo = started("rolling", Manifests.cluster("rolling", "demo", 3, "Delete"));
    new RollingChange(demo).run();
    end(demo);
  }

  @Test
  void sleepsWithItsDataAndWakes() {
    var demo = started("sleep", Manifests.cluster("sleep", "demo", 3, "Delete"));
    new Hibernation(demo, new OperatorUnderTest(kubernetes())).run();
  }

  /** Only the volumes of our own provisioner can be filled from here. */
  @Test
  void volumesGrowByThemselvesBeforeTheyAreFull() throws Exception {
    if (kubernetes().isOurs()) {
      var demo = new RaftClusterUnderTest(kubernetes(), "filling", "demo");
      demo.prepareNamespace();
      kubernetes().apply(FullVolume.manifest("filling"));
      demo.awaitSettled(3);
      new FullVolume(demo).run();
      demo.kubectl("delete", "raftcluster", "demo", "--timeout=120s");
      demo.awaitNone("pvc");
    }
  }

  @Test
  void saysWhatStandsInTheWayAndGoesOnOnceItIsCured() {
    new Obstacles(kubernetes()).run();
  }

  @Test
  void anotherOperatorTakesOverAndOneThatLostItsLeaseStops() {
    var operator = new OperatorUnderTest(kubernetes());
    String first = operator.holder();
    operator.kubectl("delete", "pod", operator.leader(), "--grace-period=0", "--force");
    String second = operator.awaitOtherHolder(first);
    String deposed = operator.leader();
    int restarts = operator.restarts(deposed);
    operator.takeLeaseAway();
    await("the end of the operator that lost its lease")
        .atMost(Duration.ofMinutes(1))
        .until(() -> operator.restarts(deposed) > restarts);
    operator.awaitOtherHolder(second);
    operator.awaitLeading();
  }

  static List<BadManifest> badManifests() {
    return BadManifest.ALL;
  }

  @ParameterizedTest
  @MethodSource("badManifests")
  void refusesBadManifestAndSaysWhatWouldBeRight(BadManifest bad) {
    kubernetes().tryKubectl("", "create", "namespace", "refusals");
    if (bad.specBefore() != null) {
      kubernetes().apply(Manifests.withSpec(bad.specBefore()));
    }
    Output refusal = kubernetes().tryApply(Manifests.withSpec(bad.spec()));
    assertThat(refusal.succeeded()).as("%s was accepted", bad.spec()).isFalse();
    assertThat(refusal.err()).contains(bad.words());
  }
}
