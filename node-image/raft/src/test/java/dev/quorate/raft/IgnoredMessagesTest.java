package dev.quorate.raft;

import static dev.quorate.raft.Fixture.ELECTION_TICKS;
import static dev.quorate.raft.Fixture.follower;
import static dev.quorate.raft.Fixture.id;
import static dev.quorate.raft.Fixture.settledLeader;
import static dev.quorate.raft.Fixture.text;
import static dev.quorate.raft.Fixture.ticks;
import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.raft.RaftStatus.RoleName;
import dev.quorate.raft.log.EntryId;
import dev.quorate.raft.log.Snapshot;
import dev.quorate.raft.quorum.Configuration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Messages that come to the wrong role, or in the wrong term: what is not for it does nothing. */
class IgnoredMessagesTest {
  private static final Snapshot STATE =
      new Snapshot(id(1, 9), Configuration.ofVoters(List.of(1L, 2L, 3L)));

  static Stream<Message> repliesAndOrders() {
    return repliesAndOrders(1).stream();
  }

  /** What nobody waits for who does not lead; {@code from} is not the leader of the followers. */
  private static List<Message> repliesAndOrders(long term) {
    return List.of(
        new Message.AppendReply(3, 1, term, false, 1, EntryId.ZERO),
        new Message.AppendReply(3, 1, term, true, 0, EntryId.ZERO),
        new Message.HeartbeatReply(3, 1, term, 0),
        new Message.VoteReply(3, 1, term, false, false),
        new Message.VoteReply(3, 1, term, true, false),
        new Message.TimeoutNow(3, 1, term),
        new Message.ForwardProposals(3, 1, term, List.of(text("a"))),
        new Message.ReadReply(3, 1, term, 9, true, 1));
  }

  @ParameterizedTest
  @MethodSource("repliesAndOrders")
  void aFollowerHasNoUseForThem(Message message) {
    var node = follower(1, 1);
    node.step(new Message.Heartbeat(2, 1, 1, 0, 0));
    node.ready();
    assertNothing(node, message, RoleName.FOLLOWER);
  }

  @ParameterizedTest
  @MethodSource("repliesAndOrders")
  void whoAsksForPreVotesTakesVotesAlone(Message message) {
    var node = follower(1, 1);
    ticks(node, ELECTION_TICKS);
    node.ready();
    assertNothing(node, message, RoleName.PRE_CANDIDATE);
  }

  @ParameterizedTest
  @MethodSource("repliesAndOrders")
  void whoAsksForVotesTakesVotesAlone(Message message) {
    var node = follower(0);
    ticks(node, ELECTION_TICKS);
    node.step(new Message.VoteReply(3, 1, 1, true, true));
    node.ready();
    assertThat(node.status().term()).isEqualTo(1);
    assertNothing(node, message, RoleName.CANDIDATE);
  }

  static Stream<Message> whatALeaderHasNoUseFor() {
    return Stream.of(
        new Message.AppendEntries(3, 1, 1, id(1, 1), List.of(), 1),
        new Message.Heartbeat(3, 1, 1, 1, 0),
        new Message.InstallSnapshot(3, 1, 1, STATE),
        new Message.VoteReply(3, 1, 1, false, true),
        new Message.VoteReply(3, 1, 1, true, true),
        new Message.TimeoutNow(3, 1, 1),
        new Message.ReadReply(3, 1, 1, 9, true, 1));
  }

  @ParameterizedTest
  @MethodSource("whatALeaderHasNoUseFor")
  void aLeaderTakesNoOrders(Message message) {
    assertNothing(settledLeader(), message, RoleName.LEADER);
  }

  @Test
  void whoAsksForPreVotesAndWhoLeadsOnlyRefuseARivalOfTheirTerm() {
    var asking = follower(1, 1);
    asking.step(new Message.VoteRequest(2, 1, 1, false, false, id(1, 1)));
    ticks(asking, ELECTION_TICKS);
    for (var node : List.of(asking, settledLeader())) {
      var role = node.status().role();
      node.ready();
      node.step(new Message.VoteRequest(3, 1, 1, false, false, id(1, 9)));
      assertThat(node.ready().sendAfterAppend())
          .containsExactly(new Message.VoteReply(1, 3, 1, false, false));
      assertThat(node.status().role()).isEqualTo(role);
    }
  }

  static Stream<Message> whatNeedsNoAnswerInAnOldTerm() {
    var messages = new ArrayList<>(repliesAndOrders(1));
    messages.add(new Message.InstallSnapshot(3, 1, 1, STATE));
    return messages.stream();
  }

  @ParameterizedTest
  @MethodSource("whatNeedsNoAnswerInAnOldTerm")
  void whatIsOldIsNotHeeded(Message message) {
    var node = follower(4, 1);
    node.ready();
    assertNothing(node, message, RoleName.FOLLOWER);
  }

  static Stream<Message> whatProvesANewTerm() {
    return repliesAndOrders(4).stream().filter(message -> !(message instanceof Message.TimeoutNow));
  }

  @ParameterizedTest
  @MethodSource("whatProvesANewTerm")
  void anyMessageOfANewTermEndsTheOldOne(Message message) {
    var node = settledLeader();
    node.step(message);
    assertThat(node.status().role()).isEqualTo(RoleName.FOLLOWER);
    assertThat(node.status().term()).isEqualTo(4);
    assertThat(node.status().leader()).isZero();
  }

  private static void assertNothing(RaftNode node, Message message, RoleName role) {
    var before = node.status();
    node.step(message);
    assertThat(node.hasReady()).isFalse();
    assertThat(node.status().role()).isEqualTo(role);
    assertThat(node.status().term()).isEqualTo(before.term());
    assertThat(node.status().last()).isEqualTo(before.last());
    assertThat(node.status().leader()).isEqualTo(before.leader());
  }
}
