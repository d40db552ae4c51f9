package dev.quorate.operator.plan;

import dev.quorate.crds.RaftClusterSpec;
import dev.quorate.operator.plan.Comparison.Outcome;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One state of a model of members, their disks, the configuration and the operator's status: a
 * value, so that all that are reachable can be walked.
 *
 * @param leader the number of the leading member, or -1
 * @param wish the spec
 * @param status what the operator wrote
 * @param pending what the operator has published and not done yet
 * @param compared how the state of the member that the step updates compares; null if not asked
 * @param cached the members as the operator's caches show them; null while those are up to date
 */
record World(
    List<Slot> slots,
    int leader,
    Wish wish,
    Status status,
    @Nullable Action pending,
    @Nullable Outcome compared,
    @Nullable List<Slot> cached,
    Budget budget) {
  static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");
  static final Instant LONG_AGO = NOW.minusSeconds(3600);
  static final long CLUSTER_ID = 77;

  /** Pods of this template never run. */
  static final int BROKEN = 2;

  /** Members of this template come to hold something else than the others. */
  static final int ASTRAY = 3;

  static final int TEMPLATES = 4;

  /** What the user asks for; templates and volumes ({@link WorldVolumes}) are numbers. */
  record Wish(int replicas, int template, boolean hibernated, int volume, boolean replaces) {
    Wish(int replicas, int template) {
      this(replicas, template, false, 0, true);
    }

    Wish(int replicas, int template, int volume, boolean replaces) {
      this(replicas, template, false, volume, replaces);
    }

    Wish replicas(int next) {
      return new Wish(next, template, hibernated, volume, replaces);
    }

    Wish volumes(int next, boolean replacing) {
      return new Wish(replicas, template, hibernated, next, replacing);
    }

    Wish template(int next) {
      return new Wish(replicas, next, hibernated, volume, replaces);
    }

    Wish hibernated(boolean next) {
      return new Wish(replicas, template, next, volume, replaces);
    }
  }

  /**
   * What the operator keeps in the status.
   *
   * @param replaced the members that it replaced within the hour, which does not pass while they
   *     are walked
   * @param refused the member whose volume was tried last to grow and does not; -1 if none
   */
  record Status(
      boolean founded,
      @Nullable Step step,
      int nextOrdinal,
      Verdicts verdicts,
      List<Integer> replaced,
      int refused) {
    Status {
      replaced = List.copyOf(replaced);
    }

    Status(boolean founded, @Nullable Step step, int nextOrdinal, Verdicts verdicts) {
      this(founded, step, nextOrdinal, verdicts, List.of(), -1);
    }

    Status with(Step next) {
      return new Status(founded, next, nextOrdinal, verdicts, replaced, refused);
    }

    Status anHourLater() {
      return new Status(founded, step, nextOrdinal, verdicts, List.of(), refused);
    }

    Status refusing(int member) {
      return new Status(founded, step, nextOrdinal, verdicts, replaced, member);
    }
  }

  /**
   * How much misfortune and how many edits are still to come.
   *
   * @param stale whether caches may stall
   * @param scales whether edits change the number of members, not their template
   * @param machines whether machines are lost, cordoned and drained, too
   * @param hibernates whether edits let the cluster sleep and wake, too
   * @param volumes whether edits change what volumes are wanted
   * @param fills whether volumes fill, and grow by themselves
   */
  record Budget(
      int faults,
      int edits,
      boolean stale,
      boolean scales,
      boolean machines,
      boolean hibernates,
      boolean volumes,
      boolean fills) {
    Budget(
        int faults,
        int edits,
        boolean stale,
        boolean scales,
        boolean machines,
        boolean hibernates,
        boolean volumes) {
      this(faults, edits, stale, scales, machines, hibernates, volumes, false);
    }

    Budget(int faults, int edits, boolean stale, boolean scales) {
      this(faults, edits, stale, scales, false);
    }

    Budget(int faults, int edits, boolean stale, boolean scales, boolean machines) {
      this(faults, edits, stale, scales, machines, false, false);
    }

    Budget afterFault() {
      return new Budget(faults - 1, edits, stale, scales, machines, hibernates, volumes, fills);
    }

    Budget afterEdit() {
      return new Budget(faults, edits - 1, stale, scales, machines, hibernates, volumes, fills);
    }
  }

  /** The machine of a member, which it shares with nobody. */
  enum Site {
    READY,
    /** It takes nobody new; who is on it goes on. */
    LEAVING,
    /** It does not answer: what is on it may run or not, and is not heard of until it is back. */
    LOST
  }

  /** The node's process. */
  enum Node {
    NONE,
    STARTING,
    UP,
    HUNG,
    /** It hangs, and was restarted in vain as often as it may be. */
    STUCK,
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

  World {
    slots = List.copyOf(slots);
  }

  static World empty(int replicas, int faults, int edits) {
    return new World(
        List.of(),
        -1,
        new Wish(replicas, 0),
        new Status(false, null, 0, Verdicts.NONE),
        null,
        null,
        null,
        new Budget(faults, edits, false, true));
  }

  static World steady(int members, int replicas, int faults, int edits) {
    var slot = new Slot(Node.UP, Disk.DATA, Place.VOTER, true);
    return of(Collections.nCopies(members, slot), 0, replicas, null, members)
        .with(new Budget(faults, edits, false, true));
  }

  /** A cluster whose members prove the template that is wanted. */
  static World of(
      List<Slot> slots, int leader, int replicas, @Nullable Step step, int nextOrdinal) {
    return new World(
        slots,
        leader,
        new Wish(replicas, 0),
        new Status(true, step, nextOrdinal, new Verdicts(template(0), null, null)),
        null,
        null,
        null,
        new Budget(0, 0, false, true));
  }

  Slot slot(int number) {
    return number < slots.size() ? slots.get(number) : Slot.UNUSED;
  }

  /** As the operator's caches show it. */
  Slot seen(int number) {
    if (cached == null) {
      return slot(number);
    }
    return number < cached.size() ? cached.get(number) : Slot.UNUSED;
  }

  World with(int number, Slot slot) {
    var changed = new ArrayList<>(slots);
    while (changed.size() <= number) {
      changed.add(Slot.UNUSED);
    }
    changed.set(number, slot);
    return new World(changed, leader, wish, status, pending, compared, cached, budget);
  }

  World withLeader(int next) {
    // The leader's comparisons go with it.
    return new World(slots, next, wish, status, pending, null, cached, budget);
  }

  World withPending(@Nullable Action next) {
    return new World(slots, leader, wish, status, next, compared, cached, budget);
  }

  World with(Wish next) {
    return new World(slots, leader, next, status, pending, compared, cached, budget);
  }

  World with(Budget next) {
    return new World(slots, leader, wish, status, pending, compared, cached, next);
  }

  World with(Status next) {
    return new World(slots, leader, wish, next, pending, compared, cached, budget);
  }

  World withCompared(@Nullable Outcome next) {
    return new World(slots, leader, wish, status, pending, next, cached, budget);
  }

  World withCached(@Nullable List<Slot> next) {
    return new World(slots, leader, wish, status, pending, compared, next, budget);
  }

  World afterFault() {
    return with(budget.afterFault());
  }

  /** What the operator writes before it acts. */
  World publish(Plan plan) {
    var begun = plan.step();
    int next = begun == null ? 0 : MemberNaming.ordinal(begun.member()) + 1;
    var step = begun == null ? null : remembered(begun);
    boolean same = Objects.equals(step, status.step());
    return new World(
        slots,
        leader,
        wish,
        new Status(
            plan.clusterId() != null,
            step,
            Math.max(status.nextOrdinal(), next),
            remembered(plan.verdicts()),
            observe().repairs().after(plan, NOW).stream()
                .filter(repair -> repair.action().equals("ReplaceMember"))
                .map(repair -> MemberNaming.ordinal(repair.member()))
                .sorted()
                .toList(),
            plan.failure() == null ? -1 : status.refused()),
        plan.failure() == null ? plan.action() : null, // It would be refused again.
        same ? compared : null,
        cached,
        budget);
  }

  /** Time counts for updates alone: whatever else was begun was begun long ago. */
  private static Step remembered(Step begun) {
    var at = begun.operation() == Step.Operation.UPDATE_MEMBER ? begun.startedAt() : LONG_AGO;
    return new Step(
        begun.operation(),
        begun.action(),
        begun.member(),
        "",
        at,
        begun.change(),
        begun.replaces());
  }

  private static Verdicts remembered(Verdicts verdicts) {
    var rejected = verdicts.rejected();
    return rejected == null
        ? verdicts
        : new Verdicts(
            verdicts.proven(),
            verdicts.before(),
            new Rejection(rejected.template(), rejected.member(), "", NOW));
  }

  int count(Predicate<Slot> predicate) {
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
    var spec = WorldView.spec(wish);
    return budget.fills() ? WorldVolumes.growing(spec) : spec;
  }

  ObservedCluster observe() {
    return new WorldView(this).observe();
  }

  static String template(int number) {
    return "t" + number;
  }

  static int template(String mark) {
    return Integer.parseInt(mark.substring(1));
  }

  static String name(int number) {
    return "demo-" + number;
  }
}
