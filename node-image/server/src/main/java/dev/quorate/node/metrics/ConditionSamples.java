package dev.quorate.node.metrics;

import io.prometheus.client.Collector;
import io.prometheus.client.Collector.MetricFamilySamples;
import io.prometheus.client.Collector.MetricFamilySamples.Sample;
import java.util.List;

/** The node's condition as samples: 1 for the present state, 0 for all others. */
final class ConditionSamples {
  private ConditionSamples() {}

  static List<MetricFamilySamples> of(NodeCondition condition) {
    var states =
        condition.states().stream()
            .map(
                state ->
                    sample("quorate_node_state", "state", state, state.equals(condition.state())))
            .toList();
    var faults =
        condition.fault().isEmpty()
            ? List.<Sample>of()
            : List.of(sample("quorate_node_fault", "fault", condition.fault(), true));
    return List.of(
        family("quorate_node_state", "1 for the state in which the node is.", states),
        family("quorate_node_fault", "Why the node does not use its data, if so.", faults));
  }

  private static Sample sample(String name, String label, String value, boolean is) {
    return new Sample(name, List.of(label), List.of(value), is ? 1 : 0);
  }

  private static MetricFamilySamples family(String name, String help, List<Sample> samples) {
    return new MetricFamilySamples(name, Collector.Type.GAUGE, help, samples);
  }
}
