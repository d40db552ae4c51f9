package dev.quorate.raft.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quorate.raft.check.Bytes;
import dev.quorate.raft.quorum.MembershipChange;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What stands on disks and in messages and must be read the same for ever. */
class EntryDataTest {
  @Test
  void theCodesOfKindsStay() {
    assertThat(EntryKind.COMMAND.code()).isEqualTo(0);
    assertThat(EntryKind.MEMBERSHIP.code()).isEqualTo(1);
    assertThat(EntryKind.TERM_START.code()).isEqualTo(2);
    for (EntryKind kind : EntryKind.values()) {
      assertThat(EntryKind.ofCode(kind.code())).isEqualTo(kind);
    }
    assertThatThrownBy(() -> EntryKind.ofCode(3)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void membershipEntriesAreACodeAnIdAndTheHostsBytes() {
    var changes =
        List.of(
            new MembershipChange.AddLearner(7),
            new MembershipChange.PromoteLearner(7),
            new MembershipChange.AddVoter(7),
            new MembershipChange.Remove(7));
    for (int i = 0; i < changes.size(); i++) {
      var entry = new MembershipEntry(changes.get(i), Bytes.of(new byte[] {5, 6}));
      byte[] expected = {(byte) (i + 1), 0, 0, 0, 0, 0, 0, 0, 7, 5, 6};
      assertThat(entry.encode()).isEqualTo(Bytes.of(expected));
      assertThat(MembershipEntry.decode(Bytes.of(expected))).isEqualTo(entry);
    }
    assertThatThrownBy(() -> MembershipEntry.decode(Bytes.of(new byte[9])))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void anEntryCountsForItsDataAndALittleMore() {
    var entry = new Entry(new EntryId(1, 1), EntryKind.COMMAND, Bytes.of(new byte[10]));
    assertThat(entry.sizeBytes()).isEqualTo(34);
  }
}
