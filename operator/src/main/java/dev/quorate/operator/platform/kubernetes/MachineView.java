package dev.quorate.operator.platform.kubernetes;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeCondition;
import io.fabric8.kubernetes.api.model.Taint;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the operator wants to know of a machine; two equal views mean that nothing happened to it.
 *
 * @param silent not ready, or unheard of for so long that Kubernetes does not know, or not there
 * @param leaving cordoned, or about to be taken away
 * @param zone by its well-known label; null without
 */
record MachineView(boolean silent, boolean leaving, @Nullable String zone) {
  /** One that is not there any more: it will be neither heard nor given anything to run. */
  static final MachineView GONE = new MachineView(true, true, null);

  private static final String ZONE = "topology.kubernetes.io/zone";

  /** Taints by which others announce that a machine is about to go. */
  private static final Set<String> LEAVING_TAINTS =
      Set.of(
          "node.kubernetes.io/unschedulable",
          "node.kubernetes.io/out-of-service",
          "ToBeDeletedByClusterAutoscaler",
          "karpenter.sh/disrupted");

  static MachineView of(Node machine) {
    return new MachineView(isSilent(machine), isLeaving(machine), zone(machine));
  }

  /** Whether what waits for this machine waits in vain for now. */
  boolean takesNobody() {
    return silent || leaving;
  }

  private static @Nullable String zone(Node machine) {
    var labels = machine.getMetadata() == null ? null : machine.getMetadata().getLabels();
    return labels == null ? null : labels.get(ZONE);
  }

  private static boolean isSilent(Node machine) {
    return machine.getStatus().getConditions().stream()
        .filter(condition -> condition.getType().equals("Ready"))
        .map(NodeCondition::getStatus)
        .anyMatch(status -> !status.equals("True"));
  }

  private static boolean isLeaving(Node machine) {
    return Boolean.TRUE.equals(machine.getSpec().getUnschedulable())
        || machine.getSpec().getTaints().stream()
            .map(Taint::getKey)
            .anyMatch(LEAVING_TAINTS::contains);
  }
}
