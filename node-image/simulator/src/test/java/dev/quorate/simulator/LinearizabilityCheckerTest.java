package dev.quorate.simulator;

import static dev.quorate.simulator.LinearizabilityChecker.NEVER;
import static dev.quorate.simulator.LinearizabilityChecker.violations;
import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.simulator.LinearizabilityChecker.Read;
import dev.quorate.simulator.LinearizabilityChecker.Write;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A checker that finds nothing proves nothing: each kind of wrong history is shown to it. */
class LinearizabilityCheckerTest {
  private static final Write FIRST = new Write("k", "a", 0, 10, 2);
  private static final Write SECOND = new Write("k", "b", 20, 30, 3);

  @Test
  void acceptsWhatIsRight() {
    assertThat(
            violations(
                List.of(
                    FIRST,
                    SECOND,
                    new Read("k", "a", 2, 5, 25, 2),
                    new Read("k", "b", 3, 25, 40, 3),
                    new Read("other", null, 0, 25, 40, 3),
                    new Write("k", null, 50, 60, 4),
                    new Read("k", null, 0, 70, 80, 4))))
        .isEmpty();
  }

  @Test
  void findsAStaleRead() {
    assertThat(violations(List.of(FIRST, SECOND, new Read("k", "a", 2, 35, 40, 2)))).hasSize(1);
  }

  @Test
  void findsAReadThatGoesBack() {
    assertThat(
            violations(
                List.of(
                    FIRST,
                    new Write("k", "b", 20, NEVER, 0),
                    new Read("k", "b", 3, 25, 30, 3),
                    new Read("k", "a", 2, 35, 40, 2))))
        .hasSize(1);
  }

  @Test
  void findsALostWrite() {
    assertThat(violations(List.of(FIRST, SECOND, new Read("k", "a", 2, 35, 40, 3)))).hasSize(1);
    assertThat(violations(List.of(FIRST, new Read("k", null, 0, 35, 40, 3)))).hasSize(1);
  }

  @Test
  void findsAWriteThatWasAppliedTwice() {
    assertThat(violations(List.of(FIRST, new Read("k", "a", 3, 35, 40, 3)))).isNotEmpty();
  }

  @Test
  void findsTwoWritesOfOneRevision() {
    assertThat(violations(List.of(FIRST, new Write("k", "b", 5, 12, 2)))).isNotEmpty();
  }

  @Test
  void findsWritesAgainstRealTime() {
    assertThat(violations(List.of(new Write("k", "a", 0, 10, 3), new Write("k", "b", 20, 30, 2))))
        .hasSize(1);
  }

  @Test
  void findsAValueFromNowhereAndFromTheFuture() {
    assertThat(violations(List.of(FIRST, new Read("k", "z", 2, 35, 40, 2)))).isNotEmpty();
    assertThat(violations(List.of(FIRST, SECOND, new Read("k", "b", 3, 11, 15, 3)))).isNotEmpty();
  }

  @Test
  void anUnknownWriteMayHaveHappenedOrNot() {
    var unknown = new Write("k", "b", 20, NEVER, 0);
    assertThat(violations(List.of(FIRST, unknown, new Read("k", "a", 2, 90, 95, 2)))).isEmpty();
    assertThat(violations(List.of(FIRST, unknown, new Read("k", "b", 3, 90, 95, 3)))).isEmpty();
    var unknownDelete = new Write("k", null, 20, NEVER, 0);
    assertThat(violations(List.of(FIRST, unknownDelete, new Read("k", null, 0, 90, 95, 3))))
        .isEmpty();
  }

  @Test
  void findsAComparisonThatWasWrong() {
    var third = new Write("k", "c", 40, 50, 4, 2);
    assertThat(violations(List.of(FIRST, SECOND, third))).hasSize(1);
    assertThat(violations(List.of(FIRST, new Write("k", "c", 40, 50, 4, 2)))).isEmpty();
    assertThat(violations(List.of(FIRST, new Write("k", "c", 40, 50, 4, 0)))).hasSize(1);
    assertThat(violations(List.of(new Write("k", "c", 40, 50, 4, 0)))).isEmpty();
    var unknown = new Write("k", "b", 20, NEVER, 0);
    assertThat(violations(List.of(FIRST, unknown, new Write("k", "c", 40, 50, 4, 3)))).isEmpty();
    assertThat(violations(List.of(FIRST, new Write("k", "c", 40, 50, 4, 3)))).hasSize(1);
  }
}
