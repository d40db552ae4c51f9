package dev.quorate.raft;

import static dev.quorate.raft.Fixture.appended;
import static dev.quorate.raft.Fixture.config;
import static dev.quorate.raft.Fixture.id;
import static dev.quorate.raft.Fixture.leader;
import static dev.quorate.raft.Fixture.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.raft.Ready.ReadResult;
import dev.quorate.raft.check.Bytes;
import dev.quorate.raft.quorum.MembershipChange;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What changes for a leader in the moment in which a removal is applied. */
class LeaderMembershipTest {
  @Test
  void aSmallerMajorityMayHaveAnEntryAlready() {
    var node = committedRemoval(List.of(1L, 2L, 3L, 4L), 4);
    node.propose(List.of(text("a")));
    node.ready();
    node.persisted(id(1, 3));
    node.step(appended(2, 3));
    assertThat(node.status().committedIndex()).as("two of four").isEqualTo(2);
    node.applied(2);
    assertThat(node.status().committedIndex()).as("two of three").isEqualTo(3);
  }

  @Test
  void aSmallerMajorityMayHaveConfirmedAReadAlready() {
    var node = committedRemoval(List.of(1L, 2L, 3L, 4L), 4);
    node.requestRead(7);
    node.ready();
    node.step(new Message.HeartbeatReply(2, 1, 1, 1));
    assertThat(node.ready().reads()).as("two of four").isEmpty();
    node.applied(2);
    assertThat(node.ready().reads()).as("two of three").containsExactly(new ReadResult(7, true, 2));
  }

  @Test
  void whoIsLeftAloneConfirmsItsReadsItself() {
    var node = committedRemoval(List.of(1L, 2L), 2);
    node.requestRead(7);
    node.ready();
    node.requestRead(8);
    assertThat(node.ready().reads()).isEmpty();
    node.applied(2);
    assertThat(node.ready().reads())
        .containsExactly(new ReadResult(7, true, 2), new ReadResult(8, true, 2));
  }

  @Test
  void whatIsAppliedEndsATransferOnlyToWhoIsRemoved() {
    var node = committedRemoval(List.of(1L, 2L, 3L), 3);
    node.transferLeadership(2);
    node.applied(2);
    assertThat(node.status().transferTarget()).isEqualTo(2);

    var other = committedRemoval(List.of(1L, 2L, 3L), 3);
    other.transferLeadership(3);
    other.applied(2);
    assertThat(other.status().transferTarget()).isZero();
    assertThat(other.propose(List.of(text("a")))).isEqualTo(ProposalResult.APPENDED);
  }

  @Test
  void whoLeavesHandsOverToTheOneThatHasMost() {
    var node = committedRemoval(List.of(1L, 2L, 3L), 1);
    node.propose(List.of(text("a")));
    node.ready();
    node.step(appended(3, 3));
    node.applied(2);
    assertThat(node.status().transferTarget()).isEqualTo(3);
    assertThat(node.ready().sendNow()).contains(new Message.TimeoutNow(1, 3, 1));
  }

  @Test
  void ofTwoThatHaveTheSameTheFirstIsTaken() {
    var node = committedRemoval(List.of(1L, 2L, 3L), 1);
    node.step(appended(3, 2));
    node.applied(2);
    assertThat(node.status().transferTarget()).isEqualTo(2);
  }

  @Test
  void aReportThatSaysNothingNewCausesNothing() {
    var node = Fixture.settledLeader();
    node.applied(1);
    assertThat(node.hasReady()).isFalse();
  }

  @Test
  void onlyTheTargetsProgressEndsTheWaitOfATransfer() {
    var node = Fixture.settledLeader();
    node.propose(List.of(text("a")));
    node.transferLeadership(2);
    node.ready();
    node.step(appended(3, 2));
    assertThat(node.ready().sendNow()).doesNotContain(new Message.TimeoutNow(1, 2, 1));
    node.step(appended(2, 2));
    assertThat(node.ready().sendNow()).contains(new Message.TimeoutNow(1, 2, 1));
    node.step(new Message.AppendReply(2, 1, 1, true, 0, id(0, 0)));
    node.step(new Message.AppendReply(2, 1, 1, true, 1, id(0, 0)));
    assertThat(node.ready().sendNow()).as("a refusal is no progress").isEmpty();
  }

  /** The leader of term 1, whose removal of this member is committed and handed out at index 2. */
  private static RaftNode committedRemoval(List<Long> voters, long removed) {
    var node = leader(config(1000, 10, 1000), voters);
    node.ready();
    node.persisted(id(1, 1));
    voters.stream().filter(voter -> voter != 1).forEach(voter -> node.step(appended(voter, 1)));
    node.ready();
    node.applied(1);
    assertThat(node.proposeMembership(new MembershipChange.Remove(removed), Bytes.EMPTY))
        .isEqualTo(ProposalResult.APPENDED);
    node.ready();
    node.persisted(id(1, 2));
    voters.stream()
        .filter(voter -> voter == 2 || (voter == 3 && voters.size() > 3))
        .forEach(voter -> node.step(appended(voter, 2)));
    assertThat(node.ready().committed()).hasSize(1);
    return node;
  }
}
