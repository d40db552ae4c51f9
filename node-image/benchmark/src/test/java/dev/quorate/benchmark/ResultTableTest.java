package dev.quorate.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class ResultTableTest {
  private static final Workload PUTS =
      new Workload(
          100, 10, 16, 256, 1000, RequestMix.PUTS, 0, Duration.ofSeconds(1), Duration.ofSeconds(2));

  @Test
  void showsTheMedianOfAllRuns() {
    var table =
        ResultTable.of(
            List.of(
                measured("etcd", 100),
                measured("quorate", 900),
                measured("etcd", 300),
                measured("etcd", 200)));
    assertThat(table.lines())
        .hasSize(4)
        .element(2)
        .asString()
        .startsWith(
            "| 100 clients: puts of 256 bytes | etcd | 100 | 2.00 | 2.00 | 2.00 | 12.5 | 4.0 | 64 | 3 |");
    assertThat(table).contains("| 100 clients: puts of 256 bytes | quorate | 450 |");
  }

  @Test
  void medianOfAnEvenNumberIsBetweenTheTwoInTheMiddle() {
    assertThat(ResultTable.median(List.of(1, 10, 2, 4), Integer::doubleValue)).isEqualTo(3);
  }

  private static Measurement measured(String contender, int requests) {
    var times = new Histogram(3);
    times.recordValueWithCount(2000, requests);
    return new Measurement(
        contender, PUTS, new LoadResult(2, times.getTotalCount(), 1, "", times), 12.5, 4, 64 << 20);
  }
}
