package dev.quorate.node;

import static dev.quorate.node.NodeState.IDLE;
import static dev.quorate.node.NodeState.PAUSED;
import static dev.quorate.node.NodeState.RUNNING;
import static dev.quorate.node.NodeState.STARTING;
import static dev.quorate.node.NodeState.TERMINATED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.quorate.node.metrics.MemberGauges;
import dev.quorate.node.metrics.NodeMetrics;
import dev.quorate.node.metrics.StoreGauges;
import dev.quorate.node.metrics.WatchGauges;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

final class NodeLifeTest {
  private static final Map<NodeState, Set<NodeState>> LEGAL =
      Map.of(
          STARTING, EnumSet.of(IDLE, RUNNING, PAUSED, TERMINATED),
          IDLE, EnumSet.of(RUNNING, TERMINATED),
          RUNNING, EnumSet.of(PAUSED, TERMINATED),
          PAUSED, EnumSet.of(RUNNING, PAUSED, TERMINATED),
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

  private static final WatchGauges NO_WATCHES = new WatchGauges(0, 0, 0, 0, 0);

  /** What may happen to a node, and what it would become. */
  private static final Map<NodeState, Consumer<NodeLife>> EVENTS =
      Map.of(
          IDLE, NodeLife::idle,
          RUNNING, NodeLife::running,
          PAUSED, life -> life.paused(NodeFault.DATA_LOST, "segment 3 is damaged"),
          TERMINATED, NodeLife::terminated);

  private static Stream<Arguments> everyStateAndEvent() {
    return Arrays.stream(NodeState.values())
        .flatMap(state -> EVENTS.keySet().stream().map(event -> Arguments.of(state, event)));
  }

  /** A node that is there, by the shortest way. */
  private static NodeLife in(NodeState state) {
    var life = new NodeLife();
    if (state != STARTING) {
      Objects.requireNonNull(EVENTS.get(state)).accept(life);
    }
    assertThat(life.now().state()).isEqualTo(state);
    return life;
  }

  @ParameterizedTest
  @MethodSource("everyStateAndEvent")
  void everyEventInEveryStateIsATransitionOrRefused(NodeState state, NodeState event) {
    var life = in(state);
    var before = life.now();
    boolean ended = state == TERMINATED && event == TERMINATED;
    if (ended || LEGAL.getOrDefault(state, Set.of()).contains(event)) {
      Objects.requireNonNull(EVENTS.get(event)).accept(life);
      assertThat(life.now().state()).isEqualTo(event);
    } else {
      assertThatIllegalStateException()
          .isThrownBy(() -> Objects.requireNonNull(EVENTS.get(event)).accept(life))
          .withMessage("a node that is %s cannot become %s", state, event);
      assertThat(life.now()).isEqualTo(before);
    }
  }

  @ParameterizedTest
  @EnumSource
  void everyStateIsToldByStatusAndMetrics(NodeState state) {
    var now = in(state).now();
    var status = NodeStatusReport.of(now, "n").build();
    assertThat(status.getState().name())
        .isEqualTo(state == STARTING ? "NODE_STATE_UNSPECIFIED" : state.name());
    assertThat(status.getReason().isEmpty()).isEqualTo(state == RUNNING);
    assertThat(status.getFault().name()).isEqualTo(state == PAUSED ? "DATA_LOST" : "FAULT_NONE");
    var metrics =
        new NodeMetrics(
            "1",
            "3",
            "3",
            () -> NodeServices.condition(now),
            () -> MemberGauges.NOTHING,
            () -> StoreGauges.NOTHING,
            () -> NO_WATCHES);
    for (var other : NodeState.values()) {
      assertThat(metrics.text())
          .contains(
              "quorate_node_state{state=\"%s\",} %s\n"
                  .formatted(other, other == state ? "1.0" : "0.0"));
    }
    assertThat(metrics.text().contains("quorate_node_fault{fault=\"DATA_LOST\",} 1.0"))
        .isEqualTo(state == PAUSED);
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
