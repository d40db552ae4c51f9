package dev.quorate.raft;

import static dev.quorate.raft.Fixture.ELECTION_TICKS;
import static dev.quorate.raft.Fixture.append;
import static dev.quorate.raft.Fixture.config;
import static dev.quorate.raft.Fixture.entry;
import static dev.quorate.raft.Fixture.follower;
import static dev.quorate.raft.Fixture.id;
import static dev.quorate.raft.Fixture.node;
import static dev.quorate.raft.Fixture.ticks;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.quorate.raft.log.EntryId;
import dev.quorate.raft.log.Snapshot;
import dev.quorate.raft.quorum.Configuration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a follower answers: a state and one message in, the whole output compared. */
class FollowerTest {
  @Test
  void appendsWhatFollowsItsLog() {
    var node = follower(1, 1, 1);
    node.step(append(1, id(1, 2), 1, entry(1, 3)));

    assertThat(node.ready())
        .isEqualTo(
            new Ready(
                new HardState(1, 0, 1),
                null,
                List.of(entry(1, 3)),
                List.of(),
                List.of(new Message.AppendReply(1, 2, 1, false, 3, EntryId.ZERO)),
                List.of(entry(1, 1)),
                List.of(),
                List.of()));
    assertThat(node.hasReady()).isFalse();
  }

  @Test
  void takesNoEntriesWhileTooMuchIsNotApplied() {
    var base = new Snapshot(EntryId.ZERO, Configuration.ofVoters(List.of(1L, 2L, 3L)));
    var restored = new RestoredState(new HardState(1, 0, 0), base, List.of(), 0);
    var node = new RaftNode(config(1 << 20, 256, 4), restored, () -> 0L, RaftTrace.NONE);
    node.step(append(1, EntryId.ZERO, 2, entry(1, 1), entry(1, 2)));
    assertThat(node.ready().entries()).hasSize(2);
    node.persisted(id(1, 2));
    assertThat(node.ready().committed()).hasSize(2);

    node.step(append(1, id(1, 2), 2, entry(1, 3)));
    assertThat(node.ready().sendAfterAppend()).as("as if it were lost").isEmpty();
    node.step(append(1, id(1, 2), 2));
    assertThat(node.ready().sendAfterAppend()).as("a probe is answered").hasSize(1);

    node.applied(1);
    node.step(append(1, id(1, 2), 2, entry(1, 3)));
    assertThat(node.ready().entries()).containsExactly(entry(1, 3));

    var exact = new RaftNode(config(1 << 20, 256, 6), restored, () -> 0L, RaftTrace.NONE);
    exact.step(append(1, EntryId.ZERO, 2, entry(1, 1), entry(1, 2)));
    exact.step(append(1, id(1, 2), 2, entry(1, 3)));
    assertThat(exact.ready().entries()).as("six bytes are allowed").hasSize(3);
  }

  @Test
  void replacesWhatConflicts() {
    var node = follower(2, 1, 1, 1);
    node.step(append(2, id(1, 1), 0, entry(2, 2)));

    var ready = node.ready();
    assertThat(ready.entries()).containsExactly(entry(2, 2));
    assertThat(node.status().last()).isEqualTo(id(2, 2));
  }

  @Test
  void keepsWhatItHasWhenAnOldMessageComesAgain() {
    var node = follower(1, 1, 1, 1);
    node.step(append(1, EntryId.ZERO, 0, entry(1, 1)));

    var ready = node.ready();
    assertThat(ready.entries()).isEmpty();
    assertThat(ready.sendAfterAppend())
        .containsExactly(new Message.AppendReply(1, 2, 1, false, 1, EntryId.ZERO));
    assertThat(node.status().last()).isEqualTo(id(1, 3));
  }

  /** The hint is the last entry that can match: whole younger terms are skipped. */
  @ParameterizedTest
  @CsvSource({
    "1 2, 5, 7, 2, 2",
    "1 1 1 1 4, 3, 6, 1, 4",
    "1 1 4 4 4, 3, 5, 1, 2",
    "1 4 4, 1, 6, 1, 1",
  })
  void hintsAtTheLastEntryThatCanMatch(
      String terms, long previousTerm, long previousIndex, long hintTerm, long hintIndex) {
    var node = follower(9, Arrays.stream(terms.split(" ")).mapToLong(Long::parseLong).toArray());
    node.step(append(9, id(previousTerm, previousIndex), 0));

    assertThat(node.ready().sendNow())
        .containsExactly(
            new Message.AppendReply(1, 2, 9, true, previousIndex, id(hintTerm, hintIndex)));
  }

  @Test
  void tellsAnOldLeaderTheTerm() {
    var node = follower(3, 1);
    node.step(append(2, id(1, 1), 1, entry(2, 2)));

    assertThat(node.ready().sendNow())
        .containsExactly(new Message.AppendReply(1, 2, 3, true, 1, id(1, 1)));
    assertThat(node.status().last()).isEqualTo(id(1, 1));
  }

  @Test
  void votesOnceInATermAndOnlyForAnUpToDateLog() {
    var node = follower(1, 1, 1);
    node.step(new Message.VoteRequest(3, 1, 2, false, false, id(1, 1)));
    assertThat(node.ready().sendAfterAppend())
        .containsExactly(new Message.VoteReply(1, 3, 2, false, false));

    node.step(new Message.VoteRequest(2, 1, 2, false, false, id(1, 2)));
    var ready = node.ready();
    assertThat(ready.hardState()).isEqualTo(new HardState(2, 2, 0));
    assertThat(ready.sendAfterAppend())
        .containsExactly(new Message.VoteReply(1, 2, 2, false, true));

    node.step(new Message.VoteRequest(3, 1, 2, false, false, id(2, 9)));
    assertThat(node.ready().sendAfterAppend())
        .containsExactly(new Message.VoteReply(1, 3, 2, false, false));
  }

  @Test
  void ignoresCandidatesWhileTheLeaderLivesUnlessTheLeaderAskedForThem() {
    var node = follower(1, 1);
    node.step(append(1, id(1, 1), 0));
    node.ready();

    node.step(new Message.VoteRequest(3, 1, 2, true, false, id(1, 9)));
    node.step(new Message.VoteRequest(3, 1, 2, false, false, id(1, 9)));
    assertThat(node.hasReady()).isFalse();

    node.step(new Message.VoteRequest(3, 1, 2, false, true, id(1, 9)));
    assertThat(node.ready().sendAfterAppend())
        .containsExactly(new Message.VoteReply(1, 3, 2, false, true));
  }

  @Test
  void aPreVotePromisesNothing() {
    var node = follower(1, 1);
    node.step(new Message.VoteRequest(3, 1, 2, true, false, id(1, 1)));
    node.step(new Message.VoteRequest(2, 1, 2, true, false, id(1, 1)));

    var ready = node.ready();
    assertThat(ready.hardState()).isNull();
    assertThat(ready.sendNow())
        .containsExactly(
            new Message.VoteReply(1, 3, 2, true, true), new Message.VoteReply(1, 2, 2, true, true));
  }

  @Test
  void installsASnapshotAheadOfItsLog() {
    var node = follower(1, 1);
    var snapshot = new Snapshot(id(1, 8), Configuration.ofVoters(List.of(1L, 2L)));
    node.step(new Message.InstallSnapshot(2, 1, 1, snapshot));

    var ready = node.ready();
    assertThat(ready.snapshot()).isEqualTo(snapshot);
    assertThat(ready.sendAfterAppend())
        .containsExactly(new Message.AppendReply(1, 2, 1, false, 8, EntryId.ZERO));
    node.step(append(1, id(1, 8), 9, entry(1, 9)));
    assertThat(node.ready().committed()).isEmpty();
    node.persisted(id(1, 8));
    assertThat(node.hasReady()).isFalse();
    node.persisted(id(1, 9));
    assertThat(node.ready().committed()).containsExactly(entry(1, 9));
  }

  @Test
  void onlyAdvancesForASnapshotThatItsLogHolds() {
    var node = follower(1, 1, 1, 1);
    var snapshot = new Snapshot(id(1, 2), Configuration.ofVoters(List.of(1L, 2L, 3L)));
    node.step(new Message.InstallSnapshot(2, 1, 1, snapshot));

    var ready = node.ready();
    assertThat(ready.snapshot()).isNull();
    assertThat(ready.committed()).containsExactly(entry(1, 1), entry(1, 2));
    assertThat(node.status().last()).isEqualTo(id(1, 3));
  }

  @Test
  void forgetsASilentLeader() {
    var node = follower(1, 1);
    node.step(append(1, id(1, 1), 0));
    assertThat(node.status().leader()).isEqualTo(2);
    ticks(node, ELECTION_TICKS);
    assertThat(node.status().leader()).isZero();
    assertThat(node.propose(List.of())).isEqualTo(ProposalResult.NO_LEADER);
  }

  @Test
  void doesNotLookAtEntriesThatItKnowsAreCommitted() {
    var node = follower(1, 1, 1);
    node.step(new Message.Heartbeat(2, 1, 1, 2, 0));
    node.ready();
    node.step(append(1, EntryId.ZERO, 2, entry(1, 1), entry(1, 2), entry(1, 3)));

    var ready = node.ready();
    assertThat(ready.entries()).containsExactly(entry(1, 3));
    assertThat(ready.sendAfterAppend())
        .containsExactly(new Message.AppendReply(1, 2, 1, false, 3, EntryId.ZERO));
  }

  @Test
  void answersWhatIsCommittedForEntriesBelowIt() {
    var node = follower(1, 1, 1, 1);
    node.step(new Message.Heartbeat(2, 1, 1, 2, 0));
    node.ready();
    node.step(append(1, EntryId.ZERO, 2, entry(1, 1)));
    assertThat(node.ready().sendAfterAppend())
        .containsExactly(new Message.AppendReply(1, 2, 1, false, 2, EntryId.ZERO));
  }

  @Test
  void commitsNoFurtherThanItsLogIsKnownToMatch() {
    var node = follower(2, 1, 1, 1);
    node.step(append(2, id(1, 1), 3));
    assertThat(node.status().committedIndex()).isEqualTo(1);
    node.step(append(2, id(1, 1), 3, entry(1, 2)));
    assertThat(node.status().committedIndex()).isEqualTo(2);
  }

  @Test
  void votesAgainForTheSameButForNobodyElseInATermThatHasALeader() {
    var node = follower(1, 1);
    node.step(new Message.VoteRequest(3, 1, 2, false, false, id(1, 1)));
    node.step(new Message.VoteRequest(3, 1, 2, false, false, id(1, 1)));
    var yes = new Message.VoteReply(1, 3, 2, false, true);
    assertThat(node.ready().sendAfterAppend()).containsExactly(yes, yes);

    var led = follower(1, 1);
    led.step(append(1, id(1, 1), 0));
    led.ready();
    led.step(new Message.VoteRequest(3, 1, 1, false, false, id(1, 1)));
    assertThat(led.ready().sendAfterAppend())
        .containsExactly(new Message.VoteReply(1, 3, 1, false, false));
  }

  @Test
  void tellsAnOldCandidateTheTerm() {
    var node = follower(3, 1);
    node.step(new Message.VoteRequest(3, 1, 2, true, false, id(1, 9)));
    node.step(new Message.VoteRequest(3, 1, 2, false, false, id(1, 9)));
    assertThat(node.ready().sendNow())
        .containsExactly(
            new Message.VoteReply(1, 3, 3, true, false),
            new Message.VoteReply(1, 3, 3, false, false));
  }

  @Test
  void isToldToCampaignOnlyByItsLeader() {
    var node = follower(1, 1);
    node.step(append(1, id(1, 1), 0));
    node.ready();
    node.step(new Message.TimeoutNow(3, 1, 1));
    assertThat(node.hasReady()).isFalse();
    node.step(new Message.TimeoutNow(2, 1, 1));
    assertThat(node.status().role()).isEqualTo(RaftStatus.RoleName.CANDIDATE);

    var newcomer = follower(1, 1);
    newcomer.step(new Message.TimeoutNow(3, 1, 2));
    assertThat(newcomer.status().role())
        .as("nobody else leads the term that it hears of")
        .isEqualTo(RaftStatus.RoleName.CANDIDATE);
  }

  @Test
  void refusesWhatContradictsWhatIsCommitted() {
    var node = follower(2, 1, 1, 1);
    node.step(append(2, id(1, 2), 2));
    node.ready();
    node.step(append(2, id(2, 2), 2, entry(2, 3)));
    assertThat(node.ready().sendNow())
        .containsExactly(new Message.AppendReply(1, 2, 2, true, 2, id(1, 2)));
  }

  /** The log before the snapshot was durable; that says nothing of the entries behind it. */
  @Test
  void appliesNothingBehindASnapshotBeforeItIsDurable() {
    var node = follower(2, 1, 1, 1, 1, 1, 1, 1);
    var snapshot = new Snapshot(id(2, 3), Configuration.ofVoters(List.of(1L, 2L, 3L)));
    node.step(new Message.InstallSnapshot(2, 1, 2, snapshot));
    node.step(append(2, id(2, 3), 5, entry(2, 4), entry(2, 5)));

    var ready = node.ready();
    assertThat(ready.entries()).containsExactly(entry(2, 4), entry(2, 5));
    assertThat(ready.committed()).isEmpty();
    node.persisted(id(2, 5));
    assertThat(node.ready().committed()).containsExactly(entry(2, 4), entry(2, 5));
  }

  @Test
  void whoKnowsNothingTakesAStateEvenOfTheVeryBeginning() {
    var node = new RaftNode(config(1000, 10, 1000), RestoredState.EMPTY, () -> 0L, RaftTrace.NONE);
    node.step(append(1, EntryId.ZERO, 0, entry(1, 1)));
    assertThat(node.ready().sendNow())
        .containsExactly(new Message.AppendReply(1, 2, 1, true, 0, EntryId.ZERO));

    var beginning = new Snapshot(EntryId.ZERO, Configuration.ofVoters(List.of(2L)));
    node.step(new Message.InstallSnapshot(2, 1, 1, beginning));
    assertThat(node.ready().snapshot()).isEqualTo(beginning);
    node.step(new Message.InstallSnapshot(2, 1, 1, beginning));
    assertThat(node.ready().snapshot()).as("it knows that now").isNull();
  }

  @Test
  void hintsNoFurtherBackThanItsLogReaches() {
    var base = new Snapshot(id(2, 5), Configuration.ofVoters(List.of(1L, 2L, 3L)));
    var restored = new RestoredState(new HardState(3, 0, 5), base, List.of(entry(3, 6)), 5);
    var node = new RaftNode(config(1000, 10, 1000), restored, () -> 0L, RaftTrace.NONE);
    node.step(append(3, id(1, 6), 5));
    assertThat(node.ready().sendNow())
        .containsExactly(new Message.AppendReply(1, 2, 3, true, 6, id(2, 5)));
  }

  @Test
  void survivesMessagesThatNobodySends() {
    var node = follower(1, 1);
    node.ready();
    node.step(new Message.AppendEntries(2, 1, 1, id(1, 1), List.of(entry(1, 3)), 0));
    node.step(new Message.AppendEntries(2, 1, 1, id(7, 1), List.of(), 0));
    node.step(new Message.AppendEntries(2, 9, 1, id(1, 1), List.of(), 0));
    node.step(new Message.Heartbeat(1, 1, 5, 0, 0));
    node.step(new Message.Heartbeat(0, 1, 5, 0, 0));
    node.step(new Message.AppendReply(2, 1, 1, false, Long.MAX_VALUE, EntryId.ZERO));
    node.step(new Message.InstallSnapshot(2, 1, 1, Snapshot.NONE));
    assertThat(node.hasReady()).isFalse();
  }

  /** Heartbeats tell at most what this node has itself reported as durable. */
  @ParameterizedTest
  @CsvSource({"0, 25", "2, 3"})
  void stopsWhenItsLogLacksWhatItHasReported(int entries, long reported) {
    var node = follower(1, LongStream.generate(() -> 1).limit(entries).toArray());
    assertThatExceptionOfType(LogLostException.class)
        .isThrownBy(() -> node.step(new Message.Heartbeat(2, 1, 1, reported, 0)))
        .withMessage(
            "member 1 has reported its log as durable up to index %d, but it ends at index %d",
            reported, entries);
    assertThat(node.hasReady()).as("nothing is answered").isFalse();
  }

  @Test
  void aNewMemberHasReportedNothingAndGoesOn() {
    var node = node(List.of(), HardState.INITIAL);
    node.step(new Message.Heartbeat(2, 1, 1, 0, 0));
    assertThat(node.ready().sendNow()).containsExactly(new Message.HeartbeatReply(1, 2, 1, 0));
  }

  @Test
  void commitsAllThatAHeartbeatTells() {
    var node = follower(1, 1, 1);
    node.step(new Message.Heartbeat(2, 1, 1, 2, 0));
    assertThat(node.status().committedIndex()).isEqualTo(2);
  }
}
