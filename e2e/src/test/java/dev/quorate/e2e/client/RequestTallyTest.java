package dev.quorate.e2e.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class RequestTallyTest {
  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  private final RequestTally tally = warm();

  private static RequestTally warm() {
    var tally = new RequestTally();
    tally.attempt(0);
    tally.answered(0);
    return tally;
  }

  @Test
  void whatAProgramTakesToStartIsNotCounted() {
    var cold = new RequestTally();
    cold.attempt(0);
    cold.unanswered(7 * SECOND);
    cold.attempt(7 * SECOND);
    cold.unanswered(8 * SECOND);
    cold.attempt(8 * SECOND);
    cold.answered(9 * SECOND);
    assertThat(List.of(cold.requests(), cold.retried(), cold.failed())).containsOnly(0);
    assertThat(cold.slowestMilliseconds()).isZero();
  }

  @Test
  void answeredAtOnceIsNotRetried() {
    assertThat(tally.attempt(0)).isEqualTo(RequestTally.LIMIT);
    tally.answered(SECOND / 2);
    assertThat(counts()).isEqualTo("1 requests, 0 retried, 0 failed");
    assertThat(tally.slowestMilliseconds()).isEqualTo(500);
  }

  @Test
  void answeredAtALaterAttemptHasNotFailed() {
    tally.attempt(0);
    tally.unanswered(2 * SECOND);
    assertThat(tally.attempt(2 * SECOND)).isEqualTo(Duration.ofSeconds(3));
    tally.answered(3 * SECOND);
    assertThat(counts()).isEqualTo("1 requests, 1 retried, 0 failed");
    assertThat(tally.slowestMilliseconds()).as("from the first attempt on").isEqualTo(3000);
  }

  @Test
  void notAnsweredWithinTheLimitHasFailed() {
    tally.attempt(0);
    tally.unanswered(2 * SECOND);
    tally.attempt(2 * SECOND);
    tally.unanswered(5 * SECOND);
    assertThat(counts()).isEqualTo("1 requests, 1 retried, 1 failed");
    assertThat(tally.attempt(6 * SECOND)).as("of the next request").isEqualTo(RequestTally.LIMIT);
    tally.answered(6 * SECOND);
    assertThat(counts()).isEqualTo("2 requests, 1 retried, 1 failed");
  }

  @Test
  void nobodyRepeatsARequestAfterItsTime() {
    tally.attempt(0);
    tally.unanswered(SECOND);
    assertThat(tally.attempt(7 * SECOND)).isEqualTo(RequestTally.LIMIT);
    assertThat(counts()).isEqualTo("1 requests, 0 retried, 1 failed");
  }

  @Test
  void sumOfSeveralConnections() {
    tally.attempt(0);
    tally.answered(SECOND);
    var other = warm();
    other.attempt(0);
    other.unanswered(5 * SECOND);
    tally.add(other);
    assertThat(counts()).isEqualTo("2 requests, 0 retried, 1 failed");
    assertThat(tally.slowestMilliseconds()).isEqualTo(5000);
  }

  private String counts() {
    return "%d requests, %d retried, %d failed"
        .formatted(tally.requests(), tally.retried(), tally.failed());
  }
}
