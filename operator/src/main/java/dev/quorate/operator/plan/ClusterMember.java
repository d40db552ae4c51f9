package dev.quorate.operator.plan;

import dev.quorate.operator.platform.ObservedMember;
import dev.quorate.operator.platform.ObservedMember.Hindrance;
import dev.quorate.operator.platform.ObservedMember.MachineState;
import dev.quorate.operator.platform.ObservedMember.ProcessState;
import dev.quorate.operator.platform.ObservedMember.VolumeState;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Everything known of one member: from the platform, from its node, from the configuration.
 *
 * @param raft its place in the configuration; null if it has none
 * @param joining it was made a learner and, as far as was noted, has not been told so yet
 * @param unhealthySince since when it is not healthy; null while it is
 * @param unreachableSince since when neither a leader nor the operator reaches it, as was noted;
 *     null if one of them did when that was last looked at, or if it only waited for room or for
 *     its image
 */
public record ClusterMember(
    ObservedMember platform,
    NodeReport node,
    @Nullable RaftMember raft,
    boolean leads,
    boolean joining,
    @Nullable Instant unhealthySince,
    @Nullable Instant unreachableSince) {
  /** One that was within reach when it was last looked at. */
  public ClusterMember(
      ObservedMember platform,
      NodeReport node,
      @Nullable RaftMember raft,
      boolean leads,
      boolean joining,
      @Nullable Instant unhealthySince) {
    this(platform, node, raft, leads, joining, unhealthySince, null);
  }

  /**
   * Whether being empty is no loss: it is a learner, or about to become one, that was not told to
   * join yet, by the step that adds it or, where something came between, as far as its leader
   * knows.
   */
  public static boolean isJoining(String name, @Nullable RaftMember raft, @Nullable Step step) {
    if (raft != null && !raft.learner()) {
      return false;
    }
    if (step != null && step.member().equals(name)) {
      return step.operation() == Step.Operation.ADD_MEMBER && !step.action().equals(Step.CATCH_UP);
    }
    return raft != null && !raft.started() && raft.matchIndex() == 0;
  }

  /** The same as the platform sees it otherwise. */
  ClusterMember with(ObservedMember other) {
    return new ClusterMember(other, node, raft, leads, joining, unhealthySince, unreachableSince);
  }

  public String name() {
    return platform.name();
  }

  public boolean votes() {
    return raft != null && !raft.learner();
  }

  /** The node's answer, or null if it gave none. */
  public NodeReport.@Nullable Reachable answer() {
    return node instanceof NodeReport.Reachable reachable ? reachable : null;
  }

  public boolean idle() {
    return node instanceof NodeReport.Reachable reachable
        && reachable.state() == NodeReport.State.IDLE;
  }

  /** It answers, and still looks at its data: it does not know yet what it will be. */
  boolean opening() {
    return platform.process() == ProcessState.RUNNING
        && node instanceof NodeReport.Reachable reachable
        && reachable.state() == NodeReport.State.UNKNOWN
        && reachable.fault() == NodeReport.Fault.NONE;
  }

  public boolean absent() {
    return platform.process() == ProcessState.ABSENT;
  }

  /** It was stopped, or is about to end for that, and nothing but the operator starts it. */
  public boolean asleep() {
    return platform.hindrance() == Hindrance.ASLEEP;
  }

  /** Nothing of it runs, or will without the operator. */
  boolean resting() {
    return absent() || asleep();
  }

  /** Nothing of it runs, and the platform has no order to run it, not even one that sleeps. */
  boolean gone() {
    return absent() && !asleep();
  }

  /**
   * Why the data of a member of the configuration is proven to be gone; null if it is not. Silence
   * proves nothing: a member that does not answer may come back with all it promised.
   */
  public @Nullable String loss() {
    // Before it was told to join, being empty is right; nodes refuse to join where they have been.
    if (raft == null || (joining && !raft.started())) {
      return null;
    }
    return switch (node) {
      case NodeReport.Reachable answer when answer.state() == NodeReport.State.IDLE ->
          "its volume is empty";
      case NodeReport.Reachable answer when answer.fault() == NodeReport.Fault.DATA_LOST ->
          "its data is damaged";
      case NodeReport.Reachable answer when answer.fault() == NodeReport.Fault.DISK_FAILED ->
          "its disk failed";
      case NodeReport.Reachable answer
          when answer.state() == NodeReport.State.RUNNING && answer.memberId() != raft.id() ->
          "its volume holds the data of another member";
      case NodeReport.Reachable _, NodeReport.Unreachable _ ->
          switch (platform.volume()) {
            case LOST, ABSENT -> "its volume is gone";
            case PRESENT, UNKNOWN -> null;
          };
    };
  }

  /** Its volume is lost, and its process may go on with what it has open of it. */
  boolean holdsWhatIsGone() {
    if (loss() == null) {
      return false;
    }
    var answer = answer();
    if (answer == null) {
      return platform.process() == ProcessState.RUNNING
          || platform.process() == ProcessState.UNKNOWN;
    }
    return answer.state() == NodeReport.State.RUNNING
        && answer.fault() == NodeReport.Fault.NONE
        && raft != null
        && answer.memberId() == raft.id();
  }

  /** It does its part, and nothing announces that it will not do so soon. */
  public boolean healthy() {
    return serves() && !leaving();
  }

  /** Its machine is about to be emptied. */
  public boolean leaving() {
    return platform.machineState() == MachineState.LEAVING;
  }

  /** It does its part now. */
  public boolean serves() {
    return raft != null
        && (raft.active() || leads)
        && node instanceof NodeReport.Reachable answer
        && answer.state() == NodeReport.State.RUNNING
        && answer.fault() == NodeReport.Fault.NONE
        && loss() == null
        && platform.machineState() != MachineState.NOT_READY;
  }

  /** It does not run yet, or not any more. */
  boolean starts() {
    return platform.process() == ProcessState.STARTING || platform.process() == ProcessState.FAILED;
  }

  /** It surely serves nobody: it does not run, or says that it refuses to. */
  boolean idles() {
    var answer = answer();
    return starts() || (answer != null && answer.state() == NodeReport.State.PAUSED);
  }

  /** Its node is up and does not complain; whether it takes part only a leader can tell. */
  boolean runs() {
    return platform.process() == ProcessState.RUNNING
        && node instanceof NodeReport.Reachable answer
        && answer.state() == NodeReport.State.RUNNING;
  }

  boolean madeFrom(String template) {
    return platform.template().is(template);
  }

  /** It should answer, as far as the platform can see, and does not. */
  boolean silent() {
    return raft != null
        && answer() == null
        && platform.process() == ProcessState.RUNNING
        && platform.machineState() != MachineState.NOT_READY;
  }

  /**
   * It is silent for the leader as well. One that the leader hears does its part: then only our own
   * way to it is broken, and no restart mends that.
   */
  boolean hangs() {
    return silent() && raft != null && !raft.active() && !leads;
  }

  /** It answers us neither, nor is it heard by the leader, if there is one to ask. */
  public boolean outOfReach() {
    return answer() == null && !leads && (raft == null || !raft.active());
  }

  /**
   * It may well come as soon as it finds room, or its image: the time in which it is out of reach
   * says nothing of what happens to it later.
   */
  private boolean isStillToCome() {
    boolean placed = platform.machineState() != MachineState.NONE;
    return platform.hindrance() == Hindrance.NONE
        && (platform.process() == ProcessState.FAILED
            || (platform.process() == ProcessState.STARTING && !placed));
  }

  /** It is out of reach, and that goes on to count from when it was first seen. */
  public boolean missing() {
    return outOfReach() && !isStillToCome() && !asleep();
  }

  /** The platform has been told to let it go, and nothing is left to be done about it. */
  boolean letGo() {
    return platform.template().ordered() == null
        && (platform.process() == ProcessState.UNKNOWN
            || platform.process() == ProcessState.STOPPING);
  }

  public boolean volumeKnownPresent() {
    return platform.volume() == VolumeState.PRESENT;
  }
}
