package dev.quorate.operator.resource;

import dev.quorate.crds.DeletionPolicy;
import dev.quorate.crds.RaftCluster;
import dev.quorate.crds.StorageSpec;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetBuilder;
import java.util.Map;

/**
 * The StatefulSet of one member, which has exactly one replica, so that each member can be replaced
 * without touching another.
 */
public final class StatefulSetFactory {
  private StatefulSetFactory() {}

  public static StatefulSet of(RaftCluster cluster, String member, NodeImages images) {
    String name = cluster.getMetadata().getName();
    return new StatefulSetBuilder()
        .withMetadata(ClusterMetadata.of(cluster, member, Labels.of(name, member)))
        .withNewSpec()
        .withReplicas(1)
        .withServiceName(Names.peerService(name))
        // A new template ends no pod by itself: when a member restarts, the planner decides.
        .withNewUpdateStrategy()
        .withType("OnDelete")
        .endUpdateStrategy()
        .withNewSelector()
        .withMatchLabels(Labels.selectorOf(name, member))
        .endSelector()
        .withTemplate(PodTemplateFactory.of(cluster, member, images))
        .withVolumeClaimTemplates(volumeClaim(cluster, member))
        // Holds for a deleted cluster as well: Kubernetes then deletes this StatefulSet.
        .withNewPersistentVolumeClaimRetentionPolicy()
        .withWhenDeleted(
            cluster.getSpec().deletionPolicy() == DeletionPolicy.DELETE ? "Delete" : "Retain")
        .withWhenScaled("Retain")
        .endPersistentVolumeClaimRetentionPolicy()
        .endSpec()
        .build();
  }

  private static PersistentVolumeClaim volumeClaim(RaftCluster cluster, String member) {
    StorageSpec storage = cluster.getSpec().storage();
    return new PersistentVolumeClaimBuilder()
        .withNewMetadata()
        .withName(Names.VOLUME)
        .withLabels(Labels.of(cluster.getMetadata().getName(), member))
        .endMetadata()
        .withNewSpec()
        .withAccessModes("ReadWriteOnce")
        .withStorageClassName(storage.storageClassName())
        .withNewResources()
        .withRequests(Map.of("storage", CanonicalSize.of(storage.size())))
        .endResources()
        .endSpec()
        .build();
  }
}
