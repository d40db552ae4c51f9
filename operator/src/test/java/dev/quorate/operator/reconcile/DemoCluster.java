package dev.quorate.operator.reconcile;

import dev.quorate.crds.DeletionPolicy;
import dev.quorate.crds.RaftCluster;
import dev.quorate.crds.RaftClusterSpec;
import dev.quorate.crds.RaftSpec;
import dev.quorate.crds.RepairSpec;
import dev.quorate.crds.StorageSpec;
import dev.quorate.crds.TlsSpec;
import dev.quorate.crds.UpdatesSpec;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Quantity;

/** The cluster that the reconciler's tests look after, in plain text. */
final class DemoCluster {
  private DemoCluster() {}

  static RaftCluster of(RaftClusterSpec spec) {
    var cluster = new RaftCluster();
    cluster.setMetadata(
        new ObjectMetaBuilder()
            .withName("demo")
            .withNamespace("default")
            .withUid("0-1-2")
            .withGeneration(1L)
            .build());
    cluster.setSpec(spec);
    return cluster;
  }

  static RaftClusterSpec with(RaftClusterSpec spec, StorageSpec storage) {
    return new RaftClusterSpec(
        spec.replicas(),
        spec.version(),
        spec.image(),
        storage,
        spec.resources(),
        spec.raft(),
        spec.deletionPolicy(),
        spec.podTemplate(),
        spec.updates(),
        spec.repair(),
        spec.paused(),
        spec.hibernated(),
        spec.tls());
  }

  static RaftClusterSpec spec(int replicas, RaftSpec raft, UpdatesSpec updates, RepairSpec repair) {
    return spec(replicas, raft, updates, repair, false);
  }

  static RaftClusterSpec spec(
      int replicas, RaftSpec raft, UpdatesSpec updates, RepairSpec repair, boolean hibernated) {
    return new RaftClusterSpec(
        replicas,
        null,
        null,
        new StorageSpec(new Quantity("1Gi"), null),
        null,
        raft,
        DeletionPolicy.DELETE,
        null,
        updates,
        repair,
        false,
        hibernated,
        TlsSpec.DISABLED);
  }
}
