package dev.quorate.operator.resource;

import dev.quorate.crds.RaftCluster;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudgetBuilder;

/**
 * What evictions must leave: a number of ready voters. A learner is never ready, so it does not
 * count. {@code maxUnavailable} is not used because it counts from the pods that there are, and so
 * allows one eviction too many after a pod was lost.
 */
public final class PodDisruptionBudgetFactory {
  private PodDisruptionBudgetFactory() {}

  public static PodDisruptionBudget of(RaftCluster cluster, int minimumAvailable) {
    String name = cluster.getMetadata().getName();
    return new PodDisruptionBudgetBuilder()
        .withMetadata(ClusterMetadata.of(cluster, name, Labels.of(name)))
        .withNewSpec()
        .withNewMinAvailable(minimumAvailable)
        .withNewSelector()
        .withMatchLabels(Labels.selectorOf(name))
        .endSelector()
        .endSpec()
        .build();
  }
}
