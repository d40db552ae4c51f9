package dev.quorate.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.operator.plan.Plan.Purpose;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PlanTest {
  private static final String OBSTACLE = "the Secret demo-tls is missing";

  /** Whoever reads only the first words must read the worse news. */
  @ParameterizedTest
  @EnumSource(names = {"QUORUM_LOST", "UNKNOWN", "ELECTION"})
  void anObstacleDoesNotHideThatNobodyServes(Purpose worse) {
    var blocked = plan(worse).withQuorum("1 of 3").waiting("members").blockedBy(OBSTACLE, world());
    assertThat(blocked.purpose()).isEqualTo(worse);
    assertThat(blocked.summary()).startsWith("as it is").endsWith("besides: " + OBSTACLE);
    assertThat(blocked.quorum()).isEqualTo("1 of 3");
    assertThat(blocked.waitingFor()).isEqualTo("members");
    assertThat(blocked.action()).isNull();
  }

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"QUORUM_LOST", "UNKNOWN", "ELECTION"})
  void anObstacleIsTold(Purpose other) {
    var blocked =
        plan(other).doing(new Action.RemoveMember("demo-2", 3, false)).blockedBy(OBSTACLE, world());
    assertThat(blocked.purpose()).isEqualTo(Purpose.BLOCKED);
    assertThat(blocked.summary()).isEqualTo("Blocked: " + OBSTACLE);
    assertThat(blocked.action()).as("nothing is done").isNull();
  }

  private static Plan plan(Purpose purpose) {
    return Plan.idle(purpose, "as it is", world(), null);
  }

  private static ObservedCluster world() {
    return World.steady(3, 3, 0, 0).observe();
  }
}
