package dev.quorate.operator.platform.kubernetes;

import dev.quorate.operator.resource.Names;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What people can do about a member that does not start: it follows what Kubernetes says of it, and
 * is empty where that says enough.
 */
final class Remedy {
  private static final Set<String> IMAGE_TROUBLE =
      Set.of("ErrImagePull", "ImagePullBackOff", "ErrImageNeverPull", "InvalidImageName");

  private Remedy() {}

  static String ofContainer(@Nullable String waitingFor, ObjectMeta pod) {
    if ("ContainerCreating".equals(waitingFor)) {
      return "; if it stays so, kubectl -n %s describe pod %s says why; if that is a volume that is gone for good, delete claim %s and the member is replaced"
          .formatted(pod.getNamespace(), pod.getName(), Names.claimOfPod(pod.getName()));
    }
    return IMAGE_TROUBLE.contains(String.valueOf(waitingFor))
        ? "; correct spec.image or spec.version, or bring the image to where machines find it"
        : "";
  }

  /** The scheduler does not say which claim has no volume, nor that its class may not exist. */
  static String ofPodWithoutMachine(String refusal, @Nullable PersistentVolumeClaim claim) {
    if (refusal.contains("unbound immediate PersistentVolumeClaims") && claim != null) {
      String name = claim.getMetadata().getName();
      String storageClass = claim.getSpec().getStorageClassName();
      return "; claim %s gets no volume of %s: make that class if it is missing, or see kubectl describe pvc %s"
          .formatted(
              name,
              storageClass == null ? "the default storage class" : "storage class " + storageClass,
              name);
    }
    return refusal.contains("Insufficient ")
        ? "; ask for less in spec.resources.requests, or make room"
        : "";
  }

  /** Why a StatefulSet makes no pod is in its Events alone. */
  static String ofSetWithoutPod(String namespace, String set) {
    return "; if it stays so, a quota or an admission rule forbids the pod: kubectl -n %s describe statefulset %s"
        .formatted(namespace, set);
  }

  /** After the API server's own words. */
  static String ofForbidden(String said) {
    return said.startsWith("User ") || said.contains(": User ")
        ? "; the operator lacks that right: upgrade its chart or apply operator.yaml again"
        : "";
  }
}
