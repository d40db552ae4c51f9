package dev.quorate.raft.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.raft.check.Bytes;
import dev.quorate.raft.quorum.MembershipChange;
import java.util.List;
import org.junit.jupiter.api.Test;

class RestoredRaftLogTest {
  @Test
  void aCommittedIndexAheadOfATornTailEndsWithTheLog() {
    var log = new RaftLog(EntryId.ZERO, List.of(command(1), command(2)), 5, 1);

    assertThat(log.committedIndex()).isEqualTo(2);
  }

  @Test
  void theFirstOfTwoMembershipChangesIsKnownToBeCommitted() {
    var entries = List.of(command(1), addLearner(2, 7), command(3), addLearner(4, 8));
    var log = new RaftLog(EntryId.ZERO, entries, 1, 1);

    assertThat(log.committedIndex()).isEqualTo(2);
    assertThat(log.committedMembershipPending()).isTrue();
  }

  @Test
  void aSingleMembershipChangeProvesNothing() {
    var log = new RaftLog(EntryId.ZERO, List.of(command(1), addLearner(2, 7)), 1, 1);

    assertThat(log.committedIndex()).isEqualTo(1);
    assertThat(log.committedMembershipPending()).isFalse();
  }

  private static Entry command(long index) {
    return new Entry(new EntryId(1, index), EntryKind.COMMAND, Bytes.EMPTY);
  }

  private static Entry addLearner(long index, long id) {
    var change = new MembershipEntry(new MembershipChange.AddLearner(id), Bytes.EMPTY);
    return new Entry(new EntryId(1, index), EntryKind.MEMBERSHIP, change.encode());
  }
}
