package dev.quorate.operator.platform.kubernetes;

import dev.quorate.crds.RaftCluster;
import dev.quorate.operator.platform.PlatformException;
import dev.quorate.operator.resource.Labels;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import java.util.Map;

/** What is special about volume claims: the StatefulSets make them, and they may outlive all. */
final class VolumeClaims {
  private VolumeClaims() {}

  /** A claim has no owner when volumes are retained, so that its labels say whose it is. */
  static void requireOurs(RaftCluster cluster, String member, PersistentVolumeClaim claim) {
    var labels = claim.getMetadata().getLabels();
    var selector = Labels.selectorOf(cluster.getMetadata().getName());
    boolean ours =
        labels != null
            && member.equals(labels.get(Labels.MEMBER))
            && labels.entrySet().containsAll(selector.entrySet());
    if (!ours) {
      throw new PlatformException(
          ("%s exists and is not a volume of RaftCluster %s, so it is left alone: delete or rename"
                  + " it, or give the cluster another name")
              .formatted(ServerSideApply.describe(claim), cluster.getMetadata().getName()));
    }
  }

  /** Says nothing of the claim but its size. */
  static PersistentVolumeClaim ofSize(PersistentVolumeClaim claim, Quantity size) {
    return new PersistentVolumeClaimBuilder()
        .withNewMetadata()
        .withNamespace(claim.getMetadata().getNamespace())
        .withName(claim.getMetadata().getName())
        .withUid(claim.getMetadata().getUid())
        .endMetadata()
        .withNewSpec()
        .withNewResources()
        .withRequests(Map.of("storage", size))
        .endResources()
        .endSpec()
        .build();
  }

  /** The API server refuses a set whose claim templates are not what they were. */
  static void keepTemplates(StatefulSet desired, StatefulSet actual) {
    var templates = desired.getSpec().getVolumeClaimTemplates();
    var before = actual.getSpec().getVolumeClaimTemplates();
    if (templates.size() == 1 && before.size() == 1) {
      templates
          .getFirst()
          .getSpec()
          .getResources()
          .setRequests(before.getFirst().getSpec().getResources().getRequests());
    }
  }
}
