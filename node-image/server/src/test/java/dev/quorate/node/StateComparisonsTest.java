package dev.quorate.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.api.admin.ComparisonOutcome;
import dev.quorate.api.peer.StateHash;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What answers of others say about a state; {@code CorruptionCheckTest} has them from nodes. */
final class StateComparisonsTest {
  private static final StateHash OWN = hash(7, 3);

  @Test
  void oneThatHoldsTheSameIsEnough() {
    assertThat(verdict(hash(7, 3))).isEqualTo(ComparisonOutcome.EQUAL);
    assertThat(verdict(hash(8, 3), hash(7, 3))).isEqualTo(ComparisonOutcome.EQUAL);
  }

  @Test
  void anotherHashOrAMissingRevisionIsADifference() {
    assertThat(verdict(hash(8, 3))).isEqualTo(ComparisonOutcome.DIFFERENT);
    assertThat(verdict(hash(0, 0).toBuilder().setMissing(true).build()))
        .isEqualTo(ComparisonOutcome.DIFFERENT);
  }

  @Test
  void anotherCompactionSaysNothingYet() {
    assertThat(verdict(hash(8, 4))).isEqualTo(ComparisonOutcome.COMPARISON_FAILED);
    assertThat(verdict(hash(0, 0).toBuilder().setCompacted(true).build()))
        .isEqualTo(ComparisonOutcome.COMPARISON_FAILED);
    assertThat(verdict()).isEqualTo(ComparisonOutcome.COMPARISON_FAILED);
  }

  @Test
  void anotherWayToHashSaysNothingEver() {
    var otherWay = hash(8, 3).toBuilder().setAlgorithm(2).build();
    assertThat(verdict(otherWay)).isEqualTo(ComparisonOutcome.INCOMPARABLE);
    assertThat(verdict(otherWay, hash(8, 3))).isEqualTo(ComparisonOutcome.DIFFERENT);
    assertThat(verdict(hash(8, 3), otherWay)).isEqualTo(ComparisonOutcome.DIFFERENT);
  }

  private static ComparisonOutcome verdict(StateHash... others) {
    return StateComparisons.verdict(OWN, List.of(others));
  }

  private static StateHash hash(int hash, long compactRevision) {
    return StateHash.newBuilder()
        .setAlgorithm(1)
        .setRevision(9)
        .setHash(hash)
        .setCompactRevision(compactRevision)
        .build();
  }
}
