package dev.quorate.operator.platform.kubernetes;

import dev.quorate.crds.RaftCluster;
import dev.quorate.crds.StorageSpec;
import dev.quorate.operator.platform.PlatformException;
import dev.quorate.operator.platform.VolumeFit;
import dev.quorate.operator.platform.VolumeFit.Claimed;
import dev.quorate.operator.platform.VolumeFit.Size;
import dev.quorate.operator.resource.Labels;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What is special about volume claims: the StatefulSets make them, and they may outlive all. */
final class VolumeClaims {
  /** Members measure their disks twice a second; times in objects are of whole seconds. */
  private static final Duration MEMBER_HAS_SEEN = Duration.ofSeconds(3);

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

  /**
   * Whether a volume is as wanted, by what its claim asked for. Where a class is wanted, the claim
   * tells it; where none is, nobody knows which one is the default, and what the member was made
   * with is compared.
   */
  static VolumeFit fit(
      StorageSpec wanted,
      @Nullable StatefulSet set,
      @Nullable PersistentVolumeClaim claim,
      Instant now) {
    if (claim == null || claim.isMarkedForDeletion()) {
      return VolumeFit.UNKNOWN;
    }
    String wantedClass = wanted.storageClassName();
    String present =
        wantedClass == null ? classAskedFor(set) : claim.getSpec().getStorageClassName();
    String classDifference =
        present == null || present.equals(wantedClass)
            ? ""
            : "is of class %s, and %s is wanted"
                .formatted(present, wantedClass == null ? "the default class" : wantedClass);
    var asked = asked(claim);
    if (asked == null) {
      boolean otherClass = !classDifference.isEmpty();
      return new VolumeFit(
          Size.UNKNOWN, otherClass, otherClass ? "its volume " + classDifference : "");
    }
    return VolumeFit.of(new Claimed(asked, capacity(claim, now), classDifference), wanted.size());
  }

  /**
   * Kubernetes says so when the file system is as large, too. For a moment the member may not have
   * seen it, and what it says would be taken for that of a volume that is full again.
   */
  private static @Nullable Quantity capacity(PersistentVolumeClaim claim, Instant now) {
    var status = claim.getStatus();
    return status == null || status.getCapacity() == null || changedLately(claim, now)
        ? null
        : status.getCapacity().get("storage");
  }

  private static boolean changedLately(PersistentVolumeClaim claim, Instant now) {
    return Objects.requireNonNullElse(
            claim.getMetadata().getManagedFields(), List.<ManagedFieldsEntry>of())
        .stream()
        .map(ManagedFieldsEntry::getTime)
        .filter(Objects::nonNull)
        .map(Instant::parse)
        .anyMatch(time -> !time.isAfter(now) && now.isBefore(time.plus(MEMBER_HAS_SEEN)));
  }

  private static @Nullable Quantity asked(PersistentVolumeClaim claim) {
    var requests = claim.getSpec().getResources().getRequests();
    return requests == null ? null : requests.get("storage");
  }

  private static @Nullable String classAskedFor(@Nullable StatefulSet set) {
    var templates = set == null ? null : set.getSpec().getVolumeClaimTemplates();
    return templates == null || templates.size() != 1
        ? null
        : templates.getFirst().getSpec().getStorageClassName();
  }

  /** How an API server says that the class of a claim does not let it grow. */
  static boolean cannotGrow(KubernetesClientException refusal) {
    return refusal.getCode() == HttpURLConnection.HTTP_FORBIDDEN
        && String.valueOf(refusal.getMessage()).contains("must support resize");
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
      var kept = before.getFirst().getSpec();
      var spec = templates.getFirst().getSpec();
      spec.setStorageClassName(kept.getStorageClassName());
      spec.getResources().setRequests(kept.getResources().getRequests());
    }
  }
}
