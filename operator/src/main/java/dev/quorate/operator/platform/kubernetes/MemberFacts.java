package dev.quorate.operator.platform.kubernetes;

import dev.quorate.crds.RaftCluster;
import dev.quorate.operator.platform.MemberAddress;
import dev.quorate.operator.platform.ObservedMember;
import dev.quorate.operator.platform.ObservedMember.Hindrance;
import dev.quorate.operator.platform.ObservedMember.Machine;
import dev.quorate.operator.platform.ObservedMember.MachineState;
import dev.quorate.operator.platform.ObservedMember.ProcessState;
import dev.quorate.operator.platform.ObservedMember.Template;
import dev.quorate.operator.platform.ObservedMember.VolumeState;
import dev.quorate.operator.resource.Names;
import dev.quorate.operator.resource.TemplateMark;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads what Kubernetes says about one member; pure.
 *
 * @param machine that the pod is on; null if it is on none, or machines are not seen
 * @param home the machine that the volume was made for; null if that is not known
 */
record MemberFacts(
    @Nullable StatefulSet set,
    @Nullable Pod pod,
    @Nullable PersistentVolumeClaim claim,
    @Nullable MachineView machine,
    @Nullable MachineView home) {

  /** Reasons for which a container that is not running will not run without a change. */
  private static final Set<String> FAILURES =
      Set.of(
          "CrashLoopBackOff",
          "ImagePullBackOff",
          "ErrImagePull",
          "ErrImageNeverPull",
          "InvalidImageName",
          "CreateContainerConfigError",
          "CreateContainerError",
          "RunContainerError");

  /** Kubernetes backs off from the first one on, which may have been bad luck. */
  private static final int RESTARTS_IN_VAIN = 3;

  /** How schedulers of several versions say that a volume is elsewhere. */
  private static final List<String> VOLUME_CONFLICTS =
      List.of("volume node affinity conflict", "PersistentVolume's node affinity");

  ObservedMember observed(RaftCluster cluster, String name, Instant now) {
    return new ObservedMember(
        name,
        set == null && pod == null
            ? null
            : new MemberAddress(Names.peerUrl(cluster, name), Names.clientUrl(cluster, name)),
        process(),
        template(),
        isReady(),
        volume(),
        VolumeClaims.fit(cluster.getSpec().storage(), set, claim, now),
        new Machine(
            pod == null ? null : pod.getSpec().getNodeName(),
            machine == null ? null : machine.zone(),
            machineState()),
        hindrance(),
        detail());
  }

  static boolean isRunning(Pod pod) {
    return pod.getStatus().getContainerStatuses().stream()
        .anyMatch(
            container -> container.getState() != null && container.getState().getRunning() != null);
  }

  /** Its set is there and is to run no pod. */
  static boolean isAsleep(StatefulSet set) {
    return Objects.equals(set.getSpec().getReplicas(), 0);
  }

  private ProcessState process() {
    boolean ordered = set != null && !set.isMarkedForDeletion() && !isAsleep(set);
    if (pod == null) {
      return ordered ? ProcessState.STARTING : ProcessState.ABSENT;
    }
    if (isMachineSilent() || "Unknown".equals(pod.getStatus().getPhase())) {
      return ProcessState.UNKNOWN;
    }
    if (!ordered || pod.isMarkedForDeletion()) {
      return ProcessState.STOPPING;
    }
    ContainerStatus container = container();
    if (container == null) {
      return ProcessState.STARTING;
    }
    if (container.getState().getRunning() != null) {
      return ProcessState.RUNNING;
    }
    var waiting = container.getState().getWaiting();
    return waiting != null && FAILURES.contains(String.valueOf(waiting.getReason()))
        ? ProcessState.FAILED
        : ProcessState.STARTING;
  }

  private Template template() {
    return new Template(
        pod == null
            ? null
            : Objects.requireNonNullElse(TemplateMark.on(pod.getMetadata()), Template.UNMARKED),
        set == null
            ? null
            : Objects.requireNonNullElse(
                KeptTemplates.mark(set.getSpec().getTemplate()), Template.UNMARKED));
  }

  private boolean isReady() {
    return pod != null
        && pod.getStatus().getConditions().stream()
            .anyMatch(
                condition ->
                    condition.getType().equals("Ready") && condition.getStatus().equals("True"));
  }

  private VolumeState volume() {
    if (claim == null && pod != null && pod.getSpec().getNodeName() != null) {
      // Kubernetes keeps a claim that a pod uses: somebody changed the labels it is found by.
      return VolumeState.UNKNOWN;
    }
    if (claim == null || claim.isMarkedForDeletion()) {
      return VolumeState.ABSENT;
    }
    return isVolumeGone() ? VolumeState.LOST : VolumeState.PRESENT;
  }

  private boolean isVolumeGone() {
    return claim != null
        && claim.getStatus() != null
        && "Lost".equals(claim.getStatus().getPhase());
  }

  private MachineState machineState() {
    if (pod == null || pod.getSpec().getNodeName() == null) {
      return MachineState.NONE;
    }
    if (machine == null) {
      return MachineState.UNKNOWN;
    }
    if (isMachineSilent()) {
      return MachineState.NOT_READY;
    }
    return machine.leaving() ? MachineState.LEAVING : MachineState.READY;
  }

  private boolean isMachineSilent() {
    return machine != null && machine.silent();
  }

  private Hindrance hindrance() {
    if (set != null && isAsleep(set)) {
      return Hindrance.ASLEEP;
    }
    if (pod == null) {
      return Hindrance.NONE;
    }
    if (isMachineSilent()) {
      return Hindrance.MACHINE_LOST;
    }
    if (pod.getSpec().getNodeName() == null) {
      return isTiedDown() ? Hindrance.VOLUME_OUT_OF_REACH : Hindrance.NONE;
    }
    return isCrashing() ? Hindrance.CRASHES : Hindrance.NONE;
  }

  /**
   * The pod finds no machine, and its volume is the reason: the scheduler says so, because the
   * machine that a volume was made for is noted of those that can move as well. Where machines are
   * seen, those tell besides: while that of the volume takes pods, there is only no room on it now.
   */
  private boolean isTiedDown() {
    String refusal = schedulersRefusal();
    if (refusal == null || claim == null || claim.isMarkedForDeletion()) {
      return false;
    }
    return VOLUME_CONFLICTS.stream().anyMatch(refusal::contains)
        && (home == null || home.takesNobody());
  }

  /** Why the pod is on no machine; null if it is on one, or nobody tried yet. */
  private @Nullable String schedulersRefusal() {
    return pod == null
        ? null
        : pod.getStatus().getConditions().stream()
            .filter(condition -> condition.getType().equals("PodScheduled"))
            .filter(condition -> condition.getStatus().equals("False"))
            .map(condition -> Objects.requireNonNullElse(condition.getMessage(), ""))
            .findFirst()
            .orElse(null);
  }

  /** What needs more memory than it may have would need it anywhere. */
  private boolean isCrashing() {
    ContainerStatus container = container();
    if (container == null || process() != ProcessState.FAILED) {
      return false;
    }
    var last = container.getLastState() == null ? null : container.getLastState().getTerminated();
    return "CrashLoopBackOff".equals(container.getState().getWaiting().getReason())
        && Objects.requireNonNullElse(container.getRestartCount(), 0) >= RESTARTS_IN_VAIN
        && (last == null || !"OOMKilled".equals(last.getReason()));
  }

  private @Nullable ContainerStatus container() {
    List<ContainerStatus> containers =
        pod == null ? List.of() : pod.getStatus().getContainerStatuses();
    return containers.isEmpty() || containers.getFirst().getState() == null
        ? null
        : containers.getFirst();
  }

  /** The first thing that explains why the member does not run. */
  private String detail() {
    if (claim != null && isVolumeGone()) {
      return "the volume of claim %s is gone".formatted(claim.getMetadata().getName());
    }
    if (pod == null) {
      return setDetail();
    }
    if (isMachineSilent()) {
      return "machine %s does not answer or is gone".formatted(pod.getSpec().getNodeName());
    }
    ContainerStatus container = container();
    if (container != null && container.getState().getRunning() == null) {
      return containerDetail(container, pod);
    }
    if (machine != null && machine.leaving()) {
      return "machine %s is cordoned or about to go".formatted(pod.getSpec().getNodeName());
    }
    String refusal = schedulersRefusal();
    return refusal == null
        ? ""
        : "the pod finds no machine: " + refusal + Remedy.ofPodWithoutMachine(refusal, claim);
  }

  private String setDetail() {
    return set == null || set.isMarkedForDeletion() || isAsleep(set)
        ? ""
        : "StatefulSet %s has no pod yet".formatted(set.getMetadata().getName())
            + Remedy.ofSetWithoutPod(set.getMetadata().getNamespace(), set.getMetadata().getName());
  }

  private static String containerDetail(ContainerStatus container, Pod pod) {
    var text = new StringBuilder();
    var waiting = container.getState().getWaiting();
    if (waiting != null) {
      text.append("container waits: ").append(waiting.getReason());
      if (waiting.getMessage() != null) {
        text.append(": ").append(waiting.getMessage());
      }
      text.append(Remedy.ofContainer(waiting.getReason(), pod.getMetadata()));
    }
    var last = container.getLastState();
    var terminated = container.getState().getTerminated();
    if (terminated == null && last != null) {
      terminated = last.getTerminated();
    }
    if (terminated != null) {
      text.append(text.isEmpty() ? "" : "; ")
          .append("it ended with exit code ")
          .append(terminated.getExitCode());
      if (terminated.getMessage() != null) {
        text.append(": ").append(terminated.getMessage().strip());
      }
    }
    return text.toString();
  }
}
