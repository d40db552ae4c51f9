package dev.quorate.operator.plan;

import dev.quorate.crds.DeletionPolicy;
import dev.quorate.crds.RaftClusterSpec;
import dev.quorate.operator.plan.NodeReport.State;
import dev.quorate.operator.platform.ObservedMember.ProcessState;
import dev.quorate.operator.platform.ObservedMember.VolumeState;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the step in flight consists of, and how far it is: like the step itself, that follows from
 * what is seen, so nothing of it has to be remembered.
 */
public final class StepOutline {
  private final RaftClusterSpec spec;
  private final ObservedCluster observed;
  private final Step step;
  private final @Nullable ClusterMember member;
  private final List<PlannedAction> actions = new ArrayList<>();
  private boolean nextFound;

  private StepOutline(RaftClusterSpec spec, ObservedCluster observed, Step step) {
    this.spec = spec;
    this.observed = observed;
    this.step = step;
    this.member = observed.member(step.member());
  }

  /** The actions of the step that is in flight after this plan; none if there is no step. */
  public static List<PlannedAction> of(RaftClusterSpec spec, ObservedCluster observed, Plan plan) {
    var step = plan.step();
    return step == null ? List.of() : new StepOutline(spec, observed, step).outline();
  }

  private List<PlannedAction> outline() {
    switch (step.operation()) {
      case BOOTSTRAP -> bootstrap();
      case ADD_MEMBER -> add();
      case REMOVE_MEMBER -> remove();
      case REPLACE_MEMBER -> replace();
      case UPDATE_MEMBER -> update();
      case ROLL_BACK_MEMBER -> rollBack();
      case RESTART_MEMBER -> action(kind(Action.RestartMember.class), false);
      case TRANSFER_LEADERSHIP -> action(kind(Action.TransferLeadership.class), false);
    }
    return List.copyOf(actions);
  }

  private void bootstrap() {
    action(kind(Action.CreateMember.class), answers());
    action(kind(Action.BootstrapMember.class), answers() && !idle());
  }

  private void add() {
    var raft = raft();
    action(kind(Action.CreateMember.class), answers());
    action(kind(Action.AddLearner.class), raft != null);
    action(kind(Action.JoinMember.class), raft != null && answers() && !idle());
    action(Step.CATCH_UP, raft != null && raft.caughtUp() && raft.active());
    action(kind(Action.PromoteLearner.class), raft != null && !raft.learner());
    var old = step.replaces();
    if (old != null && raftOf(old) != null) {
      action(Step.Operation.REMOVE_MEMBER.word(), old, false);
    }
  }

  private void remove() {
    handOver();
    action(kind(Action.RemoveMember.class), raft() == null);
    action(kind(Action.DeleteMember.class), member == null || member.gone() || member.letGo());
    if (spec.deletionPolicy() == DeletionPolicy.DELETE) {
      action(
          kind(Action.DeleteVolume.class),
          member == null || member.platform().volume() == VolumeState.ABSENT);
    }
  }

  /** The place is filled by a step of its own, whose member has a name already. */
  private void replace() {
    remove();
    int left = observed.voters().size() - (member != null && member.votes() ? 1 : 0);
    if (left < spec.replicas()) {
      action(Step.Operation.ADD_MEMBER.word(), observed.nextName(), false);
    }
  }

  private void update() {
    handOver();
    var change = step.change();
    boolean made = change != null && member != null && member.madeFrom(change.to());
    action(kind(Action.UpdateMember.class), made && runs());
    action(Step.CATCH_UP, member != null && CanaryVerdict.isBack(member));
    if (change != null && change.from() != null && spec.updates().canary()) {
      action(kind(Action.CompareState.class), false);
    }
  }

  private void rollBack() {
    handOver();
    action(kind(Action.UpdateMember.class), false);
  }

  /** Nobody remembers who led before, so one that never did is not told of. */
  private void handOver() {
    var transfer = kind(Action.TransferLeadership.class);
    boolean leads = member != null && member.leads() && observed.voters().size() > 1;
    if (leads || step.action().equals(transfer)) {
      action(transfer, !leads);
    }
  }

  private void action(String action, boolean done) {
    action(action, step.member(), done);
  }

  private void action(String action, String of, boolean done) {
    actions.add(new PlannedAction(action, of, state(done)));
  }

  private PlannedAction.State state(boolean done) {
    if (nextFound) {
      return PlannedAction.State.LATER;
    }
    nextFound = !done;
    return done ? PlannedAction.State.DONE : PlannedAction.State.NEXT;
  }

  private static String kind(Class<? extends Action> action) {
    return action.getSimpleName();
  }

  private @Nullable RaftMember raft() {
    return raftOf(step.member());
  }

  private @Nullable RaftMember raftOf(String name) {
    var one = observed.member(name);
    return one == null ? null : one.raft();
  }

  private boolean answers() {
    return runs() && member != null && member.answer() != null;
  }

  private boolean runs() {
    return member != null && member.platform().process() == ProcessState.RUNNING;
  }

  private boolean idle() {
    var answer = member == null ? null : member.answer();
    return answer != null && answer.state() == State.IDLE;
  }
}
