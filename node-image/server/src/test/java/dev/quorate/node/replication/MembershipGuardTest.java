package dev.quorate.node.replication;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.api.etcd.Member;
import dev.quorate.node.kv.MemberTable;
import dev.quorate.node.replication.MembershipRequest.Fence;
import dev.quorate.node.replication.ReplicationException.Reason;
import dev.quorate.raft.RaftStatus;
import dev.quorate.raft.RaftStatus.FollowerStatus;
import dev.quorate.raft.RaftStatus.RoleName;
import dev.quorate.raft.log.EntryId;
import dev.quorate.raft.quorum.Configuration;
import dev.quorate.raft.quorum.MembershipChange;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Each rule of the guard, from the leader 1's point of view. */
final class MembershipGuardTest {
  private Set<Long> voters = Set.of(1L, 2L, 3L);
  private Set<Long> learners = Set.of();
  private Set<Long> dead = Set.of();
  private long learnerMatch = 100;
  private boolean pending;
  private RoleName role = RoleName.LEADER;
  private @Nullable Fence fence;

  @Test
  void onlyTheLeaderDecides() {
    role = RoleName.FOLLOWER;
    assertThat(ask(new MembershipChange.AddLearner(4))).isEqualTo(Reason.LEADER_CHANGED);
  }

  @Test
  void oneChangeAtATime() {
    pending = true;
    assertThat(ask(new MembershipChange.AddLearner(4))).isEqualTo(Reason.CHANGE_PENDING);
  }

  @Test
  void aLearnerMayComeEvenWhenSomebodyIsDown() {
    dead = Set.of(3L);
    assertThat(ask(new MembershipChange.AddLearner(4))).isNull();
  }

  @Test
  void oneLearnerAtATime() {
    learners = Set.of(4L);
    assertThat(ask(new MembershipChange.AddLearner(5))).isEqualTo(Reason.TOO_MANY_LEARNERS);
  }

  @Test
  void idsAndPeerUrlsAreUnique() {
    assertThat(ask(new MembershipChange.AddLearner(2))).isEqualTo(Reason.MEMBER_EXISTS);
    assertThat(ask(new MembershipChange.AddVoter(4), "http://m3"))
        .isEqualTo(Reason.PEER_URL_EXISTS);
  }

  @Test
  void aNewVoterCountsAsDown() {
    assertThat(ask(new MembershipChange.AddVoter(4))).isNull();
    dead = Set.of(3L);
    assertThat(ask(new MembershipChange.AddVoter(4))).isEqualTo(Reason.NOT_ENOUGH_STARTED_MEMBERS);
    voters = Set.of(1L);
    dead = Set.of();
    assertThat(ask(new MembershipChange.AddVoter(4))).isNull();
  }

  @Test
  void aLearnerIsPromotedWhenItIsCaughtUpAndHeardOf() {
    learners = Set.of(4L);
    learnerMatch = 90;
    assertThat(ask(new MembershipChange.PromoteLearner(4))).isNull();
    learnerMatch = 89;
    assertThat(ask(new MembershipChange.PromoteLearner(4))).isEqualTo(Reason.LEARNER_NOT_READY);
    learnerMatch = 100;
    dead = Set.of(4L);
    assertThat(ask(new MembershipChange.PromoteLearner(4))).isEqualTo(Reason.LEARNER_NOT_READY);
    assertThat(ask(new MembershipChange.PromoteLearner(3))).isEqualTo(Reason.NOT_A_LEARNER);
    assertThat(ask(new MembershipChange.PromoteLearner(9))).isEqualTo(Reason.MEMBER_NOT_FOUND);
  }

  @Test
  void aPromotionMayNotLeaveTooFew() {
    voters = Set.of(1L, 2L, 3L);
    learners = Set.of(4L);
    dead = Set.of(3L);
    assertThat(ask(new MembershipChange.PromoteLearner(4))).isNull();
    dead = Set.of(2L, 3L);
    assertThat(ask(new MembershipChange.PromoteLearner(4)))
        .isEqualTo(Reason.NOT_ENOUGH_STARTED_MEMBERS);
  }

  @Test
  void theDeadMayGoAndTheLivingOnlyIfEnoughStay() {
    dead = Set.of(3L);
    assertThat(ask(new MembershipChange.Remove(3))).isNull();
    assertThat(ask(new MembershipChange.Remove(2))).isEqualTo(Reason.UNHEALTHY);
    dead = Set.of();
    assertThat(ask(new MembershipChange.Remove(2))).isNull();
    assertThat(ask(new MembershipChange.Remove(9))).isEqualTo(Reason.MEMBER_NOT_FOUND);
    voters = Set.of(1L);
    assertThat(ask(new MembershipChange.Remove(1))).isEqualTo(Reason.NOT_ENOUGH_STARTED_MEMBERS);
  }

  @Test
  void aLearnerMayAlwaysGo() {
    learners = Set.of(4L);
    dead = Set.of(3L, 4L);
    assertThat(ask(new MembershipChange.Remove(4))).isNull();
  }

  @Test
  void aFencedCallMustKnowTheConfigurationAndBeOfTheNewestOperator() {
    fence = new Fence(7, 5, 3);
    assertThat(ask(new MembershipChange.AddLearner(4))).isNull();
    fence = new Fence(6, 5, 3);
    assertThat(ask(new MembershipChange.AddLearner(4))).isEqualTo(Reason.STALE_FENCE);
    fence = new Fence(7, 4, 3);
    assertThat(ask(new MembershipChange.AddLearner(4))).isEqualTo(Reason.STALE_FENCE);
  }

  @Test
  void aFencedRemovalKeepsAQuorumOfTheTargetHealthy() {
    fence = new Fence(7, 5, 5);
    assertThat(ask(new MembershipChange.Remove(2))).isEqualTo(Reason.UNHEALTHY);
    dead = Set.of(2L);
    assertThat(ask(new MembershipChange.Remove(2))).isNull();
  }

  private @Nullable Reason ask(MembershipChange change) {
    return ask(change, "http://new");
  }

  private @Nullable Reason ask(MembershipChange change, String peerUrl) {
    var followers = new ArrayList<FollowerStatus>();
    var table = new ArrayList<Member>();
    for (long id : voters) {
      table.add(member(id, false));
      if (id != 1) {
        followers.add(new FollowerStatus(id, false, 100, !dead.contains(id), false));
      }
    }
    for (long id : learners) {
      table.add(member(id, true));
      followers.add(new FollowerStatus(id, true, learnerMatch, !dead.contains(id), false));
    }
    var status =
        new RaftStatus(
            1,
            role,
            1,
            1,
            100,
            100,
            new EntryId(1, 100),
            new Configuration(new TreeSet<>(voters), new TreeSet<>(learners)),
            pending,
            0,
            10,
            false,
            followers);
    var members = MemberTable.of(table, 7);
    var fenced = new MemberTable(members.members(), members.removed(), 7, 5, List.of());
    var told = Member.newBuilder().setID(change.id()).addPeerURLs(peerUrl).build();
    return MembershipGuard.refusal(status, fenced, 1, new MembershipRequest(change, told, fence));
  }

  private static Member member(long id, boolean learner) {
    return Member.newBuilder().setID(id).addPeerURLs("http://m" + id).setIsLearner(learner).build();
  }
}
