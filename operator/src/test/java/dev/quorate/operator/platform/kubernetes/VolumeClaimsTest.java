package dev.quorate.operator.platform.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.crds.RaftCluster;
import dev.quorate.crds.StorageSpec;
import dev.quorate.operator.platform.VolumeFit;
import dev.quorate.operator.platform.VolumeFit.Size;
import dev.quorate.operator.resource.NodeImages;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntryBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimStatusBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whether a member's volume is what the spec asks for, as its claim tells. */
class VolumeClaimsTest {
  private static final Instant NOW = Instant.parse("2026-01-01T12:00:10Z");

  private static final NodeImages IMAGES = new NodeImages("quorate.dev/node", "0.1.0");

  @ParameterizedTest(
      name = "wanted {0} of class {1}, made with class {2}, the claim has {3} of {4}")
  @CsvSource({
    "1Gi, , , 1Gi, standard, AS_WANTED, false", // the default class, whichever that is
    "1Gi, fast, , 1Gi, fast, AS_WANTED, false", // the default class was it
    "1024Mi, fast, fast, 1Gi, fast, AS_WANTED, false",
    "2Gi, fast, fast, 1Gi, fast, SMALLER, false",
    "1Gi, fast, fast, 2Gi, fast, LARGER, false",
    "1Gi, fast, slow, 1Gi, slow, AS_WANTED, true",
    "2Gi, fast, slow, 1Gi, slow, SMALLER, true",
    "1Gi, , fast, 1Gi, fast, AS_WANTED, true", // the default one is wanted by now
    "1Gi, fast, fast, 1Gi, , AS_WANTED, false" // a claim that tells no class
  })
  void comparesSizeAndClass(
      String size,
      @Nullable String wantedClass,
      @Nullable String madeWith,
      String claimed,
      @Nullable String claimedClass,
      Size fit,
      boolean otherClass) {
    var wanted = new StorageSpec(new Quantity(size), wantedClass);
    var found = VolumeClaims.fit(wanted, set(madeWith), claim(claimed, claimedClass, ""), NOW);
    assertThat(found.size()).isEqualTo(fit);
    assertThat(found.otherClass()).isEqualTo(otherClass);
    assertThat(found.difference().isEmpty()).isEqualTo(!found.differs());
  }

  @Test
  void saysWhatDiffers() {
    var wanted = new StorageSpec(new Quantity("2Gi"), "fast");
    assertThat(VolumeClaims.fit(wanted, set("slow"), claim("1Gi", "slow", ""), NOW).difference())
        .isEqualTo(
            "its volume has 1Gi, and 2Gi is wanted, and it is of class slow, and fast is wanted");
    var none = new StorageSpec(new Quantity("1Gi"), null);
    assertThat(VolumeClaims.fit(none, set("slow"), claim("1Gi", "slow", ""), NOW).difference())
        .isEqualTo("its volume is of class slow, and the default class is wanted");
  }

  @Test
  void knowsNothingOfClaimsThatAreNotThereOrGo() {
    var wanted = new StorageSpec(new Quantity("2Gi"), "fast");
    assertThat(VolumeClaims.fit(wanted, set("slow"), null, NOW)).isEqualTo(VolumeFit.UNKNOWN);
    var going = claim("1Gi", "slow", "deletionTimestamp: 2026-01-01T00:00:00Z");
    assertThat(VolumeClaims.fit(wanted, set("slow"), going, NOW)).isEqualTo(VolumeFit.UNKNOWN);
    var unset = new StorageSpec(new Quantity("1Gi"), null);
    var unmade = VolumeClaims.fit(unset, null, claim("1Gi", "slow", ""), NOW);
    assertThat(unmade.differs()).as("nobody knows what it was made with").isFalse();
    assertThat(unmade.size()).isEqualTo(Size.AS_WANTED);
  }

  @Test
  void tellsWhatAClaimAsksForAndWhatThereIs() {
    var wanted = new StorageSpec(new Quantity("1Gi"), null);
    var growing = claim("2Gi", "fast", "");
    var asked = Objects.requireNonNull(VolumeClaims.fit(wanted, null, growing, NOW).claimed());
    assertThat(asked.askedBytes()).isEqualTo(2L << 30);
    assertThat(asked.presentBytes()).as("none yet").isZero();
    growing.setStatus(
        new PersistentVolumeClaimStatusBuilder()
            .addToCapacity("storage", new Quantity("1Gi"))
            .build());
    var fit = VolumeClaims.fit(wanted, null, growing, NOW);
    assertThat(Objects.requireNonNull(fit.claimed()).presentBytes()).isEqualTo(1L << 30);
    assertThat(fit.difference()).isEqualTo("its volume has 2Gi, and 1Gi is wanted");
    assertThat(fit.against(new Quantity("2Gi")).differs()).isFalse();
    assertThat(fit.against(new Quantity("3Gi")).smaller()).isTrue();
  }

  /** A member that has not measured its disk since would be taken for full again. */
  @Test
  void doesNotKnowForAMomentHowLargeAVolumeIsThatHasJustChanged() {
    var wanted = new StorageSpec(new Quantity("1Gi"), null);
    var grown = claim("1Gi", "fast", "");
    grown.setStatus(
        new PersistentVolumeClaimStatusBuilder()
            .addToCapacity("storage", new Quantity("1Gi"))
            .build());
    for (var changed :
        Map.of("12:00:07Z", 1L << 30, "12:00:08Z", 0L, "12:00:10Z", 0L, "12:30:00Z", 1L << 30)
            .entrySet()) {
      grown
          .getMetadata()
          .setManagedFields(
              List.of(
                  entry("2026-01-01T11:00:00Z"),
                  entry("2026-01-01T" + changed.getKey()),
                  entry(null)));
      var claimed = VolumeClaims.fit(wanted, null, grown, NOW).claimed();
      assertThat(Objects.requireNonNull(claimed).presentBytes())
          .as(changed.getKey())
          .isEqualTo(changed.getValue());
    }
  }

  private static ManagedFieldsEntry entry(@Nullable String time) {
    return new ManagedFieldsEntryBuilder().withTime(time).build();
  }

  @Test
  void comparesWholeBytes() {
    var wanted = new StorageSpec(new Quantity("1Gi"), null);
    var fit = VolumeClaims.fit(wanted, null, claim("1.1Gi", "fast", ""), NOW);
    assertThat(fit.against(new Quantity("1181116007")).differs()).isFalse();
    assertThat(VolumeFit.bytes(new Quantity("10Ei"))).isEqualTo(Long.MAX_VALUE);
  }

  /** The API server refuses a set whose claim templates are not what they were. */
  @Test
  void setsThatAreThereKeepSizeAndClassOfTheirClaimTemplates() {
    var before = set("slow");
    var after = cluster("{size: 1Mi, storageClassName: fast, changePolicy: Replace}");
    var orders = new MemberOrders(after, Stream.of(before), IMAGES);
    assertThat(orders.unchanged("demo-0").getSpec().getVolumeClaimTemplates())
        .isEqualTo(before.getSpec().getVolumeClaimTemplates());
    var spec = orders.created("demo-1", null).getSpec().getVolumeClaimTemplates().getFirst();
    assertThat(spec.getSpec().getStorageClassName()).isEqualTo("fast");
  }

  @Test
  void knowsTheRefusalOfAClassThatDoesNotLetVolumesGrow() {
    assertThat(
            VolumeClaims.cannotGrow(
                refusal(
                    403,
                    "persistentvolumeclaims \"data-demo-0-0\" is forbidden: only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize")))
        .isTrue();
    assertThat(VolumeClaims.cannotGrow(refusal(403, "exceeded quota: storage"))).isFalse();
    assertThat(VolumeClaims.cannotGrow(refusal(500, "must support resize"))).isFalse();
  }

  private static KubernetesClientException refusal(int code, String message) {
    return new KubernetesClientException(
        message, code, new StatusBuilder().withCode(code).withMessage(message).build());
  }

  private static StatefulSet set(@Nullable String storageClass) {
    var storage = "{size: 1Gi%s}".formatted(name(storageClass));
    return new MemberOrders(cluster(storage), Stream.empty(), IMAGES).created("demo-0", null);
  }

  private static PersistentVolumeClaim claim(
      String size, @Nullable String storageClass, String metadata) {
    return Serialization.unmarshal(
        """
        apiVersion: v1
        kind: PersistentVolumeClaim
        metadata: {name: data-demo-0-0, %s}
        spec: {resources: {requests: {storage: %s}}%s}
        """
            .formatted(metadata, size, name(storageClass)),
        PersistentVolumeClaim.class);
  }

  private static String name(@Nullable String storageClass) {
    return storageClass == null ? "" : ", storageClassName: " + storageClass;
  }

  private static RaftCluster cluster(String storage) {
    return Serialization.unmarshal(
        """
        apiVersion: quorate.dev/v1alpha1
        kind: RaftCluster
        metadata: {name: demo, namespace: default, uid: u-1}
        spec: {replicas: 3, storage: %s}
        """
            .formatted(storage),
        RaftCluster.class);
  }
}
