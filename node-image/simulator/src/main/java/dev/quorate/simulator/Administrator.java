package dev.quorate.simulator;

import dev.quorate.api.command.MembershipContext;
import dev.quorate.api.etcd.Member;
import dev.quorate.raft.ProposalResult;
import dev.quorate.raft.RaftStatus;
import dev.quorate.raft.check.Bytes;
import dev.quorate.raft.quorum.MembershipChange;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** Changes the membership and moves leadership all the time, as an operator would: step by step. */
final class Administrator {
  private static final int MAX_VOTERS = 5;

  private final Simulation simulation;
  private final RandomGenerator random;
  private boolean stopped;

  Administrator(Simulation simulation, RandomGenerator random) {
    this.simulation = simulation;
    this.random = random;
  }

  void start() {
    var plan = simulation.plan();
    every(
        plan.wipes() && plan.membershipMicros() == 0 ? 500_000 : plan.membershipMicros(),
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

  /** Only when all are up and agree, and one more failure can be survived. */
  boolean mayLose(SimulatedNode node) {
    var leader = simulation.leader();
    if (leader == null || leader.configuration().voters().size() < 3) {
      return false;
    }
    for (var other : simulation.nodes()) {
      var process = other.incarnation();
      boolean member = leader.configuration().contains(other.id());
      if (member
          && (process == null
              || process.status().membershipChangePending()
              || !process.status().configuration().equals(leader.configuration()))) {
        return false;
      }
    }
    return leader.configuration().contains(node.id());
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

  private void propose(RaftStatus status, MembershipChange change) {
    var node = simulation.node(status.id());
    if (node == null) {
      return;
    }
    var context =
        MembershipContext.newBuilder()
            .setMember(Member.newBuilder().setID(change.id()).setName("node" + change.id()))
            .build();
    node.receive(
        (Incarnation process) -> {
          var result = process.proposeMembership(change, Bytes.of(context.toByteArray()));
          boolean adds =
              change instanceof MembershipChange.AddLearner
                  || change instanceof MembershipChange.AddVoter;
          if (result == ProposalResult.APPENDED) {
            simulation.trace(status.id(), "proposes " + change);
            if (adds && simulation.node(change.id()) == null) {
              simulation.addNode(change.id(), List.of());
            }
          }
        });
  }

  private void transfer() {
    var status = simulation.leader();
    if (status != null) {
      var voters = List.copyOf(status.configuration().voters());
      var node = simulation.node(status.id());
      if (node != null) {
        long target = voters.get(random.nextInt(voters.size()));
        node.receive((Incarnation process) -> process.transferLeadership(target));
      }
    }
  }
}
