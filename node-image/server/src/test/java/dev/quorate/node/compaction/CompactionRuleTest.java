package dev.quorate.node.compaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.quorate.node.flags.ConfigException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Times and revisions in, what to compact out. */
final class CompactionRuleTest {
  /** Where a clock that is not a wall clock may well begin. */
  private static final long START = -7_000_000_000_000L;

  @ParameterizedTest
  @CsvSource({
    "periodic,0,off",
    "periodic,5,'periodic, PT5H'",
    "periodic,5m,'periodic, PT5M'",
    "periodic,0s,off",
    "revision,1000,'revision, 1000'",
    "revision,0,off"
  })
  void theFlagsAreReadAsInEtcd(String mode, String retention, String policy) throws Exception {
    assertThat(CompactionPolicy.parse(mode, retention)).hasToString(policy);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "periodic | 5x | --auto-compaction-retention: \"5x\" is neither hours nor a duration like 5m or 24h",
        "periodic | -5m | --auto-compaction-retention: \"-5m\" is neither hours nor a duration like 5m or 24h",
        "periodic | 9ms | --auto-compaction-retention: 9ms is too short: set at least 1s, or 0 for none",
        "revision | 5m | --auto-compaction-retention: \"5m\" is not a number of revisions",
        "other | 5m | --auto-compaction-mode: \"other\" is neither periodic nor revision"
      })
  void badOnesAreNamed(String mode, String retention, String message) {
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> CompactionPolicy.parse(mode, retention))
        .withMessage(message);
  }

  @Test
  void aPeriodIsKeptAndCompactedOnceAPeriod() {
    // One revision a minute, ten minutes kept: asked every minute.
    var rule = new PeriodicCompaction(Duration.ofMinutes(10));
    assertThat(rule.interval()).isEqualTo(Duration.ofMinutes(1));
    assertThat(compactions(rule, 45)).containsExactly("10:1", "20:11", "30:21", "40:31");
  }

  @Test
  void aLongPeriodIsCompactedEveryHour() {
    var rule = new PeriodicCompaction(Duration.ofHours(3));
    assertThat(rule.interval()).isEqualTo(Duration.ofMinutes(6));
    assertThat(compactions(rule, 60)).containsExactly("30:1", "40:11", "50:21", "60:31");
  }

  @Test
  void nothingIsCompactedTwice() {
    var rule = new PeriodicCompaction(Duration.ofMinutes(10));
    long minute = Duration.ofMinutes(1).toNanos();
    rule.due(START, 5);
    assertThat(rule.due(START + 10 * minute, 5)).isEqualTo(5);
    rule.compacted(START + 10 * minute, 5);
    assertThat(rule.due(START + 30 * minute, 5)).isEqualTo(CompactionRule.NOTHING);
    assertThat(rule.due(START + 40 * minute, 9)).isEqualTo(CompactionRule.NOTHING);
    assertThat(rule.due(START + 50 * minute, 9)).isEqualTo(9);
  }

  @Test
  void whatCouldNotBeCompactedIsDueAgain() {
    var rule = new PeriodicCompaction(Duration.ofMinutes(10));
    long minute = Duration.ofMinutes(1).toNanos();
    rule.due(START, 5);
    assertThat(rule.due(START + 10 * minute, 8)).isEqualTo(5);
    assertThat(rule.due(START + 11 * minute, 8)).isEqualTo(5);
  }

  @Test
  void aVeryLongPeriodIsSampledSeldom() {
    assertThat(new PeriodicCompaction(Duration.ofDays(3650)).interval())
        .isEqualTo(Duration.ofDays(3650).dividedBy(1000));
  }

  @Test
  void revisionsAreKeptByNumber() {
    var rule = new RevisionCompaction(100);
    assertThat(rule.interval()).isEqualTo(Duration.ofMinutes(5));
    assertThat(rule.due(START, 100)).isEqualTo(CompactionRule.NOTHING);
    assertThat(rule.due(START, 150)).isEqualTo(50);
    rule.compacted(START, 50);
    assertThat(rule.due(START, 150)).isEqualTo(CompactionRule.NOTHING);
    assertThat(rule.due(START, 151)).isEqualTo(51);
  }

  /** Asks at every interval, with one revision more each time, and does what is due. */
  private static List<String> compactions(CompactionRule rule, int asks) {
    var done = new ArrayList<String>();
    for (int ask = 0; ask <= asks; ask++) {
      long now = START + ask * rule.interval().toNanos();
      long due = rule.due(now, 1 + ask);
      if (due != CompactionRule.NOTHING) {
        done.add(ask + ":" + due);
        rule.compacted(now, due);
      }
    }
    return done;
  }
}
