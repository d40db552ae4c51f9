package dev.quorate.simulator;

import dev.quorate.api.etcd.Member;
import dev.quorate.node.replication.MembershipRequest;
import dev.quorate.raft.RaftStatus;
import dev.quorate.raft.quorum.MembershipChange;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Changes the membership and moves leadership all the time, as an operator would: step by step. */
final class Administrator {
  private static final int MAX_VOTERS = 5;
  private static final long REPAIR_MICROS = 500_000;

  /** A step that was asked for may be taken until then, whoever asked has long given up. */
  private static final long LONGEST_STEP_MICROS = 6_000_000;

  private final Simulation simulation;
  private final RandomGenerator random;
  private boolean stopped;

  /**
   * Until when each step that was asked for may still be taken; without those that were answered.
   */
  private final Map<Long, Long> openUntilMicros = new TreeMap<>();

  private long asked;

  Administrator(Simulation simulation, RandomGenerator random) {
    this.simulation = simulation;
    this.random = random;
  }

  static Member member(long id) {
    return Member.newBuilder()
        .setID(id)
        .setName("node" + id)
        .addPeerURLs("http://node" + id + ":2380")
        .build();
  }

  void start() {
    var plan = simulation.plan();
    every(
        plan.losesDisks() && plan.membershipMicros() == 0 ? REPAIR_MICROS : plan.membershipMicros(),
        this::change);
    every(plan.transferMicros(), this::transfer);
  }

  void stop() {
    stopped = true;
  }

  private void every(long meanMicros, Runnable step) {
    if (meanMicros > 0) {
      simulation
          .timeline()
          .after(
              random.nextLong(2 * meanMicros),
              () -> {
                if (!stopped) {
                  step.run();
                  every(meanMicros, step);
                }
              });
    }
  }

  /**
   * Only when all are up and agree, one more failure can be survived, and no step may still come
   * that would make it one too many.
   */
  boolean mayLose(SimulatedNode node) {
    var leader = simulation.leader();
    if (leader == null || leader.configuration().voters().size() < 3 || mayStillBeTaken()) {
      return false;
    }
    for (var other : simulation.nodes()) {
      var process = other.incarnation();
      boolean member = leader.configuration().contains(other.id());
      if (member
          && (process == null
              || process.hasStopped()
              || process.status().membershipChangePending()
              || !process.status().configuration().equals(leader.configuration()))) {
        return false;
      }
    }
    return leader.configuration().contains(node.id());
  }

  private boolean mayStillBeTaken() {
    long now = simulation.timeline().nowMicros();
    return openUntilMicros.values().stream().anyMatch(until -> now <= until);
  }

  private void change() {
    var status = simulation.leader();
    if (status != null) {
      propose(status, choose(status));
    }
  }

  private MembershipChange choose(RaftStatus status) {
    var voters = List.copyOf(status.configuration().voters());
    var learners = List.copyOf(status.configuration().learners());
    var members = new ArrayList<>(voters);
    members.addAll(learners);
    for (long id : members) {
      var node = simulation.node(id);
      if (node == null || node.isDead()) {
        return new MembershipChange.Remove(id);
      }
    }
    for (var follower : status.followers()) {
      if (follower.learner() && follower.matchIndex() >= status.committedIndex() - 10) {
        return new MembershipChange.PromoteLearner(follower.id());
      }
    }
    boolean shrink = voters.size() > 1 && (voters.size() >= MAX_VOTERS || random.nextInt(3) == 0);
    if (shrink || members.size() > MAX_VOTERS + 1) {
      boolean leader = voters.size() > 1 && random.nextBoolean();
      return new MembershipChange.Remove(
          leader ? status.id() : members.get(random.nextInt(members.size())));
    }
    long id = simulation.newNodeId();
    return random.nextInt(4) == 0
        ? new MembershipChange.AddVoter(id)
        : new MembershipChange.AddLearner(id);
  }

  /** The leader is asked, sometimes another member, which passes it on. */
  private void propose(RaftStatus status, MembershipChange change) {
    boolean adds =
        change instanceof MembershipChange.AddLearner
            || change instanceof MembershipChange.AddVoter;
    // It must be there before anybody counts on it; nobody can tell when that is.
    if (adds) {
      simulation.addNode(change.id(), List.of());
    }
    var node = random.nextInt(4) == 0 ? simulation.anyNode(random) : simulation.node(status.id());
    if (node == null) {
      return;
    }
    long step = ++asked;
    node.receive(
        process -> {
          simulation.trace(process.id(), "is asked for " + change);
          openUntilMicros.put(step, simulation.timeline().nowMicros() + LONGEST_STEP_MICROS);
          var _ =
              process
                  .replica()
                  .changeMembership(new MembershipRequest(change, member(change.id()), null))
                  .whenComplete(
                      simulation
                          .verdict()
                          .guard((_, failure) -> answered(step, change, adds, failure)));
        });
  }

  private void answered(
      long step, MembershipChange change, boolean adds, @Nullable Throwable failure) {
    if (failure != null && Outcome.isUnknown(failure)) {
      return;
    }
    openUntilMicros.remove(step);
    if (adds && failure != null) {
      simulation.forget(change.id());
    }
  }

  private void transfer() {
    var status = simulation.leader();
    if (status != null) {
      var voters = List.copyOf(status.configuration().voters());
      transfer(status.id(), voters.get(random.nextInt(voters.size())));
    }
  }

  /** Has the leader hand over; 0: to whom it likes. */
  void transfer(long leader, long target) {
    var node = simulation.node(leader);
    if (node != null) {
      node.receive(
          process -> {
            var _ = process.replica().transferLeadership(target);
          });
    }
  }
}
