package dev.quorate.node;

import static dev.quorate.node.NodeState.IDLE;
import static dev.quorate.node.NodeState.PAUSED;
import static dev.quorate.node.NodeState.RUNNING;
import static dev.quorate.node.NodeState.STARTING;
import static dev.quorate.node.NodeState.TERMINATED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class NodeLifeTest {
  private static final Map<NodeState, Set<NodeState>> LEGAL =
      Map.of(
          STARTING, EnumSet.of(IDLE, RUNNING, PAUSED, TERMINATED),
          IDLE, EnumSet.of(RUNNING, TERMINATED),
          RUNNING, EnumSet.of(PAUSED, TERMINATED),
          PAUSED, EnumSet.of(RUNNING, TERMINATED),
          TERMINATED, EnumSet.noneOf(NodeState.class));

  @Test
  void onlyTheDrawnTransitionsAreLegal() {
    for (NodeState from : NodeState.values()) {
      for (NodeState to : NodeState.values()) {
        assertThat(NodeLife.legal(from, to))
            .as("%s to %s", from, to)
            .isEqualTo(LEGAL.getOrDefault(from, Set.of()).contains(to));
      }
    }
  }

  @Test
  void anIllegalTransitionChangesNothing() {
    var life = new NodeLife();
    life.running();
    assertThatIllegalStateException()
        .isThrownBy(life::idle)
        .withMessage("a node that is RUNNING cannot become IDLE");
    assertThat(life.now().state()).isEqualTo(RUNNING);
  }

  @Test
  void theReasonIsEmptyOnlyWhenAllIsWell() {
    var life = new NodeLife();
    assertThat(life.now().reason()).isNotEmpty();
    life.idle();
    assertThat(life.now().reason()).isNotEmpty();
    life.running();
    assertThat(life.now().reason()).isEmpty();
    life.paused(NodeFault.DATA_LOST, "segment 3 is damaged");
    assertThat(life.now().fault()).isEqualTo(NodeFault.DATA_LOST);
  }

  @Test
  void itEndsOnceAndTellsThoseWhoListen() {
    var life = new NodeLife();
    var told = new AtomicInteger();
    Runnable remove = life.onChange(told::incrementAndGet);
    life.idle();
    assertThat(life.terminated()).isTrue();
    assertThat(life.terminated()).isFalse();
    assertThat(told).hasValue(2);
    remove.run();
    life.touched();
    assertThat(told).hasValue(2);
  }
}
