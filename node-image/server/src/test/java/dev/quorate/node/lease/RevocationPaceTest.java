package dev.quorate.node.lease;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RevocationPaceTest {
  private final RevocationPace pace = new RevocationPace(1000, 100, 16);

  @Test
  void noMoreThanSoManyAtATime() {
    assertThat(pace.allowed(0)).isEqualTo(16);
    for (int i = 0; i < 16; i++) {
      pace.begun();
    }
    assertThat(pace.allowed(1000)).isZero();
    assertThat(pace.nextAllowedMilliseconds(1000)).isEqualTo(Long.MAX_VALUE);
    pace.ended();
    assertThat(pace.allowed(1001)).isEqualTo(1);
  }

  @Test
  void noMoreThanSoManyASecond() {
    int begun = 0;
    long now = 0;
    while (now < 10_000) {
      for (int i = pace.allowed(now); i > 0; i--) {
        pace.begun();
        pace.ended();
        begun++;
      }
      now = Math.max(now + 1, pace.nextAllowedMilliseconds(now));
    }
    assertThat(begun).isBetween(10_000, 10_101);
  }
}
