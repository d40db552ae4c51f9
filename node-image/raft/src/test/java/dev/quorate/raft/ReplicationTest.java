package dev.quorate.raft;

import static dev.quorate.raft.Fixture.ELECTION_TICKS;
import static dev.quorate.raft.Fixture.HEARTBEAT_TICKS;
import static dev.quorate.raft.Fixture.appended;
import static dev.quorate.raft.Fixture.config;
import static dev.quorate.raft.Fixture.id;
import static dev.quorate.raft.Fixture.settledLeader;
import static dev.quorate.raft.Fixture.text;
import static dev.quorate.raft.Fixture.ticks;
import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.raft.log.EntryId;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a leader knows of the others, and what it sends them for that. */
class ReplicationTest {
  @Test
  void believesNoAnswerBeyondItsOwnLog() {
    var node = settledLeader();
    node.step(appended(2, 9));
    assertThat(matchIndex(node, 2)).isEqualTo(1);
    node.step(appended(2, 1));
    assertThat(matchIndex(node, 2)).isEqualTo(1);
  }

  @Test
  void ignoresAnswersOfWhoIsNoMember() {
    var node = settledLeader();
    node.step(appended(9, 1));
    node.step(new Message.HeartbeatReply(9, 1, 1, 0));
    node.snapshotSent(9, id(1, 1), true);
    assertThat(node.hasReady()).isFalse();
    assertThat(node.status().followers()).hasSize(2);
  }

  @Test
  void anOldAnswerTakesNothingBack() {
    var node = settledLeader();
    node.propose(List.of(text("a")));
    node.ready();
    node.step(appended(2, 2));
    node.step(appended(2, 1));
    assertThat(matchIndex(node, 2)).isEqualTo(2);
  }

  @Test
  void tellsWhatIsCommittedInHeartbeatsOnlyAsFarAsTheOtherHasIt() {
    var node = settledLeader();
    node.propose(List.of(text("a")));
    node.ready();
    node.persisted(id(1, 2));
    node.step(appended(2, 2));
    node.ready();
    ticks(node, HEARTBEAT_TICKS);
    assertThat(node.ready().sendNow())
        .containsExactly(
            new Message.Heartbeat(1, 2, 1, 2, 0), new Message.Heartbeat(1, 3, 1, 1, 0));
  }

  @Test
  void sendsHeartbeatsInTheirOwnTime() {
    var node = settledLeader();
    ticks(node, HEARTBEAT_TICKS - 1);
    assertThat(node.hasReady()).isFalse();
    node.tick();
    assertThat(node.ready().sendNow()).hasSize(2);
    ticks(node, HEARTBEAT_TICKS);
    assertThat(node.ready().sendNow()).hasSize(2);
  }

  @Test
  void aHeartbeatsAnswerOfWhoHasEverythingCausesNothing() {
    var node = settledLeader();
    node.step(new Message.HeartbeatReply(2, 1, 1, 0));
    assertThat(node.hasReady()).isFalse();
  }

  @Test
  void theWindowIsAlsoOneOfBytes() {
    // One entry of ten bytes takes 34, so the third would be beyond 100 bytes on the way.
    var config =
        new RaftConfig(1, HEARTBEAT_TICKS, ELECTION_TICKS, ELECTION_TICKS, 40, 100, 68, 1000);
    var node = settledLeader(config);
    for (int i = 0; i < 4; i++) {
      node.propose(List.of(text("0123456789")));
    }
    assertThat(toNode2(node)).hasSize(2);
    node.step(appended(2, 2));
    assertThat(toNode2(node)).as("room for one again").hasSize(1);
    node.step(appended(2, 4));
    assertThat(toNode2(node)).hasSize(1);
    node.step(appended(2, 5));
    assertThat(toNode2(node)).isEmpty();
  }

  @Test
  void aRefusalInTheMiddleOfManyMessagesProbesOnceAndThenGoesOn() {
    var node = settledLeader(config(40, 10, 1000));
    for (int i = 0; i < 3; i++) {
      node.propose(List.of(text("0123456789")));
    }
    assertThat(toNode2(node)).hasSize(3);
    node.step(new Message.AppendReply(2, 1, 1, true, 2, id(1, 1)));
    assertThat(toNode2(node)).as("one probe from 2").hasSize(1);
    node.step(new Message.AppendReply(2, 1, 1, true, 3, id(1, 1)));
    assertThat(toNode2(node)).as("a refusal of what was sent before").isEmpty();
    node.step(appended(2, 2));
    assertThat(toNode2(node)).hasSize(2);
  }

  @Test
  void aRefusalMakesRoomForAll() {
    var node = settledLeader(config(40, 2, 1000));
    for (int i = 0; i < 4; i++) {
      node.propose(List.of(text("0123456789")));
    }
    assertThat(toNode2(node)).as("the window").hasSize(2);
    node.step(new Message.AppendReply(2, 1, 1, true, 2, id(1, 1)));
    assertThat(toNode2(node)).hasSize(1);
    node.step(appended(2, 2));
    assertThat(toNode2(node)).as("the whole window again").hasSize(2);
  }

  @Test
  void neverProbesBehindWhatIsConfirmed() {
    var node = settledLeader();
    node.propose(List.of(text("a"), text("b")));
    node.ready();
    node.step(new Message.AppendReply(2, 1, 1, true, 3, EntryId.ZERO));
    assertThat(toNode2(node))
        .singleElement()
        .isInstanceOfSatisfying(
            Message.AppendEntries.class,
            append -> assertThat(append.previous()).isEqualTo(id(1, 1)));
  }

  @Test
  void aRefusedBeginningMeansThatTheStateIsMissing() {
    var node = settledLeader();
    node.step(new Message.AppendReply(2, 1, 1, true, 0, EntryId.ZERO));
    assertThat(node.ready().snapshotsWanted()).as("it is known to have index 1").isEmpty();

    var fresh = Fixture.leader(config(1000, 10, 1000), List.of(1L, 2L, 3L));
    fresh.ready();
    fresh.step(new Message.AppendReply(2, 1, 1, true, 0, EntryId.ZERO));
    assertThat(fresh.ready().snapshotsWanted()).containsExactly(2L);
    fresh.step(new Message.AppendReply(2, 1, 1, true, 0, EntryId.ZERO));
    assertThat(fresh.ready().snapshotsWanted()).as("one at a time").isEmpty();
    fresh.snapshotSent(2, EntryId.ZERO, false);
    fresh.step(new Message.HeartbeatReply(2, 1, 1, 0));
    assertThat(toNode2(fresh))
        .as("after a failure it is asked again")
        .singleElement()
        .isInstanceOfSatisfying(
            Message.AppendEntries.class,
            append -> assertThat(append.previous()).isEqualTo(EntryId.ZERO));
  }

  @Test
  void aRefusalThatPointsAheadOfTheRefusedPlaceIsTakenAtThatPlace() {
    var node = settledLeader();
    node.propose(List.of(text("a"), text("b"), text("c")));
    node.ready();
    node.step(new Message.AppendReply(2, 1, 1, true, 2, id(1, 4)));
    assertThat(toNode2(node)).hasSize(1);
    node.step(appended(2, 1));
    assertThat(matchIndex(node, 2)).isEqualTo(1);
  }

  @Test
  void aLateAnswerFromBeforeARefusalMovesOnWhatIsSentNext() {
    var node = settledLeader();
    node.propose(List.of(text("a"), text("b"), text("c")));
    node.ready();
    node.step(new Message.AppendReply(2, 1, 1, true, 4, id(1, 1)));
    node.step(appended(2, 2));
    node.step(appended(2, 4));
    assertThat(toNode2(node))
        .allSatisfy(
            message ->
                assertThat(message)
                    .isInstanceOfSatisfying(
                        Message.AppendEntries.class,
                        append -> assertThat(append.previous()).isEqualTo(id(1, 4))));
  }

  @Test
  void whoNeedsAStateAndCatchesUpWithoutItGetsEntriesAgain() {
    var node = leaderWithoutOldEntries();
    node.step(new Message.AppendReply(3, 1, 1, true, 4, id(1, 1)));
    assertThat(node.ready().snapshotsWanted()).containsExactly(3L);

    node.step(appended(3, 2));
    var ready = node.ready();
    assertThat(ready.sendNow()).as("the log begins behind 3").isEmpty();
    assertThat(ready.snapshotsWanted()).as("one is on its way").isEmpty();
    node.step(appended(3, 3));
    assertThat(toNode(3, node)).hasSize(1);
    assertThat(isSnapshotting(node, 3)).isFalse();
  }

  @Test
  void aStateIsWantedOnlyForWhoIsHeard() {
    var node = leaderWithoutOldEntries();
    node.step(new Message.AppendReply(3, 1, 1, true, 4, id(1, 1)));
    node.ready();
    node.snapshotSent(3, id(1, 4), false);
    assertThat(node.ready().snapshotsWanted()).as("a heartbeat's answer first").isEmpty();
    node.step(new Message.HeartbeatReply(3, 1, 1, 0));
    assertThat(node.ready().snapshotsWanted()).containsExactly(3L);
  }

  @Test
  void aStateThatIsInstalledIsFollowedByWhatComesBehindIt() {
    var node = leaderWithoutOldEntries();
    node.propose(List.of(text("d")));
    node.step(new Message.AppendReply(3, 1, 1, true, 4, id(1, 1)));
    node.ready();
    node.snapshotSent(3, id(1, 4), true);
    assertThat(toNode(3, node))
        .singleElement()
        .isInstanceOfSatisfying(
            Message.AppendEntries.class,
            append -> assertThat(append.previous()).isEqualTo(id(1, 4)));
  }

  /** Up to 4, all of it applied, with nothing up to 3 in the log; node 3 has confirmed 1. */
  private static RaftNode leaderWithoutOldEntries() {
    var node = settledLeader();
    node.propose(List.of(text("a"), text("b"), text("c")));
    node.ready();
    node.persisted(id(1, 4));
    node.step(appended(2, 4));
    node.ready();
    node.applied(4);
    node.removeLogUpTo(3);
    node.ready();
    return node;
  }

  private static boolean isSnapshotting(RaftNode node, long follower) {
    return node.status().followers().stream()
        .anyMatch(status -> status.id() == follower && status.snapshotting());
  }

  private static List<Message> toNode(long to, RaftNode node) {
    return node.ready().sendNow().stream().filter(message -> message.to() == to).toList();
  }

  private static List<Message> toNode2(RaftNode node) {
    return toNode(2, node);
  }

  private static long matchIndex(RaftNode node, long follower) {
    return node.status().followers().stream()
        .filter(status -> status.id() == follower)
        .mapToLong(RaftStatus.FollowerStatus::matchIndex)
        .sum();
  }
}
