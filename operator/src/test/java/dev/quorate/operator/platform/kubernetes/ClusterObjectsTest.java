package dev.quorate.operator.platform.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.crds.RaftCluster;
import dev.quorate.operator.platform.ObservedMember;
import dev.quorate.operator.platform.ObservedMember.Hindrance;
import dev.quorate.operator.platform.ObservedMember.Machine;
import dev.quorate.operator.platform.ObservedMember.MachineState;
import dev.quorate.operator.platform.ObservedMember.ProcessState;
import dev.quorate.operator.platform.ObservedMember.Template;
import dev.quorate.operator.platform.ObservedMember.VolumeState;
import dev.quorate.operator.resource.NodeImages;
import dev.quorate.operator.resource.StatefulSetFactory;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodConditionBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the operator reads out of the objects of Kubernetes, one situation a test. */
class ClusterObjectsTest {
  private static final RaftCluster CLUSTER =
      Serialization.unmarshal(
          """
          apiVersion: quorate.dev/v1alpha1
          kind: RaftCluster
          metadata: {name: demo, namespace: default, uid: u-1}
          spec: {replicas: 3, storage: {size: 1Gi}}
          """,
          RaftCluster.class);

  private static final NodeImages IMAGES = new NodeImages("node", "1");

  private static final StatefulSet SET = StatefulSetFactory.of(CLUSTER, "demo-0", IMAGES);

  private static final PersistentVolumeClaim CLAIM = claim("phase: Bound", "");
  private static final MachineView WELL = new MachineView(false, false, "zone-a");

  @Test
  void runningMember() {
    var member = observed(SET, pod("{running: {}}", ""), CLAIM, WELL);
    assertThat(member.process()).isEqualTo(ProcessState.RUNNING);
    assertThat(member.volume()).isEqualTo(VolumeState.PRESENT);
    assertThat(member.machine()).isEqualTo(new Machine("worker-1", "zone-a", MachineState.READY));
    assertThat(member.detail()).isEmpty();
    assertThat(Objects.requireNonNull(member.address()).peerUrl())
        .isEqualTo("https://demo-0-0.demo-peers.default.svc:2380");
  }

  @Test
  void orderedMemberWithoutPodYet() {
    var member = observed(SET, null, null, null);
    assertThat(member.process()).isEqualTo(ProcessState.STARTING);
    assertThat(member.volume()).isEqualTo(VolumeState.ABSENT);
    assertThat(member.machineState()).isEqualTo(MachineState.NONE);
    assertThat(member.detail())
        .isEqualTo(
            "StatefulSet demo-0 has no pod yet; if it stays so, a quota or an admission rule"
                + " forbids the pod: kubectl -n default describe statefulset demo-0");
  }

  @Test
  void memberThatSleeps() {
    var member = observed(asleep(), null, CLAIM, null);
    assertThat(member.process()).isEqualTo(ProcessState.ABSENT);
    assertThat(member.hindrance()).isEqualTo(Hindrance.ASLEEP);
    assertThat(member.volume()).isEqualTo(VolumeState.PRESENT);
    assertThat(member.template().ordered()).isNotNull();
    assertThat(member.detail()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"false, STOPPING", "true, UNKNOWN"})
  void memberThatFallsAsleep(boolean silent, ProcessState expected) {
    var machine = new MachineView(silent, false, "zone-a");
    var member = observed(asleep(), pod("{running: {}}", ""), CLAIM, machine);
    assertThat(member.process()).isEqualTo(expected);
    assertThat(member.hindrance()).isEqualTo(Hindrance.ASLEEP);
  }

  private static StatefulSet asleep() {
    StatefulSet asleep = Serialization.clone(SET);
    asleep.getSpec().setReplicas(0);
    return asleep;
  }

  @Test
  void onlyAVolumeIsLeft() {
    var member = observed(null, null, CLAIM, null);
    assertThat(member.process()).isEqualTo(ProcessState.ABSENT);
    assertThat(member.volume()).isEqualTo(VolumeState.PRESENT);
    assertThat(member.address()).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "true,false,worker-2,VOLUME_OUT_OF_REACH",
    "false,true,worker-2,VOLUME_OUT_OF_REACH",
    "false,false,worker-2,NONE", // no room on it now
    "false,false,,VOLUME_OUT_OF_REACH" // nobody noted where it is: the scheduler knows
  })
  void podWhoseVolumeIsOnAMachineThatTakesNobody(
      boolean silent, boolean leaving, @Nullable String home, Hindrance expected) {
    var annotation =
        home == null ? "" : "annotations: {volume.kubernetes.io/selected-node: " + home + "}";
    var member =
        observed(
            SET,
            pending(
                "0/3 nodes are available: 1 node(s) were unschedulable,"
                    + " 2 node(s) didn't match PersistentVolume's node affinity."),
            claim("phase: Bound", annotation),
            new MachineView(silent, leaving, null));
    assertThat(member.hindrance()).isEqualTo(expected);
    assertThat(member.detail()).contains("didn't match PersistentVolume's node affinity");
  }

  /** The machine that a volume was made for is noted of those that can move as well. */
  @Test
  void podThatOnlyFindsNoRoomIsNotHindered() {
    var pod = pending("0/3 nodes are available: 3 Insufficient cpu.");
    assertThat(observed(SET, pod, CLAIM, null).hindrance()).isEqualTo(Hindrance.NONE);
    var made = claim("phase: Bound", "annotations: {volume.kubernetes.io/selected-node: worker-9}");
    assertThat(observed(SET, pod, made, MachineView.GONE).hindrance()).isEqualTo(Hindrance.NONE);
  }

  @ParameterizedTest
  @CsvSource({"Error,3,CRASHES", "Error,2,NONE", "OOMKilled,3,NONE"})
  void podThatEndsAgainAndAgain(String last, int restarts, Hindrance expected) {
    var crashing =
        pod(
            "{waiting: {reason: CrashLoopBackOff}}, restartCount: %d, lastState: {terminated: {exitCode: 1, reason: %s}}"
                .formatted(restarts, last),
            "");
    assertThat(observed(SET, crashing, CLAIM, WELL).hindrance()).isEqualTo(expected);
    assertThat(
            observed(SET, pod("{waiting: {reason: ImagePullBackOff}}", ""), CLAIM, WELL)
                .hindrance())
        .isEqualTo(Hindrance.NONE);
  }

  @Test
  void podOnAMachineThatIsLostOrGone() {
    var pod = pod("{running: {}}", "deletionTimestamp: 2026-01-01T00:00:00Z");
    var lost = observed(SET, pod, CLAIM, new MachineView(true, false, null));
    assertThat(lost.hindrance()).isEqualTo(Hindrance.MACHINE_LOST);
    assertThat(lost.process()).isEqualTo(ProcessState.UNKNOWN);
    assertThat(lost.template().ordered()).isNotNull();
    var letGo = observed(null, pod, CLAIM, MachineView.GONE);
    assertThat(letGo.hindrance()).isEqualTo(Hindrance.MACHINE_LOST);
    assertThat(letGo.template().ordered()).as("nobody wants it any more").isNull();
    assertThat(letGo.detail()).isEqualTo("machine worker-1 does not answer or is gone");
  }

  private static Pod pending(String refusal) {
    return Serialization.unmarshal(
        """
        apiVersion: v1
        kind: Pod
        metadata: {name: demo-0-0, namespace: default, labels: {quorate.dev/member: demo-0}}
        spec: {containers: []}
        status:
          phase: Pending
          conditions: [{type: PodScheduled, status: "False", message: "%s"}]
        """
            .formatted(refusal),
        Pod.class);
  }

  @ParameterizedTest
  @CsvSource({
    "ContainerCreating,STARTING",
    "PodInitializing,STARTING",
    "CrashLoopBackOff,FAILED",
    "ImagePullBackOff,FAILED",
    "CreateContainerConfigError,FAILED"
  })
  void waitingContainer(String reason, ProcessState expected) {
    var member =
        observed(
            SET,
            pod("{waiting: {reason: %s, message: because}}".formatted(reason), ""),
            CLAIM,
            WELL);
    assertThat(member.process()).isEqualTo(expected);
    assertThat(member.detail()).contains(reason).contains("because");
  }

  @Test
  void crashTellsItsExitCode() {
    var member =
        observed(
            SET,
            pod(
                "{waiting: {reason: CrashLoopBackOff}}, lastState: {terminated: {exitCode: 78, message: disk full}}",
                ""),
            CLAIM,
            WELL);
    assertThat(member.detail()).contains("exit code 78").contains("disk full");
  }

  @Test
  void podThatFindsNoMachine() {
    var member = observed(SET, pending("0/3 nodes: 3 Insufficient cpu."), CLAIM, null);
    assertThat(member.process()).isEqualTo(ProcessState.STARTING);
    assertThat(member.detail())
        .isEqualTo(
            "the pod finds no machine: 0/3 nodes: 3 Insufficient cpu.; ask for less in"
                + " spec.resources.requests, or make room");
  }

  @Test
  void podBeingDeleted() {
    var pod = pod("{running: {}}", "deletionTimestamp: 2026-01-01T00:00:00Z");
    assertThat(observed(SET, pod, CLAIM, WELL).process()).isEqualTo(ProcessState.STOPPING);
    assertThat(observed(null, pod("{running: {}}", ""), CLAIM, WELL).process())
        .as("its StatefulSet is gone")
        .isEqualTo(ProcessState.STOPPING);
  }

  @Test
  void silentMachineMakesEverythingOnItUnknown() {
    var member = observed(SET, pod("{running: {}}", ""), CLAIM, new MachineView(true, true, null));
    assertThat(member.process()).isEqualTo(ProcessState.UNKNOWN);
    assertThat(member.machineState()).isEqualTo(MachineState.NOT_READY);
    assertThat(member.detail()).contains("worker-1");
  }

  @Test
  void machineThatIsLeavingOrUnknown() {
    var pod = pod("{running: {}}", "");
    assertThat(observed(SET, pod, CLAIM, new MachineView(false, true, null)).machineState())
        .isEqualTo(MachineState.LEAVING);
    assertThat(observed(SET, pod, CLAIM, null).machineState()).isEqualTo(MachineState.UNKNOWN);
  }

  @Test
  void lostVolume() {
    var pod = pod("{running: {}}", "");
    assertThat(observed(SET, pod, claim("phase: Lost", ""), WELL).volume())
        .isEqualTo(VolumeState.LOST);
    assertThat(observed(SET, pod, null, WELL).volume())
        .as("a claim that is in use cannot be gone: somebody changed its labels")
        .isEqualTo(VolumeState.UNKNOWN);
    var going = claim("phase: Bound", "deletionTimestamp: 2026-01-01T00:00:00Z");
    assertThat(observed(SET, pod, going, WELL).volume()).isEqualTo(VolumeState.ABSENT);
  }

  /** Somebody asked the StatefulSet for two pods; the second one's claim stays for good. */
  @Test
  void whatHasOnlyTheLabelOfAMemberSaysNothingOfIt() {
    Pod second = pod("{waiting: {reason: ImagePullBackOff}}", "");
    second.getMetadata().setName("demo-0-1");
    var left = claim("phase: Bound", "deletionTimestamp: 2026-01-01T00:00:00Z");
    left.getMetadata().setName("data-demo-0-1");
    var objects =
        ClusterObjects.of(
            CLUSTER,
            Stream.of(SET),
            Stream.of(pod("{running: {}}", ""), second),
            Stream.of(CLAIM, left),
            name -> WELL);
    var member = Objects.requireNonNull(objects.observed(CLUSTER, Instant.EPOCH).get("demo-0"));
    assertThat(member.volume()).isEqualTo(VolumeState.PRESENT);
    assertThat(member.process()).isEqualTo(ProcessState.RUNNING);
  }

  @Test
  void tellsWhatThePodWasMadeFromAndWhatTheNextOneWillBe() {
    var mark = new MemberOrders(CLUSTER, Stream.empty(), IMAGES).wantedTemplate();
    Pod pod = pod("{waiting: {reason: ImagePullBackOff}}", "");
    assertThat(observed(SET, pod, CLAIM, WELL).template())
        .isEqualTo(new Template("unmarked", mark));
    pod.getMetadata().setAnnotations(SET.getSpec().getTemplate().getMetadata().getAnnotations());
    assertThat(observed(SET, pod, CLAIM, WELL).template().is(mark)).isTrue();
    assertThat(observed(SET, null, CLAIM, null).template()).isEqualTo(new Template(null, mark));
    assertThat(observed(null, null, CLAIM, null).template().unknown()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"True,true", "False,false"})
  void readinessOfThePod(String status, boolean ready) {
    var pod = pod("{running: {}}", "");
    pod.getStatus()
        .setConditions(
            List.of(new PodConditionBuilder().withType("Ready").withStatus(status).build()));
    assertThat(observed(SET, pod, CLAIM, WELL).ready()).isEqualTo(ready);
  }

  @Test
  void objectsOfAnEarlierClusterOfTheNameAreNotMembers() {
    StatefulSet foreign = Serialization.clone(SET);
    foreign.getMetadata().getOwnerReferences().getFirst().setUid("u-0");
    var objects =
        ClusterObjects.of(
            CLUSTER, Stream.of(foreign), Stream.empty(), Stream.empty(), name -> null);
    assertThat(objects.observed(CLUSTER, Instant.EPOCH)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "'{}','True',false,false",
    "'{}','False',true,false",
    "'{}','Unknown',true,false",
    "'{unschedulable: true}','True',false,true",
    "'{taints: [{key: ToBeDeletedByClusterAutoscaler, effect: NoSchedule}]}','True',false,true",
    "'{taints: [{key: team, effect: NoSchedule}]}','True',false,false"
  })
  void machine(String spec, String ready, boolean silent, boolean leaving) {
    Node node =
        Serialization.unmarshal(
            """
            apiVersion: v1
            kind: Node
            metadata: {name: worker-1}
            spec: %s
            status: {conditions: [{type: DiskPressure, status: "False"}, {type: Ready, status: "%s"}]}
            """
                .formatted(spec, ready),
            Node.class);
    assertThat(MachineView.of(node)).isEqualTo(new MachineView(silent, leaving, null));
  }

  private static ObservedMember observed(
      @Nullable StatefulSet set,
      @Nullable Pod pod,
      @Nullable PersistentVolumeClaim claim,
      @Nullable MachineView machine) {
    var objects =
        ClusterObjects.of(CLUSTER, stream(set), stream(pod), stream(claim), name -> machine);
    return Objects.requireNonNull(objects.observed(CLUSTER, Instant.EPOCH).get("demo-0"));
  }

  private static <R extends HasMetadata> Stream<R> stream(@Nullable R object) {
    return object == null ? Stream.empty() : Stream.of(object);
  }

  private static Pod pod(String containerState, String metadata) {
    return Serialization.unmarshal(
        """
        apiVersion: v1
        kind: Pod
        metadata:
          name: demo-0-0
          namespace: default
          labels: {quorate.dev/member: demo-0}
          %s
        spec: {nodeName: worker-1, containers: []}
        status:
          phase: Running
          containerStatuses: [{name: node, state: %s}]
        """
            .formatted(metadata, containerState),
        Pod.class);
  }

  private static PersistentVolumeClaim claim(String status, String metadata) {
    return Serialization.unmarshal(
        """
        apiVersion: v1
        kind: PersistentVolumeClaim
        metadata:
          name: data-demo-0-0
          namespace: default
          labels: {quorate.dev/member: demo-0}
          %s
        spec: {resources: {requests: {storage: 1Gi}}}
        status: {%s}
        """
            .formatted(metadata, status),
        PersistentVolumeClaim.class);
  }
}
