package dev.quorate.operator.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class OperatorMetricsTest {
  private static final OperatorMetrics BEFORE = reading(10, 10, 10);

  private static OperatorMetrics reading(int upTo10, int upTo100, int all) {
    return OperatorMetrics.parse(
        """
        # HELP quorate_operator_reconcile_duration_seconds Time of one reconcile
        quorate_operator_reconcile_duration_seconds_bucket{le="0.01",} %d.0
        quorate_operator_reconcile_duration_seconds_bucket{le="0.1",} %d.0
        quorate_operator_reconcile_duration_seconds_bucket{le="+Inf",} %d.0
        quorate_operator_reconcile_duration_seconds_count %3$d.0
        quorate_operator_leading 1.0
        jvm_memory_bytes_used{area="heap",} 1.048576E7
        """
            .formatted(upTo10, upTo100, all));
  }

  @Test
  void readsSeriesWithAndWithoutLabels() {
    assertThat(BEFORE.leading()).isTrue();
    assertThat(BEFORE.heapBytes()).isEqualTo(10 << 20);
    assertThat(BEFORE.passes()).isEqualTo(10);
  }

  @Test
  void tellsQuantilesOfWhatWasAddedSinceAnEarlierReading() {
    var after = reading(60, 110, 110);
    assertThat(after.milliseconds(0.25, BEFORE)).isCloseTo(5, within(1e-9));
    assertThat(after.milliseconds(0.5, BEFORE)).isCloseTo(10, within(1e-9));
    assertThat(after.milliseconds(0.75, BEFORE)).isCloseTo(55, within(1e-9));
  }

  @Test
  void knowsNoQuantileWithoutAPass() {
    assertThat(BEFORE.milliseconds(0.99, BEFORE)).isZero();
  }

  /** What no bucket bounds must not look like a good time. */
  @Test
  void takesTheLongestTimesForLong() {
    var after = reading(10, 10, 110);
    assertThat(after.milliseconds(0.99, BEFORE)).isGreaterThan(1000);
  }
}
