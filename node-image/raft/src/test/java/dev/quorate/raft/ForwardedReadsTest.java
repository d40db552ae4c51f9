package dev.quorate.raft;

import static dev.quorate.raft.Fixture.ELECTION_TICKS;
import static dev.quorate.raft.Fixture.append;
import static dev.quorate.raft.Fixture.follower;
import static dev.quorate.raft.Fixture.id;
import static dev.quorate.raft.Fixture.ticks;
import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.raft.Ready.ReadResult;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Reads that a follower passed on: each is answered once, whatever becomes of its question. */
class ForwardedReadsTest {
  @Test
  void anAnswerCountsOnce() {
    var node = followerWithRead();
    node.step(new Message.ReadReply(2, 1, 1, 8, true, 4));
    assertThat(node.hasReady()).as("nobody asked that").isFalse();
    node.step(new Message.ReadReply(2, 1, 1, 7, true, 4));
    node.step(new Message.ReadReply(2, 1, 1, 7, true, 5));
    assertThat(node.ready().reads()).containsExactly(new ReadResult(7, true, 4));
  }

  @Test
  void anAnswerCountsInTheSecondTimeoutToo() {
    var node = followerWithRead();
    aTimeoutWithALeader(node);
    node.step(new Message.ReadReply(2, 1, 1, 7, false, 0));
    assertThat(node.ready().reads()).containsExactly(new ReadResult(7, false, 0));
  }

  @Test
  void aReadWithoutAnAnswerIsRefusedOnceAfterTwoTimeouts() {
    var node = followerWithRead();
    aTimeoutWithALeader(node);
    assertThat(node.ready().reads()).isEmpty();
    aTimeoutWithALeader(node);
    assertThat(node.ready().reads()).containsExactly(new ReadResult(7, false, 0));
    for (int i = 0; i < 3; i++) {
      aTimeoutWithALeader(node);
      assertThat(node.ready().reads()).isEmpty();
    }
  }

  @Test
  void aNewTermRefusesAllOnce() {
    var node = followerWithRead();
    aTimeoutWithALeader(node);
    node.requestRead(9);
    node.step(new Message.Heartbeat(3, 1, 2, 0, 0));
    node.step(new Message.Heartbeat(2, 1, 3, 0, 0));
    assertThat(node.ready().reads())
        .containsExactly(new ReadResult(7, false, 0), new ReadResult(9, false, 0));
  }

  @Test
  void whoIsToldToCampaignRefusesThem() {
    var node = followerWithRead();
    node.step(new Message.TimeoutNow(2, 1, 1));
    assertThat(node.ready().reads()).containsExactly(new ReadResult(7, false, 0));
  }

  @Test
  void whoAsksForVotesHasNobodyToAsk() {
    var node = follower(1, 1);
    node.step(new Message.TimeoutNow(2, 1, 1));
    assertThat(node.status().role()).isEqualTo(RaftStatus.RoleName.CANDIDATE);
    node.requestRead(7);
    assertThat(node.ready().reads()).containsExactly(new ReadResult(7, false, 0));
    assertThat(node.propose(List.of())).isEqualTo(ProposalResult.NO_LEADER);
  }

  @Test
  void whoIsAskedInAnOldTermTellsTheNewOne() {
    var node = follower(3, 1);
    node.step(new Message.ForwardRead(3, 1, 2, 5));
    assertThat(node.ready().sendNow()).containsExactly(new Message.ReadReply(1, 3, 3, 5, false, 0));
  }

  private static RaftNode followerWithRead() {
    var node = follower(1, 1);
    node.step(append(1, id(1, 1), 0));
    node.requestRead(7);
    assertThat(node.ready().sendNow()).containsExactly(new Message.ForwardRead(1, 2, 1, 7));
    return node;
  }

  private static void aTimeoutWithALeader(RaftNode node) {
    ticks(node, ELECTION_TICKS / 2);
    node.step(new Message.Heartbeat(2, 1, 1, 0, 0));
    ticks(node, ELECTION_TICKS / 2);
    node.step(new Message.Heartbeat(2, 1, 1, 0, 0));
  }
}
