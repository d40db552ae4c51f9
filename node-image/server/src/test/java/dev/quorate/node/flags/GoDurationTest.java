package dev.quorate.node.flags;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class GoDurationTest {
  @ParameterizedTest
  @CsvSource({
    "0,PT0S",
    "5m,PT5M",
    "1h30m,PT1H30M",
    "1.5s,PT1.5S",
    ".5s,PT0.5S",
    "500ms,PT0.5S",
    "-2s,PT-2S",
    "3us,PT0.000003S",
    "7ns,PT0.000000007S",
    "+1h,PT1H"
  })
  void readsWhatGoReads(String text, Duration duration) {
    assertThat(GoDuration.parse(text)).isEqualTo(duration);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "5", "m", "5 m", "1d", "1h-3m", "3000000h", "-", "1..5s", ".s"})
  void refusesWhatGoRefuses(String text) {
    assertThat(GoDuration.parse(text)).isNull();
  }
}
