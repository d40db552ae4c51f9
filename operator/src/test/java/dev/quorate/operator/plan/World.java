package dev.quorate.operator.plan;

import dev.quorate.crds.DeletionPolicy;
import dev.quorate.crds.RaftClusterSpec;
import dev.quorate.crds.RaftSpec;
import dev.quorate.crds.StorageSpec;
import dev.quorate.operator.plan.NodeReport.Fault;
import dev.quorate.operator.plan.NodeReport.Role;
import dev.quorate.operator.plan.NodeReport.State;
import dev.quorate.operator.platform.MemberAddress;
import dev.quorate.operator.platform.ObservedMember;
import dev.quorate.operator.platform.ObservedMember.MachineState;
import dev.quorate.operator.platform.ObservedMember.ProcessState;
import dev.quorate.operator.platform.ObservedMember.VolumeState;
import io.fabric8.kubernetes.api.model.Quantity;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One state of a model of members, their disks, the configuration and the operator's status: a
 * value, so that all that are reachable can be walked.
 *
 * @param pending what the operator has published and not done yet
 * @param leader the number of the leading member, or -1
 */
record World(
    List<Slot> slots,
    int leader,
    int replicas,
    boolean founded,
    @Nullable Step step,
    int nextOrdinal,
    @Nullable Action pending,
    int faultsLeft,
    int editsLeft) {
  static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");
  static final Instant LONG_AGO = NOW.minusSeconds(3600);
  static final long CLUSTER_ID = 77;

  /** The node's process. */
  enum Node {
    NONE,
    STARTING,
    UP,
    HUNG,
    /** It does its part in Raft, and only the operator's way to it is broken. */
    DEAF
  }

  /** The member's disk; UNLINKED: deleted under a process that goes on with its open files. */
  enum Disk {
    NONE,
    EMPTY,
    DATA,
    UNLINKED
  }

  /** Its place in the configuration. */
  enum Place {
    OUT,
    LEARNER,
    VOTER
  }

  /** One member. */
  record Slot(Node process, Disk disk, Place place, boolean caughtUp) {
    static final Slot UNUSED = new Slot(Node.NONE, Disk.NONE, Place.OUT, false);

    boolean works() {
      return (process == Node.UP || process == Node.DEAF)
          && (disk == Disk.DATA || disk == Disk.UNLINKED);
    }

    Slot with(Node next) {
      // What was deleted under a process goes with it.
      return new Slot(next, disk == Disk.UNLINKED ? Disk.NONE : disk, place, caughtUp);
    }

    Slot with(Disk next) {
      return new Slot(process, next, place, caughtUp);
    }

    Slot with(Place next) {
      return new Slot(process, disk, next, caughtUp);
    }

    Slot withCaughtUp(boolean next) {
      return new Slot(process, disk, place, next);
    }
  }

  World {
    slots = List.copyOf(slots);
  }

  static World empty(int replicas, int faults, int edits) {
    return new World(List.of(), -1, replicas, false, null, 0, null, faults, edits);
  }

  static World steady(int members, int replicas, int faults, int edits) {
    var slot = new Slot(Node.UP, Disk.DATA, Place.VOTER, true);
    return new World(
        java.util.Collections.nCopies(members, slot),
        0,
        replicas,
        true,
        null,
        members,
        null,
        faults,
        edits);
  }

  Slot slot(int number) {
    return number < slots.size() ? slots.get(number) : Slot.UNUSED;
  }

  World with(int number, Slot slot) {
    var changed = new ArrayList<>(slots);
    while (changed.size() <= number) {
      changed.add(Slot.UNUSED);
    }
    changed.set(number, slot);
    return new World(
        changed, leader, replicas, founded, step, nextOrdinal, pending, faultsLeft, editsLeft);
  }

  World withLeader(int next) {
    return new World(
        slots, next, replicas, founded, step, nextOrdinal, pending, faultsLeft, editsLeft);
  }

  World withPending(@Nullable Action next) {
    return new World(
        slots, leader, replicas, founded, step, nextOrdinal, next, faultsLeft, editsLeft);
  }

  World withReplicas(int next) {
    return new World(
        slots, leader, next, founded, step, nextOrdinal, pending, faultsLeft, editsLeft - 1);
  }

  World afterFault() {
    return new World(
        slots, leader, replicas, founded, step, nextOrdinal, pending, faultsLeft - 1, editsLeft);
  }

  /** What the operator writes before it acts. */
  World publish(Plan plan) {
    var begun = plan.step();
    int next = begun == null ? 0 : MemberNaming.ordinal(begun.member()) + 1;
    return new World(
        slots,
        leader,
        replicas,
        plan.clusterId() != null,
        // Time is not modelled: whatever was begun was begun long ago.
        begun == null
            ? null
            : new Step(begun.operation(), begun.action(), begun.member(), "", LONG_AGO),
        Math.max(nextOrdinal, next),
        plan.action(),
        faultsLeft,
        editsLeft);
  }

  int count(java.util.function.Predicate<Slot> predicate) {
    return (int) slots.stream().filter(predicate).count();
  }

  int voters() {
    return count(slot -> slot.place() == Place.VOTER);
  }

  int workingVoters() {
    return count(slot -> slot.place() == Place.VOTER && slot.works());
  }

  boolean hasQuorum() {
    return workingVoters() >= voters() / 2 + 1;
  }

  /** Whether enough voters could come back with their data, whatever state they are in now. */
  boolean majorityOfDisks() {
    int intact = count(slot -> slot.place() == Place.VOTER && slot.disk() == Disk.DATA);
    return intact >= voters() / 2 + 1;
  }

  boolean hasLeader() {
    return leader >= 0
        && slot(leader).place() == Place.VOTER
        && slot(leader).works()
        && hasQuorum();
  }

  RaftClusterSpec spec() {
    return new RaftClusterSpec(
        replicas,
        null,
        null,
        new StorageSpec(new Quantity("1Gi"), null),
        null,
        RaftSpec.DEFAULT,
        DeletionPolicy.DELETE,
        null,
        false);
  }

  ObservedCluster observe() {
    var members = new TreeMap<String, ClusterMember>();
    var raft = new ArrayList<RaftMember>();
    int highest = nextOrdinal;
    for (int number = 0; number < slots.size(); number++) {
      var slot = slots.get(number);
      if (!slot.equals(Slot.UNUSED)) {
        var member = member(number, slot);
        members.put(name(number), member);
        highest = Math.max(highest, number + 1);
        if (member.raft() != null) {
          raft.add(member.raft());
        }
      }
    }
    Membership membership =
        hasLeader()
            ? new Membership.Live(leader + 1, 10, 5, false, raft)
            : new Membership.LastKnown(raft);
    return new ObservedCluster(
        "demo",
        founded ? CLUSTER_ID : null,
        CLUSTER_ID,
        members,
        membership,
        step,
        null,
        new RepairBudget(List.of()),
        highest,
        null);
  }

  private ClusterMember member(int number, Slot slot) {
    boolean leads = hasLeader() && leader == number;
    var raft = slot.place() == Place.OUT ? null : raft(number, slot);
    boolean joining =
        step != null
            && step.member().equals(name(number))
            && slot.place() == Place.LEARNER
            && !step.action().equals(Step.CATCH_UP);
    NodeReport node =
        slot.process() == Node.UP
            ? answer(number, slot, leads)
            : new NodeReport.Unreachable("does not answer");
    var platform =
        new ObservedMember(
            name(number),
            slot.process() == Node.NONE ? null : address(number),
            switch (slot.process()) {
              case NONE -> ProcessState.ABSENT;
              case STARTING, UP, HUNG, DEAF -> ProcessState.RUNNING;
            },
            false,
            slot.disk() == Disk.NONE || slot.disk() == Disk.UNLINKED
                ? VolumeState.ABSENT
                : VolumeState.PRESENT,
            false,
            null,
            MachineState.NONE,
            "");
    var member = new ClusterMember(platform, node, raft, leads, joining, null);
    var since = slot.process() == Node.HUNG || slot.process() == Node.DEAF ? LONG_AGO : NOW;
    return member.healthy()
        ? member
        : new ClusterMember(platform, node, raft, leads, joining, since);
  }

  private RaftMember raft(int number, Slot slot) {
    return new RaftMember(
        number + 1,
        name(number),
        List.of(address(number).peerUrl()),
        slot.place() == Place.LEARNER,
        slot.disk() == Disk.DATA,
        slot.works(),
        slot.caughtUp(),
        10);
  }

  private static NodeReport answer(int number, Slot slot, boolean leads) {
    boolean empty = slot.disk() == Disk.EMPTY;
    return new NodeReport.Reachable(
        empty ? State.IDLE : State.RUNNING,
        Fault.NONE,
        "",
        "0.1.0",
        empty ? 0 : CLUSTER_ID,
        empty ? 0 : number + 1,
        empty ? Role.NONE : leads ? Role.LEADER : Role.FOLLOWER,
        0,
        1,
        10);
  }

  static String name(int number) {
    return "demo-" + number;
  }

  private static MemberAddress address(int number) {
    return new MemberAddress(
        "http://" + name(number) + ":2380", "http://" + name(number) + ":2379");
  }
}
