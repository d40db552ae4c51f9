package dev.quorate.raft;

import static dev.quorate.raft.Fixture.ELECTION_TICKS;
import static dev.quorate.raft.Fixture.HEARTBEAT_TICKS;
import static dev.quorate.raft.Fixture.append;
import static dev.quorate.raft.Fixture.config;
import static dev.quorate.raft.Fixture.follower;
import static dev.quorate.raft.Fixture.id;
import static dev.quorate.raft.Fixture.ticks;
import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.raft.RaftStatus.RoleName;
import dev.quorate.raft.check.Bytes;
import dev.quorate.raft.log.Entry;
import dev.quorate.raft.log.EntryId;
import dev.quorate.raft.log.EntryKind;
import dev.quorate.raft.log.MembershipEntry;
import dev.quorate.raft.log.Snapshot;
import dev.quorate.raft.quorum.Configuration;
import dev.quorate.raft.quorum.MembershipChange;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** When a follower or a candidate asks for votes, to the tick. */
class FollowerTimingTest {
  /** Draws the greatest number, so that every timeout is as long as it can be. */
  private static final RandomGenerator LONGEST =
      new RandomGenerator() {
        @Override
        public long nextLong() {
          return Long.MAX_VALUE;
        }

        @Override
        public int nextInt(int bound) {
          return bound - 1;
        }
      };

  @Test
  void asksWhenTheTimeoutEndsAndNotBefore() {
    assertThat(ticksUntilItAsks(follower(1, 1))).isEqualTo(ELECTION_TICKS);
    assertThat(ticksUntilItAsks(longestFollower())).isEqualTo(2 * ELECTION_TICKS - 1);
  }

  @Test
  void aLivingLeaderGivesMoreTime() {
    var node = follower(1, 1);
    ticks(node, ELECTION_TICKS - 1);
    node.step(new Message.Heartbeat(2, 1, 1, 0, 0));
    assertThat(ticksUntilItAsks(node)).isEqualTo(ELECTION_TICKS);
  }

  @Test
  void aVoteGivesMoreTimeButARefusalDoesNot() {
    var voter = follower(1, 1);
    ticks(voter, ELECTION_TICKS - 1);
    voter.step(new Message.VoteRequest(2, 1, 2, false, false, id(1, 1)));
    assertThat(ticksUntilItAsks(voter)).isEqualTo(ELECTION_TICKS);

    var refuser = follower(1, 1);
    ticks(refuser, ELECTION_TICKS - 1);
    refuser.step(new Message.VoteRequest(2, 1, 2, false, false, EntryId.ZERO));
    assertThat(refuser.status().term()).isEqualTo(2);
    assertThat(ticksUntilItAsks(refuser)).isEqualTo(1);
  }

  @Test
  void aBrokenConnectionToTheLeaderLeavesAHeartbeatsTime() {
    var node = longestFollower();
    node.step(append(1, EntryId.ZERO, 0));
    ticks(node, 3);
    node.peerLost(2);
    assertThat(ticksUntilItAsks(node)).isEqualTo(HEARTBEAT_TICKS);

    var soonest = follower(1, 1);
    soonest.step(append(1, id(1, 1), 0));
    soonest.peerLost(2);
    soonest.tick();
    assertThat(soonest.status().role()).isEqualTo(RoleName.PRE_CANDIDATE);
  }

  @Test
  void aBrokenConnectionNeverMakesTheTimeoutLonger() {
    var node = longestFollower();
    node.step(append(1, EntryId.ZERO, 0));
    ticks(node, 2 * ELECTION_TICKS - 2);
    node.peerLost(2);
    assertThat(ticksUntilItAsks(node)).isEqualTo(1);
  }

  @Test
  void aNewLeaderGivesAWholeTimeoutAgain() {
    var node = follower(1, 1);
    node.step(append(1, id(1, 1), 0));
    node.peerLost(2);
    node.step(new Message.Heartbeat(3, 1, 2, 0, 0));
    assertThat(ticksUntilItAsks(node)).isEqualTo(ELECTION_TICKS);
  }

  @Test
  void whoMayNotAskAtTheEndOfATimeoutWaitsForTheNext() {
    var change = new MembershipEntry(new MembershipChange.Remove(3), Bytes.EMPTY).encode();
    var entry = new Entry(id(1, 1), EntryKind.MEMBERSHIP, change);
    var base = new Snapshot(EntryId.ZERO, Configuration.ofVoters(List.of(1L, 2L, 3L)));
    var restored = new RestoredState(new HardState(1, 0, 1), base, List.of(entry), 0);
    var node = new RaftNode(config(1000, 10, 1000), restored, () -> 0L, RaftTrace.NONE);
    assertThat(node.ready().committed()).as("and not applied").hasSize(1);
    ticks(node, ELECTION_TICKS + 1);
    node.applied(1);
    assertThat(ticksUntilItAsks(node)).isEqualTo(ELECTION_TICKS - 1);
  }

  @Test
  void whoNoticedThatTheLeaderIsLostLetsOthersAsk() {
    var node = follower(1, 1);
    node.step(append(1, id(1, 1), 0));
    node.ready();
    node.peerLost(2);
    node.step(new Message.VoteRequest(3, 1, 2, true, false, id(1, 1)));
    assertThat(node.ready().sendNow()).containsExactly(new Message.VoteReply(1, 3, 2, true, true));
  }

  @Test
  void theLeaseOfALeaderEndsWithTheShortestTimeout() {
    var node = longestFollower();
    node.step(append(1, EntryId.ZERO, 0));
    node.ready();
    ticks(node, ELECTION_TICKS - 1);
    node.step(new Message.VoteRequest(3, 1, 2, true, false, id(1, 1)));
    assertThat(node.hasReady()).isFalse();
    node.tick();
    node.step(new Message.VoteRequest(3, 1, 2, true, false, id(1, 1)));
    assertThat(node.ready().sendNow()).containsExactly(new Message.VoteReply(1, 3, 2, true, true));
  }

  @Test
  void whoHasNoMembershipNeverAsks() {
    var node = new RaftNode(config(1000, 10, 1000), RestoredState.EMPTY, () -> 0L, RaftTrace.NONE);
    ticks(node, 5 * ELECTION_TICKS);
    assertThat(node.status().role()).isEqualTo(RoleName.FOLLOWER);
    assertThat(node.hasReady()).isFalse();
  }

  /** Requests of the same term may have split the votes: one of two waits for the later half. */
  @Test
  void aCandidateGivesWayToABetterRival() {
    assertThat(ticksUntilItAsks(candidateAfter(id(1, 1)))).as("same log, greater id").isEqualTo(15);
    assertThat(ticksUntilItAsks(candidateAfter(id(1, 2)))).as("longer log").isEqualTo(15);
  }

  @Test
  void aCandidateWithAWorseRivalTriesAgainSoon() {
    assertThat(ticksUntilItAsks(candidateAfter(EntryId.ZERO))).isEqualTo(2 * HEARTBEAT_TICKS);
    var longest = candidate(LONGEST);
    longest.step(new Message.VoteRequest(3, 1, 2, false, false, EntryId.ZERO));
    assertThat(ticksUntilItAsks(longest)).isEqualTo(4 * HEARTBEAT_TICKS - 1);
  }

  @Test
  void theLaterHalfEndsWhereTheWholeRangeEnds() {
    var node = candidate(LONGEST);
    node.step(new Message.VoteRequest(3, 1, 2, false, false, id(1, 9)));
    assertThat(ticksUntilItAsks(node)).isEqualTo(2 * ELECTION_TICKS - 1);
  }

  @Test
  void roundsOfPreVotesDoubleUpToAnElectionTimeout() {
    var node = follower(1, 1);
    ticks(node, ELECTION_TICKS);
    assertThat(List.of(next(node), next(node), next(node), next(node)))
        .containsExactly(HEARTBEAT_TICKS, 2 * HEARTBEAT_TICKS, 4 * HEARTBEAT_TICKS, ELECTION_TICKS);
  }

  @Test
  void electionsWithoutAResultDoubleUpToABound() {
    var node = candidate(() -> 0L);
    assertThat(next(node)).isEqualTo(ELECTION_TICKS);
    node.step(new Message.VoteReply(2, 1, 3, true, true));
    assertThat(next(node)).as("the second one").isEqualTo(2 * ELECTION_TICKS);
    node.step(new Message.VoteReply(2, 1, 4, true, true));
    assertThat(next(node)).as("the third one").isEqualTo(4 * ELECTION_TICKS);
    node.step(new Message.VoteReply(2, 1, 5, true, true));
    assertThat(next(node)).as("the fourth one").isEqualTo(4 * ELECTION_TICKS);
    node.step(new Message.Heartbeat(2, 1, 6, 0, 0));
    assertThat(next(node)).as("there was a leader").isEqualTo(ELECTION_TICKS);
  }

  /** It has voted in terms that nobody won: the next candidate gets more time for its votes. */
  @Test
  void aFollowerWaitsLongerWithEveryTermWithoutALeader() {
    var node = follower(1, 1);
    for (long term = 2; term <= 4; term++) {
      node.step(new Message.VoteRequest(2, 1, term, false, false, id(1, 1)));
    }
    assertThat(next(node)).isEqualTo(4 * ELECTION_TICKS);
    node.step(new Message.Heartbeat(2, 1, 5, 0, 0));
    assertThat(next(node)).as("there was a leader").isEqualTo(ELECTION_TICKS);
  }

  private static int next(RaftNode node) {
    return ticksUntilItAsks(node);
  }

  private static RaftNode candidateAfter(EntryId lastOfRival) {
    var node = candidate(() -> 0L);
    node.step(new Message.VoteRequest(3, 1, 2, false, false, lastOfRival));
    assertThat(node.ready().sendAfterAppend())
        .contains(new Message.VoteReply(1, 3, 2, false, false));
    return node;
  }

  /** In term 2, with one entry of term 1. */
  private static RaftNode candidate(RandomGenerator random) {
    var node = followerOfThree(random);
    ticks(node, 2 * ELECTION_TICKS - 1);
    node.step(new Message.VoteReply(2, 1, 2, true, true));
    assertThat(node.status().role()).isEqualTo(RoleName.CANDIDATE);
    return node;
  }

  private static RaftNode longestFollower() {
    return followerOfThree(LONGEST);
  }

  private static RaftNode followerOfThree(RandomGenerator random) {
    var base = new Snapshot(EntryId.ZERO, Configuration.ofVoters(List.of(1L, 2L, 3L)));
    var restored = new RestoredState(new HardState(1, 0, 0), base, List.of(Fixture.entry(1, 1)), 0);
    return new RaftNode(config(1000, 10, 1000), restored, random, RaftTrace.NONE);
  }

  private static int ticksUntilItAsks(RaftNode node) {
    node.ready();
    for (int count = 1; count < 5 * ELECTION_TICKS; count++) {
      node.tick();
      if (!node.ready().sendNow().isEmpty()) {
        return count;
      }
    }
    return -1;
  }
}
