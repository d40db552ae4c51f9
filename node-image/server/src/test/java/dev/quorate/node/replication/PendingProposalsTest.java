package dev.quorate.node.replication;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.node.replication.ReplicationException.Reason;
import dev.quorate.raft.check.Bytes;
import java.util.Objects;
import org.junit.jupiter.api.Test;

final class PendingProposalsTest {
  private final PendingProposals pending = new PendingProposals(3, 1000, 1);

  @Test
  void noMoreWaitThanTheirNumberAllows() {
    assertThat(pending.add(1, bytes(1), 0)).isNotNull();
    assertThat(pending.add(2, bytes(1), 0)).isNotNull();
    assertThat(pending.add(3, bytes(1), 0)).isNotNull();
    assertThat(pending.add(4, bytes(1), 0)).isNull();
    assertThat(pending.take(2)).isNotNull();
    assertThat(pending.add(5, bytes(1), 0)).isNotNull();
  }

  @Test
  void whatIsUrgentGetsAPlaceAndGivesItBack() {
    for (long sequence = 1; sequence <= 10; sequence++) {
      assertThat(pending.addUrgent(sequence, bytes(500), 0).sequence()).isEqualTo(sequence);
    }
    assertThat(pending.add(11, bytes(1), 0)).isNull();
    for (long sequence = 1; sequence <= 10; sequence++) {
      assertThat(pending.take(sequence)).isNotNull();
    }
    assertThat(pending.size()).isZero();
    assertThat(pending.add(12, bytes(1000), 0)).isNotNull();
  }

  @Test
  void noMoreWaitThanTheirBytesAllow() {
    var large = Objects.requireNonNull(pending.add(1, bytes(900), 0));
    assertThat(pending.add(2, bytes(101), 0)).isNull();
    assertThat(pending.add(3, bytes(100), 0)).isNotNull();
    pending.fail(large, Reason.TIMEOUT);
    assertThat(pending.add(4, bytes(900), 0)).isNotNull();
    assertThat(pending.size()).isEqualTo(2);
  }

  @Test
  void budgetsFollowTheHeap() {
    assertThat(MemoryBudget.of(128L << 20))
        .isEqualTo(new MemoryBudget(16 << 20, 16 << 20, 2 << 20, 16 << 20));
    assertThat(MemoryBudget.of(16L << 30))
        .isEqualTo(new MemoryBudget(512L << 20, 64 << 20, 32 << 20, 64 << 20));
  }

  private static Bytes bytes(int size) {
    return Bytes.of(new byte[size]);
  }
}
