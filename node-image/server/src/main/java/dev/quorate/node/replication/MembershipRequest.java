package dev.quorate.node.replication;

import dev.quorate.api.etcd.Member;
import dev.quorate.raft.quorum.MembershipChange;
import org.jspecify.annotations.Nullable;

/**
 * A membership step that somebody wants.
 *
 * @param member what the cluster must know of a member that is added; for other changes only its id
 * @param fence what an operator's call carries; etcd's own calls have none
 */
public record MembershipRequest(MembershipChange change, Member member, @Nullable Fence fence) {

  /**
   * Refuses calls that were decided on an old picture of the cluster (DESIGN 3.6).
   *
   * @param expectedConfigurationIndex the configuration that the caller saw
   * @param fencingEpoch grows with every new operator leader
   * @param targetVoters a quorum of as many must stay healthy
   */
  public record Fence(long expectedConfigurationIndex, long fencingEpoch, int targetVoters) {}
}
