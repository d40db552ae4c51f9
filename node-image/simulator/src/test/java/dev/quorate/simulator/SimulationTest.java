package dev.quorate.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.simulator.InvariantChecker.Coverage;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Runs of whole clusters; a failure's message is the line that repeats it. */
class SimulationTest {
  private static final long STEPS = 6_000;

  static LongStream seeds() {
    return LongStream.rangeClosed(1, 200);
  }

  private static Coverage covered = new Coverage(0, 0, 0, 0);

  @ParameterizedTest
  @MethodSource("seeds")
  void everySeedIsLinearizableAndComesToRest(long seed) {
    var summary = run(seed, STEPS);
    assertThat(summary.committedEntries()).isPositive();
    covered = covered.plus(summary.coverage());
  }

  @AfterAll
  static void theSeedsDoWhatTheyAreFor() {
    assertThat(covered.leaders()).isGreaterThan(200);
    assertThat(covered.snapshots()).isGreaterThan(20);
    assertThat(covered.membershipChanges()).isGreaterThan(200);
    assertThat(covered.replacedEntries()).isGreaterThan(5);
  }

  /** What once failed, and why. */
  @ParameterizedTest
  @CsvSource({
    "16, 6000, a sole voter led one term twice but nobody had heard of the first: no broken log",
    "170, 6000, the same with another leader after the crash: no second leader of the term",
  })
  void seedsThatOnceFailed(long seed, long steps, String story) {
    assertThat(run(seed, steps).operations()).as(story).isPositive();
  }

  @Test
  void theSameSeedGivesTheSameRun() {
    for (long seed = 1; seed <= 5; seed++) {
      List<String> first = new ArrayList<>();
      List<String> second = new ArrayList<>();
      var one = Simulation.run(seed, STEPS, first::add);
      var other = Simulation.run(seed, STEPS, second::add);
      assertThat(second).isEqualTo(first);
      assertThat(other).isEqualTo(one);
    }
  }

  private static Simulation.Summary run(long seed, long steps) {
    return Simulation.run(seed, steps, _ -> {});
  }
}
