package dev.quorate.node;

import dev.quorate.api.admin.Fault;
import dev.quorate.api.admin.MemberStatus;
import dev.quorate.api.admin.NodeStatus;
import dev.quorate.api.admin.RaftRole;
import dev.quorate.api.etcd.Member;
import dev.quorate.node.kv.KvStateMachine;
import dev.quorate.node.replication.NodeIdentity;
import dev.quorate.node.replication.Replica;
import dev.quorate.node.replication.ReplicaStatus;
import dev.quorate.raft.RaftStatus;
import dev.quorate.raft.RaftStatus.FollowerStatus;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Puts what the operator sees of a node into words. */
final class NodeStatusReport {
  /** A member that lacks no more than this, and no more than a tenth of the log, is caught up. */
  private static final long CAUGHT_UP_ENTRIES = 5_000;

  private NodeStatusReport() {}

  /**
   * All that a node knows of itself.
   *
   * @param identity whose data it has, null if nobody's
   * @param running its member, null if none runs
   */
  static NodeStatus of(
      NodeLife.Now now,
      String name,
      @Nullable NodeIdentity identity,
      @Nullable Replica running,
      StateComparisons comparisons,
      SpaceWatch space) {
    var report = of(now, name);
    if (identity != null) {
      report.setClusterId(identity.clusterId()).setMemberId(identity.memberId());
    }
    if (running != null) {
      addMember(report, running.status(), running.machine(), comparisons);
      report.setElectionTimeoutMilliseconds(running.electionTimeout().toMillis());
      space.addTo(report);
    }
    return report.build();
  }

  /** What is known without a running member. */
  static NodeStatus.Builder of(NodeLife.Now now, String name) {
    return NodeStatus.newBuilder()
        .setState(state(now.state()))
        .setReason(now.reason())
        .setFault(fault(now.fault()))
        .setVersion(Versions.product())
        .setDataReadableFrom(Versions.DATA_READABLE_FROM)
        .setName(name);
  }

  /** Adds what a running member knows of itself and its cluster. */
  static void addMember(
      NodeStatus.Builder report,
      ReplicaStatus status,
      KvStateMachine machine,
      StateComparisons comparisons) {
    RaftStatus raft = status.raft();
    report
        .setMemberId(raft.id())
        .setRole(role(raft.role()))
        .setLeaderId(raft.leader())
        .setTerm(raft.term())
        .setCommittedIndex(raft.committedIndex())
        .setAppliedIndex(raft.appliedIndex())
        .setRevision(machine.revision())
        .setDatabaseBytes(machine.databaseSizeBytes())
        .setConfigurationIndex(status.configurationIndex())
        .setMembershipChangePending(raft.leads() && raft.membershipChangePending());
    Map<Long, FollowerStatus> followers =
        raft.followers().stream()
            .collect(Collectors.toMap(FollowerStatus::id, Function.identity()));
    for (Member member : status.members().list()) {
      var seen = member(member, raft, followers.get(member.getID()));
      var comparison = raft.leads() ? comparisons.of(member.getID()) : null;
      report.addMembers(
          comparison == null ? seen : seen.toBuilder().setComparison(comparison).build());
    }
  }

  private static MemberStatus member(
      Member member, RaftStatus raft, @Nullable FollowerStatus follower) {
    var report =
        MemberStatus.newBuilder()
            .setId(member.getID())
            .setName(member.getName())
            .addAllPeerUrls(member.getPeerURLsList())
            .addAllClientUrls(member.getClientURLsList())
            .setLearner(member.getIsLearner());
    if (!raft.leads()) {
      return report.build();
    }
    if (member.getID() == raft.id()) {
      return report
          .setMatchIndex(raft.last().index())
          .setRecentlyActive(true)
          .setCaughtUp(true)
          .build();
    }
    if (follower != null) {
      report
          .setMatchIndex(follower.matchIndex())
          .setRecentlyActive(follower.recentlyActive())
          .setCaughtUp(follower.recentlyActive() && caughtUp(follower, raft.last().index()));
    }
    return report.build();
  }

  private static boolean caughtUp(FollowerStatus follower, long lastIndex) {
    long lacking = lastIndex - follower.matchIndex();
    return !follower.snapshotting() && lacking <= CAUGHT_UP_ENTRIES && lacking * 10 <= lastIndex;
  }

  private static dev.quorate.api.admin.NodeState state(NodeState state) {
    return switch (state) {
      // An operator that took a node for empty while it only opens its data would replace it.
      case STARTING -> dev.quorate.api.admin.NodeState.NODE_STATE_UNSPECIFIED;
      case IDLE -> dev.quorate.api.admin.NodeState.IDLE;
      case RUNNING -> dev.quorate.api.admin.NodeState.RUNNING;
      case PAUSED -> dev.quorate.api.admin.NodeState.PAUSED;
      case TERMINATED -> dev.quorate.api.admin.NodeState.TERMINATED;
    };
  }

  private static Fault fault(NodeFault fault) {
    return switch (fault) {
      case NONE -> Fault.FAULT_NONE;
      case DATA_LOST -> Fault.DATA_LOST;
      case FORMAT_TOO_NEW -> Fault.FORMAT_TOO_NEW;
      case DISK_FAILED -> Fault.DISK_FAILED;
      case MEMBER_REMOVED -> Fault.MEMBER_REMOVED;
    };
  }

  private static RaftRole role(RaftStatus.RoleName role) {
    return switch (role) {
      case FOLLOWER -> RaftRole.FOLLOWER;
      case PRE_CANDIDATE -> RaftRole.PRE_CANDIDATE;
      case CANDIDATE -> RaftRole.CANDIDATE;
      case LEADER -> RaftRole.LEADER;
      case LEARNER -> RaftRole.LEARNER;
    };
  }
}
