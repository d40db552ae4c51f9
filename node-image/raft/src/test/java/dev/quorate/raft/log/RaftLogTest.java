package dev.quorate.raft.log;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quorate.raft.check.Bytes;
import dev.quorate.raft.check.Invariants.InvariantViolation;
import dev.quorate.raft.quorum.MembershipChange;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** The log alone: what it refuses because it would be a bug, and its counts. */
class RaftLogTest {
  @Test
  void refusesToReplaceWhatIsCommitted() {
    var log = logOf(3);
    log.commitTo(2);

    assertBroken(() -> log.appendFromLeader(List.of(entry(2, 2, ""))), "2 is committed");
    log.appendFromLeader(List.of(entry(2, 3, "")));
    assertThat(log.last()).isEqualTo(id(2, 3));
  }

  @Test
  void refusesToCommitWhatItDoesNotHave() {
    var log = logOf(3);

    assertThat(log.commitTo(3)).isTrue();
    assertThat(log.commitTo(3)).isFalse();
    assertBroken(() -> log.commitTo(4), "entry 4 is committed, but the log ends");
  }

  @Test
  void refusesToApplyWhatItDidNotHandOut() {
    var log = logOf(3);
    log.commitTo(2);
    log.takeCommitted();
    log.commitTo(3);

    log.applied(2);
    assertBroken(() -> log.applied(3), "3 is applied, but only 2 was handed out");
  }

  @Test
  void refusesToForgetWhatIsNotApplied() {
    var log = logOf(3);
    log.commitTo(3);
    log.takeCommitted();
    log.applied(2);

    log.removeUpTo(2);
    assertThat(log.base()).isEqualTo(id(1, 2));
    assertBroken(() -> log.removeUpTo(3), "applied is 2");
  }

  @Test
  void refusesAStateThatNoCrashLeavesBehind() {
    var entries = List.of(entry(1, 4, ""), entry(1, 5, ""));

    assertThat(new RaftLog(id(1, 3), entries, 0, 3).last()).isEqualTo(id(1, 5));
    assertThat(new RaftLog(id(1, 3), entries, 0, 5).committedIndex()).isEqualTo(5);
    assertBroken(() -> new RaftLog(id(1, 3), entries, 0, 2), "does not hold applied 2");
    assertBroken(() -> new RaftLog(id(1, 3), entries, 0, 6), "does not hold applied 6");
    assertBroken(() -> new RaftLog(id(1, 2), entries, 0, 2), "gap");
    assertBroken(
        () -> new RaftLog(id(1, 3), List.of(entry(1, 4, ""), entry(1, 6, "")), 0, 3), "gap");
  }

  @Test
  void countsTheBytesThatAreCommittedAndNotApplied() {
    var entries = List.of(entry(1, 1, "a"), entry(1, 2, "bb"), entry(1, 3, "cccc"));
    var log = new RaftLog(EntryId.ZERO, entries, 2, 1);
    assertThat(log.unappliedBytes()).as("of the second entry, from the start").isEqualTo(2);

    log.commitTo(3);
    assertThat(log.unappliedBytes()).isEqualTo(6);
    log.takeCommitted();
    log.applied(2);
    assertThat(log.unappliedBytes()).isEqualTo(4);
    log.applied(1);
    assertThat(log.unappliedBytes()).as("an old report").isEqualTo(4);
    log.restore(id(1, 9));
    assertThat(log.unappliedBytes()).isZero();
  }

  @Test
  void handsOutSlicesByBytesButAlwaysOneEntry() {
    var log = logOf(3);
    int size = log.at(1).sizeBytes();

    assertThat(log.entriesFrom(1, 1)).containsExactly(log.at(1));
    assertThat(log.entriesFrom(1, 2L * size - 1)).containsExactly(log.at(1));
    assertThat(log.entriesFrom(1, 2L * size)).containsExactly(log.at(1), log.at(2));
    assertThat(log.entriesFrom(2, 9L * size)).containsExactly(log.at(2), log.at(3));
    assertThat(log.entriesFrom(4, 9L * size)).isEmpty();
  }

  @Test
  void forgetsAPendingChangeThatIsReplaced() {
    var log = logOf(1);
    log.append(change(1, 2));
    log.append(change(1, 3));
    assertThat(log.membershipPending()).isTrue();

    log.appendFromLeader(List.of(entry(2, 3, "")));
    assertThat(log.membershipPending()).as("the first is still there").isTrue();
    log.appendFromLeader(List.of(entry(3, 2, "")));
    assertThat(log.membershipPending()).isFalse();

    log.append(change(3, 3));
    log.appendFromLeader(List.of(entry(4, 3, "")));
    assertThat(log.membershipPending()).as("replaced at its own place").isFalse();
  }

  @Test
  void tellsAPendingChangeFromACommittedOne() {
    var log = new RaftLog(EntryId.ZERO, List.of(entry(1, 1, ""), change(1, 2)), 1, 0);
    assertThat(log.committedMembershipPending()).isFalse();
    assertThat(log.handsOutMembership()).isFalse();
    log.commitTo(2);
    assertThat(log.committedMembershipPending()).isTrue();
    assertThat(log.handsOutMembership()).isTrue();
    log.takeCommitted();
    assertThat(log.handsOutMembership()).isFalse();
  }

  @Test
  void replacesAndForgetsAlsoWhenItDoesNotBeginAtTheBeginning() {
    var log = logOf(5);
    log.commitTo(3);
    log.takeCommitted();
    log.applied(3);
    log.removeUpTo(1);
    log.removeUpTo(2);
    assertThat(log.base()).isEqualTo(id(1, 2));
    assertThat(log.entriesFrom(3, 1000)).hasSize(3);

    log.appendFromLeader(List.of(entry(2, 5, "new")));
    assertThat(log.at(4).term()).isEqualTo(1);
    assertThat(log.last()).isEqualTo(id(2, 5));
  }

  @Test
  void looksForATermDownToItsBaseAndSaysWhenItIsBelow() {
    var entries = List.of(entry(2, 6, ""), entry(3, 7, ""));
    var log = new RaftLog(id(2, 5), entries, 5, 5);
    assertThat(log.lastIndexWithTermAtMost(9, 3)).isEqualTo(7);
    assertThat(log.lastIndexWithTermAtMost(7, 2)).isEqualTo(6);
    assertThat(log.lastIndexWithTermAtMost(5, 2)).isEqualTo(5);
    assertThat(log.lastIndexWithTermAtMost(7, 1)).isEqualTo(4);
  }

  @Test
  void beginsAnewBehindASnapshotThatIsNotDurableYet() {
    var log = logOf(9);
    log.restore(id(2, 4));
    assertThat(log.durableIndex()).isZero();
    assertThat(log.hasUnstable()).isFalse();

    log.append(entry(2, 5, ""));
    log.commitTo(5);
    assertThat(log.takeUnstable()).hasSize(1);
    assertThat(log.persisted(id(2, 4))).isTrue();
    assertThat(log.durableIndex()).isEqualTo(4);
    assertThat(log.takeCommitted()).isEmpty();
    assertThat(log.persisted(id(2, 5))).isTrue();
    assertThat(log.takeCommitted()).containsExactly(entry(2, 5, ""));
  }

  @Test
  void aReportForWhatWasReplacedMakesNothingDurable() {
    var log = logOf(1);
    log.append(entry(1, 2, "a"));
    log.takeUnstable();
    log.appendFromLeader(List.of(entry(2, 2, "b")));

    assertThat(log.persisted(id(7, 7))).as("nobody wrote that").isFalse();
    assertThat(log.persisted(id(1, 2))).isFalse();
    assertThat(log.persisted(id(1, 2))).isFalse();
    assertThat(log.durableIndex()).isEqualTo(1);
    assertThat(log.takeUnstable()).containsExactly(entry(2, 2, "b"));
    assertThat(log.persisted(id(2, 2))).isTrue();
    assertThat(log.persisted(id(2, 2))).as("the same report again").isFalse();
    assertThat(log.durableIndex()).isEqualTo(2);
  }

  private static void assertBroken(ThrowingCallable call, String message) {
    assertThatThrownBy(call).isInstanceOf(InvariantViolation.class).hasMessageContaining(message);
  }

  /** All of term 1 and durable, none committed. */
  private static RaftLog logOf(int size) {
    var log = new RaftLog(EntryId.ZERO, List.of(), 0, 0);
    for (int index = 1; index <= size; index++) {
      log.append(entry(1, index, "data"));
    }
    log.takeUnstable();
    log.persisted(log.last());
    return log;
  }

  private static EntryId id(long term, long index) {
    return new EntryId(term, index);
  }

  private static Entry entry(long term, long index, String data) {
    var bytes = Bytes.of(data.getBytes(UTF_8));
    return new Entry(id(term, index), EntryKind.COMMAND, bytes);
  }

  private static Entry change(long term, long index) {
    var change = new MembershipEntry(new MembershipChange.AddLearner(7), Bytes.EMPTY);
    return new Entry(id(term, index), EntryKind.MEMBERSHIP, change.encode());
  }
}
