package dev.quorate.raft;

import static dev.quorate.raft.Fixture.entry;
import static dev.quorate.raft.Fixture.id;
import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.raft.log.Entry;
import dev.quorate.raft.log.EntryId;
import dev.quorate.raft.log.Snapshot;
import dev.quorate.raft.quorum.Configuration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Which messages a correct peer can send, each at the edge of what is possible. */
class MessageCheckTest {
  private static final Configuration VOTERS = Configuration.ofVoters(List.of(1L, 2L));

  static Stream<Message> sound() {
    return Stream.of(
        append(1, EntryId.ZERO, 0),
        append(3, EntryId.ZERO, 0, entry(1, 1), entry(1, 2), entry(3, 3)),
        append(3, id(2, 7), 5, entry(2, 8)),
        new Message.AppendReply(2, 1, 1, false, 0, EntryId.ZERO),
        new Message.AppendReply(2, 1, 1, true, 4, id(0, 0)),
        new Message.VoteRequest(2, 1, 1, false, false, EntryId.ZERO),
        new Message.InstallSnapshot(2, 1, 1, new Snapshot(id(1, 5), VOTERS)),
        new Message.InstallSnapshot(2, 1, 1, new Snapshot(EntryId.ZERO, VOTERS)),
        new Message.Heartbeat(2, 1, 1, 0, 0),
        new Message.ReadReply(2, 1, 1, 5, false, 0),
        new Message.HeartbeatReply(2, 1, 1, 0),
        new Message.VoteReply(2, 1, 1, false, true),
        new Message.TimeoutNow(2, 1, 1),
        new Message.ForwardProposals(2, 1, 1, List.of()),
        new Message.ForwardRead(2, 1, 1, 9));
  }

  static Stream<Message> unsound() {
    return Stream.of(
        // The sender and its term.
        new Message.TimeoutNow(0, 1, 1),
        new Message.TimeoutNow(2, 1, 0),
        new Message.TimeoutNow(2, 1, -1),
        // Entries with a gap, of falling terms, of no term, of terms to come.
        append(3, id(2, 7), 5, entry(2, 9)),
        append(3, id(2, 7), 5, entry(2, 8), entry(2, 8)),
        append(3, id(2, 7), 5, entry(1, 8)),
        append(3, id(0, 0), 0, entry(2, 1), entry(1, 2)),
        append(3, id(0, 0), 0, entry(0, 1)),
        append(3, id(2, 7), 5, entry(4, 8)),
        append(3, id(4, 7), 5),
        append(3, id(2, 7), -1),
        // Positions below the beginning of every log.
        append(3, id(-1, 7), 5),
        append(3, id(2, -1), 5),
        new Message.AppendReply(2, 1, 1, false, -1, EntryId.ZERO),
        new Message.AppendReply(2, 1, 1, true, 1, id(-1, 1)),
        new Message.AppendReply(2, 1, 1, true, 1, id(1, -1)),
        new Message.VoteRequest(2, 1, 1, false, false, id(-1, 1)),
        new Message.VoteRequest(2, 1, 1, false, false, id(1, -1)),
        new Message.Heartbeat(2, 1, 1, -1, 0),
        new Message.ReadReply(2, 1, 1, 5, true, -1),
        // A state from nowhere, of a term to come, of a cluster without voters.
        new Message.InstallSnapshot(2, 1, 1, new Snapshot(id(1, -1), VOTERS)),
        new Message.InstallSnapshot(2, 1, 1, new Snapshot(id(2, 5), VOTERS)),
        new Message.InstallSnapshot(2, 1, 1, new Snapshot(id(1, 5), Configuration.EMPTY)));
  }

  @ParameterizedTest
  @MethodSource("sound")
  void takesWhatCanBe(Message message) {
    assertThat(MessageCheck.isSound(message)).isTrue();
  }

  @ParameterizedTest
  @MethodSource("unsound")
  void refusesWhatCannotBe(Message message) {
    assertThat(MessageCheck.isSound(message)).isFalse();
  }

  private static Message append(long term, EntryId previous, long committed, Entry... entries) {
    return new Message.AppendEntries(2, 1, term, previous, List.of(entries), committed);
  }
}
