package dev.quorate.operator.platform.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quorate.operator.platform.PlatformException;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RemedyTest {
  private static final String UNBOUND =
      "0/3 nodes are available: pod has unbound immediate PersistentVolumeClaims. not found";

  private static final ObjectMeta POD =
      new ObjectMetaBuilder().withNamespace("default").withName("demo-0-0").build();

  @ParameterizedTest
  @ValueSource(
      strings = {"ErrImagePull", "ImagePullBackOff", "ErrImageNeverPull", "InvalidImageName"})
  void imageThatCannotBeHad(String reason) {
    assertThat(Remedy.ofContainer(reason, POD)).contains("correct spec.image or spec.version");
  }

  @Test
  void containerOfWhichKubernetesSaysEnough() {
    assertThat(Remedy.ofContainer("CreateContainerConfigError", POD)).isEmpty();
    assertThat(Remedy.ofContainer(null, POD)).isEmpty();
  }

  /** A disk that was deleted beside its claim keeps the pod like this for good. */
  @Test
  void containerThatMayLackItsVolume() {
    assertThat(Remedy.ofContainer("ContainerCreating", POD))
        .isEqualTo(
            "; if it stays so, kubectl -n default describe pod demo-0-0 says why; if that is a volume that is gone for good, delete claim data-demo-0-0 and the member is replaced");
  }

  @Test
  void claimWithoutAVolumeIsNamedWithItsClass() {
    assertThat(Remedy.ofPodWithoutMachine(UNBOUND, claim("fast")))
        .isEqualTo(
            "; claim data-demo-0-0 gets no volume of storage class fast: make that class if it is"
                + " missing, or see kubectl describe pvc data-demo-0-0");
    assertThat(Remedy.ofPodWithoutMachine(UNBOUND, claim(null)))
        .contains("no volume of the default storage class");
    assertThat(Remedy.ofPodWithoutMachine(UNBOUND, null)).isEmpty();
  }

  @Test
  void podThatAMachineHasNoRoomFor() {
    assertThat(Remedy.ofPodWithoutMachine("3 Insufficient memory.", claim("fast")))
        .isEqualTo("; ask for less in spec.resources.requests, or make room");
    assertThat(Remedy.ofPodWithoutMachine("1 node(s) were unschedulable", claim("fast"))).isEmpty();
  }

  @Test
  void rightThatTheOperatorLacks() {
    String cannot =
        "statefulsets.apps \"demo-0\" is forbidden: User \"operator\" cannot patch resource"
            + " \"statefulsets\" in API group \"apps\" in the namespace \"default\"";
    assertThatThrownBy(() -> Attempt.run("create member demo-0", () -> refuse(cannot)))
        .isInstanceOf(PlatformException.class)
        .hasMessage(
            "could not create member demo-0: the API server forbids it: %s; the operator lacks that right: upgrade its chart or apply operator.yaml again",
            cannot);
  }

  @Test
  void whatIsForbiddenToEverybodyIsNoMatterOfRights() {
    String quota = "services \"demo\" is forbidden: exceeded quota: few, requested: services=1";
    assertThatThrownBy(() -> Attempt.run("write", () -> refuse(quota)))
        .hasMessage("could not write: the API server forbids it: " + quota);
  }

  private static void refuse(String words) {
    throw new KubernetesClientException(
        new StatusBuilder().withCode(403).withReason("Forbidden").withMessage(words).build());
  }

  private static PersistentVolumeClaim claim(@Nullable String storageClass) {
    return new PersistentVolumeClaimBuilder()
        .withNewMetadata()
        .withName("data-demo-0-0")
        .endMetadata()
        .withNewSpec()
        .withStorageClassName(storageClass)
        .endSpec()
        .build();
  }
}
