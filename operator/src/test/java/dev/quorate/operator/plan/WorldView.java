package dev.quorate.operator.plan;

import static org.assertj.core.api.Assertions.fail;

import dev.quorate.crds.DeletionPolicy;
import dev.quorate.crds.RaftClusterSpec;
import dev.quorate.crds.RaftSpec;
import dev.quorate.crds.RepairSpec;
import dev.quorate.crds.StorageSpec;
import dev.quorate.crds.TlsSpec;
import dev.quorate.crds.UpdatesSpec;
import dev.quorate.crds.VolumeChangePolicy;
import dev.quorate.operator.plan.NodeReport.Fault;
import dev.quorate.operator.plan.NodeReport.Role;
import dev.quorate.operator.plan.NodeReport.State;
import dev.quorate.operator.plan.World.Disk;
import dev.quorate.operator.plan.World.Node;
import dev.quorate.operator.plan.World.Place;
import dev.quorate.operator.plan.World.Site;
import dev.quorate.operator.plan.World.Wish;
import dev.quorate.operator.platform.MemberAddress;
import dev.quorate.operator.platform.ObservedMember;
import dev.quorate.operator.platform.ObservedMember.Hindrance;
import dev.quorate.operator.platform.ObservedMember.Machine;
import dev.quorate.operator.platform.ObservedMember.MachineState;
import dev.quorate.operator.platform.ObservedMember.ProcessState;
import dev.quorate.operator.platform.ObservedMember.Template;
import dev.quorate.operator.platform.ObservedMember.VolumeState;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A {@link World} as the operator sees it. */
record WorldView(World world) {
  static RaftClusterSpec spec(Wish wish) {
    return new RaftClusterSpec(
        wish.replicas(),
        null,
        null,
        new StorageSpec(
            new Quantity("1Gi"),
            null,
            wish.replaces() ? VolumeChangePolicy.REPLACE : VolumeChangePolicy.REFUSE),
        null,
        RaftSpec.DEFAULT,
        DeletionPolicy.DELETE,
        null,
        UpdatesSpec.DEFAULT,
        RepairSpec.DEFAULT,
        false,
        wish.hibernated(),
        TlsSpec.DISABLED);
  }

  ObservedCluster observe() {
    var members = new TreeMap<String, ClusterMember>();
    var raft = new ArrayList<RaftMember>();
    int highest = world.status().nextOrdinal();
    for (int number = 0; number < world.slots().size(); number++) {
      var slot = world.slot(number);
      if (slot.place() != Place.OUT || !world.seen(number).equals(Slot.UNUSED)) {
        var member = member(number, slot);
        members.put(World.name(number), member);
        highest = Math.max(highest, number + 1);
        if (member.raft() != null) {
          raft.add(member.raft());
        }
      }
    }
    Membership membership =
        world.hasLeader() && !world.seen(world.leader()).asleep()
            ? new Membership.Live(world.leader() + 1, 10, 5, false, raft)
            : new Membership.LastKnown(raft);
    return new ObservedCluster(
        "demo",
        world.status().founded() ? World.CLUSTER_ID : null,
        World.CLUSTER_ID,
        members,
        membership,
        world.status().step(),
        WorldVolumes.failure(world),
        new RepairBudget(repairs()),
        World.template(world.wish().template()),
        world.status().verdicts(),
        highest,
        null,
        world.wish().hibernated());
  }

  private List<Repair> repairs() {
    var repairs = new ArrayList<Repair>();
    for (int number = 0; number < world.slots().size(); number++) {
      if (world.slot(number).process() == Node.STUCK) {
        var restart = new Repair("RestartMember", World.name(number), World.NOW.minusSeconds(600));
        repairs.addAll(Collections.nCopies(RepairBudget.RESTARTS_PER_HOUR, restart));
      }
    }
    for (int number : world.status().replaced()) {
      repairs.add(new Repair("ReplaceMember", World.name(number), World.NOW.minusSeconds(60)));
    }
    return repairs;
  }

  private ClusterMember member(int number, Slot slot) {
    boolean leads = world.hasLeader() && world.leader() == number;
    var raft = slot.place() == Place.OUT ? null : raft(number, slot);
    boolean joining = ClusterMember.isJoining(World.name(number), raft, world.status().step());
    var seen = world.seen(number);
    NodeReport node =
        slot.answers() && seen.process() != Node.NONE && !seen.asleep()
            ? answer(number, slot, leads)
            : slot.opens() && slot.equals(seen)
                ? opening()
                : new NodeReport.Unreachable("does not answer");
    var platform = platform(number, seen);
    var member = new ClusterMember(platform, node, raft, leads, joining, null);
    boolean lasting =
        switch (slot.process()) {
          case HUNG, STUCK, DEAF -> true;
          case STARTING -> slot.broken() || slot.waits();
          case NONE, UP -> slot.site() == Site.LOST;
        };
    var since = lasting ? World.LONG_AGO : World.NOW;
    return member.healthy()
        ? member
        : new ClusterMember(
            platform,
            node,
            raft,
            leads,
            joining,
            since,
            member.missing() && world.hasLeader() ? since : null);
  }

  private ObservedMember platform(int number, Slot seen) {
    return new ObservedMember(
        World.name(number),
        seen.process() == Node.NONE ? null : address(number),
        process(seen),
        new Template(
            seen.running() < 0 ? null : World.template(seen.running()),
            seen.ordered() < 0 ? null : World.template(seen.ordered())),
        seen.process() == Node.UP,
        seen.disk() == Disk.NONE || seen.disk() == Disk.UNLINKED
            ? VolumeState.ABSENT
            : VolumeState.PRESENT,
        WorldVolumes.fit(world, seen),
        machine(number, seen),
        hindrance(seen),
        hindrance(seen) == Hindrance.NONE ? "" : "its machine");
  }

  private static ProcessState process(Slot seen) {
    if (seen.fallsAsleep()) {
      return ProcessState.STOPPING;
    }
    return switch (seen.process()) {
      case NONE -> ProcessState.ABSENT;
      case STARTING ->
          seen.waits()
              ? ProcessState.STARTING
              : seen.broken() ? ProcessState.FAILED : ProcessState.RUNNING;
      case UP, HUNG, STUCK, DEAF ->
          seen.site() == Site.LOST ? ProcessState.UNKNOWN : ProcessState.RUNNING;
    };
  }

  private static Machine machine(int number, Slot seen) {
    return seen.process() == Node.NONE || seen.waits()
        ? Machine.NONE
        : new Machine(
            "worker-" + number,
            null,
            switch (seen.site()) {
              case READY -> MachineState.READY;
              case LEAVING -> MachineState.LEAVING;
              case LOST -> MachineState.NOT_READY;
            });
  }

  private static Hindrance hindrance(Slot seen) {
    if (seen.asleep()) {
      return Hindrance.ASLEEP;
    }
    if (seen.waits()) {
      return Hindrance.VOLUME_OUT_OF_REACH;
    }
    return seen.process() != Node.NONE && seen.site() == Site.LOST
        ? Hindrance.MACHINE_LOST
        : Hindrance.NONE;
  }

  private RaftMember raft(int number, Slot slot) {
    return new RaftMember(
        number + 1,
        World.name(number),
        List.of(address(number).peerUrl()),
        slot.place() == Place.LEARNER,
        slot.disk() == Disk.DATA,
        slot.works(),
        slot.caughtUp(),
        slot.disk() == Disk.DATA || slot.caughtUp() ? 10 : 0,
        comparison(number));
  }

  private @Nullable Comparison comparison(int number) {
    var step = world.status().step();
    var change = step == null ? null : step.change();
    return world.compared() == null
            || step == null
            || change == null
            || !step.member().equals(World.name(number))
        ? null
        : new Comparison(CanaryVerdict.token(step, change), world.compared(), 5);
  }

  /** A majority that is only about to be back is not told as lost. */
  static void checkTold(World world, Plan plan) {
    long back =
        world.slots().stream()
            .filter(slot -> slot.place() == Place.VOTER && slot.disk() == Disk.DATA)
            .filter(slot -> slot.works() || slot.opens())
            .count();
    if (plan.purpose() == Plan.Purpose.QUORUM_LOST
        && world.cached() == null
        && back > world.voters() / 2) {
      fail("a majority that comes back is told as lost: %s", world);
    }
  }

  /** It is there already, and does not know yet what it will be. */
  private static NodeReport opening() {
    return new NodeReport.Reachable(
        State.UNKNOWN,
        Fault.NONE,
        "opens its data",
        "0.1.0",
        0,
        0,
        Role.NONE,
        0,
        0,
        0,
        0,
        "",
        CertificatesInUse.NONE);
  }

  private static NodeReport answer(int number, Slot slot, boolean leads) {
    boolean empty = slot.disk() == Disk.EMPTY;
    return new NodeReport.Reachable(
        empty ? State.IDLE : State.RUNNING,
        Fault.NONE,
        "",
        "0.1.0",
        empty ? 0 : World.CLUSTER_ID,
        empty ? 0 : number + 1,
        empty ? Role.NONE : leads ? Role.LEADER : Role.FOLLOWER,
        0,
        1,
        10,
        0,
        "0.1.0",
        CertificatesInUse.NONE,
        WorldVolumes.disk(slot));
  }

  private static MemberAddress address(int number) {
    return new MemberAddress(
        "http://" + World.name(number) + ":2380", "http://" + World.name(number) + ":2379");
  }

  /** What a member says, with other sizes. */
  static NodeReport.Reachable saying(
      NodeReport.Reachable answer, long databaseBytes, NodeReport.Disk disk) {
    return new NodeReport.Reachable(
        answer.state(),
        answer.fault(),
        answer.reason(),
        answer.version(),
        answer.clusterId(),
        answer.memberId(),
        answer.role(),
        answer.leaderId(),
        answer.term(),
        answer.appliedIndex(),
        databaseBytes,
        answer.dataReadableFrom(),
        answer.certificates(),
        disk);
  }
}
