package dev.quorate.raft;

import static dev.quorate.raft.Fixture.ELECTION_TICKS;
import static dev.quorate.raft.Fixture.HEARTBEAT_TICKS;
import static dev.quorate.raft.Fixture.appended;
import static dev.quorate.raft.Fixture.config;
import static dev.quorate.raft.Fixture.id;
import static dev.quorate.raft.Fixture.leader;
import static dev.quorate.raft.Fixture.settledLeader;
import static dev.quorate.raft.Fixture.termStart;
import static dev.quorate.raft.Fixture.text;
import static dev.quorate.raft.Fixture.ticks;
import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.raft.log.Entry;
import dev.quorate.raft.log.EntryId;
import dev.quorate.raft.log.EntryKind;
import dev.quorate.raft.log.Snapshot;
import dev.quorate.raft.quorum.Configuration;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What a leader does: a state and one input in, the output compared. */
class LeaderTest {
  private static Entry command(long index, String text) {
    return new Entry(id(1, index), EntryKind.COMMAND, text(text));
  }

  private static Message.AppendEntries appendTo(
      long to, long previousIndex, long committed, Entry... entries) {
    return new Message.AppendEntries(
        1, to, 1, id(previousIndex == 0 ? 0 : 1, previousIndex), List.of(entries), committed);
  }

  @Test
  void beginsItsTermWithAnEntryThatLeavesBeforeItsOwnDiskHasIt() {
    var node = leader(config(1 << 20, 256, 1000), List.of(1L, 2L, 3L));
    assertThat(node.ready())
        .isEqualTo(
            new Ready(
                null,
                null,
                List.of(termStart(1, 1)),
                List.of(appendTo(2, 0, 0, termStart(1, 1)), appendTo(3, 0, 0, termStart(1, 1))),
                List.of(),
                List.of(),
                List.of(),
                List.of()));
  }

  @Test
  void sendsProposalsOfOneRoundTogether() {
    var node = settledLeader();
    node.propose(List.of(text("a")));
    node.propose(List.of(text("b"), text("c")));
    var entries = new Entry[] {command(2, "a"), command(3, "b"), command(4, "c")};

    assertThat(node.ready().sendNow())
        .containsExactly(appendTo(2, 1, 1, entries), appendTo(3, 1, 1, entries));
  }

  @Test
  void countsItselfOnlyWhenItsDiskHasTheEntry() {
    var node = settledLeader();
    node.propose(List.of(text("a")));
    node.ready();
    node.step(appended(2, 2));
    assertThat(node.status().committedIndex()).isEqualTo(1);
    node.persisted(id(1, 2));
    assertThat(node.status().committedIndex()).isEqualTo(2);
    assertThat(node.ready().committed()).containsExactly(command(2, "a"));
  }

  @Test
  void commitsByTheOthersAloneButAppliesOnlyWhatIsDurableHere() {
    var node = settledLeader();
    node.propose(List.of(text("a")));
    node.ready();
    node.step(appended(2, 2));
    node.step(appended(3, 2));
    assertThat(node.status().committedIndex()).isEqualTo(2);
    assertThat(node.ready().committed()).isEmpty();
    node.persisted(id(1, 2));
    assertThat(node.ready().committed()).containsExactly(command(2, "a"));
  }

  @Test
  void stopsAtTheWindowAndSplitsByBytes() {
    // One entry of ten bytes takes 34, so two go into one message; two messages are the window.
    var node = settledLeader(config(70, 2, 1000));
    for (int i = 0; i < 6; i++) {
      node.propose(List.of(text("0123456789")));
    }
    var entries = new Entry[8];
    for (int i = 2; i <= 7; i++) {
      entries[i] = command(i, "0123456789");
    }
    assertThat(node.ready().sendNow().stream().filter(message -> message.to() == 2))
        .containsExactly(
            appendTo(2, 1, 1, entries[2], entries[3]), appendTo(2, 3, 1, entries[4], entries[5]));
    node.step(appended(2, 3));
    assertThat(node.ready().sendNow()).containsExactly(appendTo(2, 5, 1, entries[6], entries[7]));
  }

  @Test
  void refusesWhenTooMuchIsNotApplied() {
    var node = settledLeader(config(1000, 10, 10));
    assertThat(node.propose(List.of(text("0123456789012345")))).isEqualTo(ProposalResult.APPENDED);
    assertThat(node.propose(List.of(text("a")))).isEqualTo(ProposalResult.OVERLOADED);
    node.ready();
    node.persisted(id(1, 2));
    node.step(appended(2, 2));
    assertThat(node.propose(List.of(text("a")))).isEqualTo(ProposalResult.OVERLOADED);
    assertThat(node.ready().committed()).hasSize(1);
    node.applied(2);
    assertThat(node.propose(List.of(text("a")))).isEqualTo(ProposalResult.APPENDED);
  }

  @Test
  void countsWhatWaitsToTheByte() {
    var node = settledLeader(config(1000, 10, 10));
    assertThat(node.propose(List.of(text("0123"), text("456789"))))
        .isEqualTo(ProposalResult.APPENDED);
    assertThat(node.propose(List.of(text("a")))).isEqualTo(ProposalResult.OVERLOADED);
    assertThat(node.propose(List.of())).isEqualTo(ProposalResult.APPENDED);
  }

  @Test
  void countsWhatItsPredecessorLeftUncommitted() {
    // Three entries of three bytes each are not known to be committed, and the limit is ten bytes.
    var base = new Snapshot(EntryId.ZERO, Configuration.ofVoters(List.of(1L, 2L, 3L)));
    var entries = List.of(Fixture.entry(1, 1), Fixture.entry(1, 2), Fixture.entry(1, 3));
    var node =
        new RaftNode(
            config(1000, 10, 10),
            new RestoredState(new HardState(1, 0, 1), base, entries, 1),
            () -> 0L,
            RaftTrace.NONE);
    ticks(node, ELECTION_TICKS);
    node.step(new Message.VoteReply(2, 1, 2, true, true));
    node.step(new Message.VoteReply(2, 1, 2, false, true));
    assertThat(node.status().leads()).isTrue();
    assertThat(node.propose(List.of(text("01234")))).isEqualTo(ProposalResult.OVERLOADED);
    assertThat(node.propose(List.of(text("0123")))).isEqualTo(ProposalResult.APPENDED);
  }

  @Test
  void aTransferToTheSameTargetIsNotBegunAnew() {
    var node = settledLeader();
    assertThat(node.transferLeadership(2)).isTrue();
    assertThat(node.ready().sendNow()).containsExactly(new Message.TimeoutNow(1, 2, 1));
    ticks(node, ELECTION_TICKS - 1);
    node.ready();
    assertThat(node.transferLeadership(2)).isTrue();
    assertThat(node.hasReady()).isFalse();
    node.tick();
    assertThat(node.status().transferTarget()).isZero();
  }

  @Test
  void aTransferToAnotherTargetHasItsOwnTime() {
    var node = settledLeader();
    node.transferLeadership(2);
    ticks(node, ELECTION_TICKS - 1);
    node.step(new Message.HeartbeatReply(2, 1, 1, 0));
    assertThat(node.transferLeadership(3)).isTrue();
    ticks(node, ELECTION_TICKS - 1);
    assertThat(node.status().transferTarget()).isEqualTo(3);
    node.tick();
    assertThat(node.status().transferTarget()).isZero();
  }

  @Test
  void doesNotCommitAnEntryOfAFormerTermByCounting() {
    // Term 1 at index 1 is on all, as in figure 3.7 of the thesis.
    var node = Fixture.node(List.of(1L, 2L, 3L), new HardState(1, 0, 0), 1);
    ticks(node, ELECTION_TICKS);
    node.step(new Message.VoteReply(2, 1, 2, true, true));
    node.ready();
    node.step(new Message.VoteReply(2, 1, 2, false, true));
    node.ready();
    node.step(new Message.AppendReply(2, 1, 2, false, 1, id(0, 0)));
    assertThat(node.status().committedIndex()).isZero();
    node.persisted(id(2, 2));
    node.step(new Message.AppendReply(2, 1, 2, false, 2, id(0, 0)));
    assertThat(node.status().committedIndex()).isEqualTo(2);
  }

  @Test
  void probesAgainFromTheHint() {
    var node = settledLeader();
    node.propose(List.of(text("a")));
    node.ready();
    node.step(new Message.AppendReply(2, 1, 1, true, 1, id(0, 0)));
    // What is confirmed is never asked for again: the refusal is older than the answer for 1.
    assertThat(node.ready().sendNow()).isEmpty();
    node.step(new Message.AppendReply(2, 1, 1, true, 2, id(1, 1)));
    assertThat(node.ready().sendNow()).containsExactly(appendTo(2, 1, 1, command(2, "a")));
  }

  /** A learner that has forgotten its log must not be taken for one that may vote. */
  @Test
  void doesNotTrustWhoRefusesWhatItHasConfirmedUntilItConfirmsAgain() {
    var node = settledLeader();
    assertThat(node.status().followers()).allMatch(RaftStatus.FollowerStatus::recentlyActive);
    node.step(new Message.AppendReply(2, 1, 1, true, 1, EntryId.ZERO));
    assertThat(node.status().followers())
        .containsExactly(
            new RaftStatus.FollowerStatus(2, false, 1, false, false),
            new RaftStatus.FollowerStatus(3, false, 1, true, false));
    node.ready();

    node.step(new Message.HeartbeatReply(2, 1, 1, 0));
    assertThat(node.ready().sendNow()).as("is asked again").containsExactly(appendTo(2, 1, 1));
    node.step(appended(2, 0));
    assertThat(node.status().followers().getFirst().recentlyActive()).isFalse();
    node.step(appended(2, 1));
    assertThat(node.status().followers()).allMatch(RaftStatus.FollowerStatus::recentlyActive);
    node.step(new Message.HeartbeatReply(2, 1, 1, 0));
    assertThat(node.ready().sendNow()).isEmpty();
  }

  @Test
  void stepsDownWithoutAMajority() {
    var node = settledLeader();
    node.requestRead(1);
    ticks(node, ELECTION_TICKS);
    assertThat(node.status().leads()).isTrue();
    node.step(new Message.HeartbeatReply(2, 1, 1, 0));
    ticks(node, ELECTION_TICKS);
    assertThat(node.status().leads()).isTrue();
    ticks(node, ELECTION_TICKS);
    assertThat(node.status().leads()).isFalse();
    assertThat(node.ready().reads()).containsExactly(new Ready.ReadResult(1, false, 0));
  }

  @Test
  void grantsAReadWhenAMajorityAnsweredALaterHeartbeat() {
    var node = settledLeader();
    node.requestRead(7);
    node.step(new Message.HeartbeatReply(2, 1, 1, 0));
    assertThat(node.ready().sendNow()).contains(new Message.Heartbeat(1, 2, 1, 1, 1));
    node.step(new Message.HeartbeatReply(2, 1, 1, 0));
    assertThat(node.hasReady()).isFalse();
    node.step(new Message.HeartbeatReply(2, 1, 1, 1));
    assertThat(node.ready().reads()).containsExactly(new Ready.ReadResult(7, true, 1));
  }

  @Test
  void repeatsTheRoundWithEveryHeartbeatWhileReadsWait() {
    var node = settledLeader();
    node.requestRead(7);
    node.ready();
    ticks(node, HEARTBEAT_TICKS);
    assertThat(node.ready().sendNow()).contains(new Message.Heartbeat(1, 3, 1, 1, 1));
  }

  @Test
  void asksForNothingInAHeartbeatWhenNoReadWaits() {
    var node = settledLeader();
    node.requestRead(7);
    node.ready();
    node.step(new Message.HeartbeatReply(2, 1, 1, 1));
    node.ready();
    ticks(node, HEARTBEAT_TICKS);
    assertThat(node.ready().sendNow()).contains(new Message.Heartbeat(1, 3, 1, 1, 0));
  }

  @Test
  void asksForASnapshotWhenTheLogDoesNotReachBack() {
    var node = settledLeader();
    node.propose(List.of(text("a")));
    node.ready();
    node.persisted(id(1, 2));
    node.step(appended(2, 2));
    node.ready();
    node.applied(2);
    node.removeLogUpTo(2);
    node.step(new Message.AppendReply(3, 1, 1, true, 2, id(1, 1)));

    assertThat(node.ready().snapshotsWanted()).containsExactly(3L);
    node.snapshotSent(3, id(1, 2), true);
    assertThat(node.ready().sendNow()).containsExactly(appendTo(3, 2, 2));
  }

  /**
   * A sole voter leads without anybody's vote, so a crash could make it forget its term and begin
   * the same one again with other entries: its learner must not have seen the first ones.
   */
  @Test
  void aSoleVotersMessagesWaitForItsTermToBeDurable() {
    var configuration = new Configuration(new TreeSet<>(List.of(1L)), new TreeSet<>(List.of(2L)));
    var node =
        new RaftNode(
            config(1000, 10, 1000),
            new RestoredState(
                HardState.INITIAL, new Snapshot(EntryId.ZERO, configuration), List.of(), 0),
            () -> 0L,
            RaftTrace.NONE);
    node.tick();
    var ready = node.ready();
    assertThat(ready.sendNow()).isEmpty();
    assertThat(ready.sendAfterAppend()).containsExactly(appendTo(2, 0, 0, termStart(1, 1)));
    node.persisted(id(1, 1));
    node.step(appended(2, 1));
    assertThat(node.ready().sendNow()).containsExactly(appendTo(2, 1, 1));
    node.requestRead(5);
    assertThat(node.ready().reads()).containsExactly(new Ready.ReadResult(5, true, 1));
  }

  @Test
  void aFollowerIsActiveForAWholePeriodAfterItWasHeard() {
    var node = settledLeader();
    ticks(node, ELECTION_TICKS);
    assertThat(activeFollowers(node)).as("right after the check").containsExactly(2L, 3L);
    node.step(new Message.HeartbeatReply(2, 1, 1, 0));
    ticks(node, ELECTION_TICKS);
    assertThat(activeFollowers(node)).containsExactly(2L);
    node.step(new Message.HeartbeatReply(2, 1, 1, 0));
    ticks(node, ELECTION_TICKS);
    assertThat(activeFollowers(node)).containsExactly(2L);
  }

  private static List<Long> activeFollowers(RaftNode node) {
    return node.status().followers().stream()
        .filter(RaftStatus.FollowerStatus::recentlyActive)
        .map(RaftStatus.FollowerStatus::id)
        .toList();
  }
}
