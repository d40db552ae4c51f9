package dev.quorate.node.replication;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.raft.log.EntryId;
import dev.quorate.raft.log.Snapshot;
import dev.quorate.raft.quorum.Configuration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What of the applied log is kept. */
final class CatchUpMarginTest {
  private static final long ALL = Long.MAX_VALUE;
  private final CatchUpMargin margin = new CatchUpMargin(2_000, 10 << 20);

  @Test
  void nothingGoesWithinTheMargin() {
    apply(1, 1_900, 100);
    assertThat(margin.base(ALL, ALL)).isNull();
  }

  @Test
  void beyondTheMarginOfEntriesTheLogMayBeginAnew() {
    apply(1, 10_000, 100);
    assertThat(index(margin.base(ALL, ALL))).isBetween(7_400L, 8_000L);
  }

  @Test
  void theMarginIsBoundedInBytesToo() {
    apply(1, 100, 1 << 20);
    assertThat(index(margin.base(ALL, ALL))).isBetween(88L, 90L);
  }

  @Test
  void nothingGoesThatTheStateDoesNotHoldDurably() {
    apply(1, 10_000, 100);
    assertThat(index(margin.base(5_000, ALL))).isBetween(4_400L, 5_000L);
  }

  @Test
  void whileAStateIsSentMoreIsKeptButNotWithoutBound() {
    apply(1, 10_000, 100);
    assertThat(index(margin.base(ALL, 3_000))).isBetween(2_400L, 3_000L);
    apply(10_001, 50_000, 100);
    assertThat(index(margin.base(ALL, 3_000))).isBetween(33_000L, 34_000L);
  }

  private void apply(long from, long to, long entryBytes) {
    for (long index = from; index <= to; index++) {
      margin.applied(new Snapshot(new EntryId(1, index), Configuration.EMPTY), entryBytes);
    }
  }

  private static long index(@Nullable Snapshot snapshot) {
    return snapshot == null ? 0 : snapshot.id().index();
  }
}
