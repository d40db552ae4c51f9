package dev.quorate.node.rpc;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.quorate.node.rpc.HeapBudget.ExceededException;
import org.junit.jupiter.api.Test;

/** Answers that share a part of the heap. */
final class HeapBudgetTest {
  private static final long LIMIT = 1 << 20;

  private final HeapBudget budget = new HeapBudget(LIMIT);

  @Test
  void whatIsTooLargeAloneIsToldApartFromWhatIsTooMuchNow() {
    var first = budget.share();
    take(first, LIMIT * 3 / 4);
    var second = budget.share();
    assertThatExceptionOfType(ExceededException.class)
        .isThrownBy(() -> take(second, LIMIT / 2))
        .matches(failure -> !failure.isAlone());
    assertThatExceptionOfType(ExceededException.class)
        .isThrownBy(() -> take(new HeapBudget(LIMIT).share(), 2 * LIMIT))
        .matches(ExceededException::isAlone);
  }

  @Test
  void whatWasRefusedAndWhatHasLeftTakesNothing() {
    for (int i = 0; i < 100; i++) {
      var large = budget.share();
      take(large, LIMIT * 3 / 4);
      var refused = budget.share();
      assertThatExceptionOfType(ExceededException.class).isThrownBy(() -> take(refused, LIMIT / 2));
      refused.close();
      large.close();
      large.close();
    }
    take(budget.share(), LIMIT - 1000);
  }

  @Test
  void smallAnswersDoNotCount() {
    take(budget.share(), LIMIT - 1000);
    for (int i = 0; i < 1000; i++) {
      take(budget.share(), 60_000);
    }
  }

  @Test
  void nobodyReadsOnForAClientThatHasGone() {
    var share = budget.share();
    share.close();
    assertThatExceptionOfType(ExceededException.class).isThrownBy(() -> take(share, LIMIT / 2));
    take(budget.share(), LIMIT - 1000);
  }

  /** In pairs of 1000 bytes with what each takes beside. */
  private static void take(HeapBudget.Share share, long bytes) {
    for (long taken = 0; taken < bytes; taken += 1000) {
      share.take(1000);
    }
  }
}
