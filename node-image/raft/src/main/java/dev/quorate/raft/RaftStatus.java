package dev.quorate.raft;

import dev.quorate.raft.log.EntryId;
import dev.quorate.raft.quorum.Configuration;
import java.util.List;

/**
 * One look at a node, for status pages, guards and checkers; immutable.
 *
 * @param electionTimeoutTicks how long at least a follower waits for its leader as it is now; what
 *     is configured in all other roles
 * @param diskStalls whether its disk stands still while a majority's does not, so that it cannot
 *     answer what is committed
 */
public record RaftStatus(
    long id,
    RoleName role,
    long term,
    long leader,
    long committedIndex,
    long appliedIndex,
    EntryId last,
    Configuration configuration,
    boolean membershipChangePending,
    long transferTarget,
    int electionTimeoutTicks,
    boolean diskStalls,
    List<FollowerStatus> followers) {

  /**
   * What a leader knows of one other member.
   *
   * @param recentlyActive whether it was heard within the last one or two election timeouts, and
   *     does not refuse what it has confirmed before
   */
  public record FollowerStatus(
      long id, boolean learner, long matchIndex, boolean recentlyActive, boolean snapshotting) {}

  public enum RoleName {
    FOLLOWER,
    PRE_CANDIDATE,
    CANDIDATE,
    LEADER,
    LEARNER
  }

  public boolean leads() {
    return role == RoleName.LEADER;
  }
}
