package dev.quorate.node.replication;

import dev.quorate.node.kv.MemberTable;
import dev.quorate.node.replication.ReplicationException.Reason;
import dev.quorate.raft.RaftStatus;
import dev.quorate.raft.RaftStatus.FollowerStatus;
import dev.quorate.raft.quorum.MembershipChange;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decides at the leader whether a membership step may be proposed: whether it fits the members, was
 * decided on the present configuration, and leaves a quorum of healthy voters (DESIGN 3.6; etcd's
 * strict-reconfig-check). Pure: a status in, a reason out.
 */
final class MembershipGuard {
  private static final int PROMOTION_PERCENT = 90;

  private MembershipGuard() {}

  /** Why the step is refused, null if it may be proposed. */
  static @Nullable Reason refusal(
      RaftStatus status, MemberTable members, int maxLearners, MembershipRequest request) {
    if (!status.leads()) {
      return Reason.LEADER_CHANGED;
    }
    var fence = request.fence();
    if (fence != null
        && (fence.expectedConfigurationIndex() != members.configurationIndex()
            || fence.fencingEpoch() < members.fencingEpoch())) {
      return Reason.STALE_FENCE;
    }
    var reason =
        switch (request.change()) {
          case MembershipChange.AddLearner(long id) ->
              learner(status, members, maxLearners, id, request);
          case MembershipChange.AddVoter(long id) -> voter(status, members, id, request);
          case MembershipChange.PromoteLearner(long id) -> promotion(status, members, id);
          case MembershipChange.Remove(long id) -> removal(status, members, id, request);
        };
    if (reason == null && status.membershipChangePending()) {
      return Reason.CHANGE_PENDING;
    }
    return reason;
  }

  private static @Nullable Reason learner(
      RaftStatus status, MemberTable members, int maxLearners, long id, MembershipRequest request) {
    var reason = newcomer(members, id, request.member().getPeerURLsList());
    if (reason == null && status.configuration().learners().size() >= maxLearners) {
      return Reason.TOO_MANY_LEARNERS;
    }
    return reason;
  }

  private static @Nullable Reason newcomer(MemberTable members, long id, List<String> peerUrls) {
    if (members.member(id) != null || members.isRemoved(id)) {
      return Reason.MEMBER_EXISTS;
    }
    return members.hasPeerUrl(id, peerUrls) ? Reason.PEER_URL_EXISTS : null;
  }

  /** The newcomer counts as down until it is heard of. */
  private static @Nullable Reason voter(
      RaftStatus status, MemberTable members, long id, MembershipRequest request) {
    var reason = newcomer(members, id, request.member().getPeerURLsList());
    int voters = status.configuration().voters().size();
    // From one to two there is no other way than to wait for the second one.
    boolean enough = voters == 1 || healthyVoters(status) >= quorum(voters + 1);
    return reason == null && !enough ? Reason.NOT_ENOUGH_STARTED_MEMBERS : reason;
  }

  private static @Nullable Reason promotion(RaftStatus status, MemberTable members, long id) {
    if (members.member(id) == null) {
      return Reason.MEMBER_NOT_FOUND;
    }
    if (!status.configuration().learners().contains(id)) {
      return Reason.NOT_A_LEARNER;
    }
    var learner = follower(status, id);
    if (learner == null
        || !learner.recentlyActive()
        || learner.matchIndex() * 100 < status.last().index() * PROMOTION_PERCENT) {
      return Reason.LEARNER_NOT_READY;
    }
    return healthyVoters(status) + 1 >= quorum(status.configuration().voters().size() + 1)
        ? null
        : Reason.NOT_ENOUGH_STARTED_MEMBERS;
  }

  private static @Nullable Reason removal(
      RaftStatus status, MemberTable members, long id, MembershipRequest request) {
    if (members.member(id) == null) {
      return Reason.MEMBER_NOT_FOUND;
    }
    if (!status.configuration().isVoter(id)) {
      return null;
    }
    int votersAfter = status.configuration().voters().size() - 1;
    boolean healthy = isHealthy(status, id);
    int healthyAfter = healthyVoters(status) - (healthy ? 1 : 0);
    if (votersAfter == 0) {
      return Reason.NOT_ENOUGH_STARTED_MEMBERS;
    }
    // A dead voter may always go as long as the living ones are a quorum: that only helps.
    int needed = quorum(votersAfter);
    var fence = request.fence();
    if (healthy && fence != null) {
      needed = Math.max(needed, quorum(fence.targetVoters()));
    }
    return healthyAfter >= needed ? null : Reason.UNHEALTHY;
  }

  private static int quorum(int voters) {
    return voters / 2 + 1;
  }

  private static int healthyVoters(RaftStatus status) {
    int healthy = 0;
    for (long voter : status.configuration().voters()) {
      if (isHealthy(status, voter)) {
        healthy++;
      }
    }
    return healthy;
  }

  private static boolean isHealthy(RaftStatus status, long id) {
    var follower = follower(status, id);
    return id == status.id() || (follower != null && follower.recentlyActive());
  }

  private static @Nullable FollowerStatus follower(RaftStatus status, long id) {
    for (var follower : status.followers()) {
      if (follower.id() == id) {
        return follower;
      }
    }
    return null;
  }
}
