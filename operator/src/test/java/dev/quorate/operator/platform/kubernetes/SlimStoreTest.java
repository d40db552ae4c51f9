package dev.quorate.operator.platform.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.crds.RaftCluster;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SlimStoreTest {
  private static final String META =
      """
      metadata:
        name: demo-0-0
        namespace: default
        uid: u-1
        resourceVersion: "7"
        labels: {quorate.dev/member: demo-0}
        annotations: {quorate.dev/template: t0}
        managedFields:
          - {manager: quorate-operator, operation: Apply, time: "2026-01-01T00:00:00Z", fieldsV1: {"f:spec": {}}}
          - {manager: kubelet, operation: Update, time: "2026-01-02T00:00:00Z", fieldsV1: {"f:status": {}}}
      """;

  @Test
  void keepsOfAPodWhereItIsAndHowItIs() {
    var pod =
        kept(
            Pod.class,
            "spec: {nodeName: worker-1, containers: [{name: node}]}\nstatus: {phase: Running}\n");
    assertThat(pod.getSpec().getNodeName()).isEqualTo("worker-1");
    assertThat(pod.getSpec().getContainers()).isEmpty();
    assertThat(pod.getStatus().getPhase()).isEqualTo("Running");
    assertThat(pod.getMetadata().getManagedFields()).isEmpty();
    assertThat(pod.getMetadata().getUid()).isEqualTo("u-1");
    assertThat(pod.getMetadata().getResourceVersion()).isEqualTo("7");
    assertThat(pod.getMetadata().getLabels()).containsKey("quorate.dev/member");
    assertThat(pod.getMetadata().getAnnotations()).containsKey("quorate.dev/template");
  }

  @Test
  void keepsOfAClaimWhenItWasChanged() {
    var claim =
        kept(PersistentVolumeClaim.class, "spec: {resources: {requests: {storage: 1Gi}}}\n");
    assertThat(claim.getMetadata().getManagedFields())
        .extracting(ManagedFieldsEntry::getTime)
        .containsExactly("2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z");
    assertThat(claim.getMetadata().getManagedFields())
        .extracting(ManagedFieldsEntry::getFieldsV1)
        .containsOnlyNulls();
    assertThat(claim.getSpec().getResources().getRequests()).containsKey("storage");
  }

  @Test
  void keepsOfWhatIsComparedTheFieldsThatAreOurs() {
    var set = kept(StatefulSet.class, "spec: {replicas: 1}\n");
    assertThat(set.getMetadata().getManagedFields())
        .singleElement()
        .satisfies(
            entry -> {
              assertThat(entry.getManager()).isEqualTo(ServerSideApply.FIELD_MANAGER);
              assertThat(entry.getFieldsV1().getAdditionalProperties()).containsKey("f:spec");
            });
    assertThat(set.getSpec().getReplicas()).isEqualTo(1);
  }

  @Test
  void keepsOfAClusterAllButThem() {
    var cluster = kept(RaftCluster.class, "spec: {replicas: 3, storage: {size: 1Gi}}\n");
    assertThat(cluster.getMetadata().getManagedFields()).isEmpty();
    assertThat(cluster.getSpec().replicas()).isEqualTo(3);
  }

  @Test
  void sharesThemBetweenObjectsThatWereMadeAlike() {
    var store = new SlimStore<StatefulSet>();
    for (String name : List.of("demo-1", "demo-2")) {
      var set = Serialization.unmarshal(META, StatefulSet.class);
      set.getMetadata().setName(name);
      store.put(store.getKey(set), set);
    }
    assertThat(specFields(store, "demo-1")).isNotNull().isSameAs(specFields(store, "demo-2"));
  }

  private static @Nullable Object specFields(SlimStore<StatefulSet> store, String name) {
    var meta = Objects.requireNonNull(store.get("default/" + name)).getMetadata();
    var fields = meta.getManagedFields().getFirst().getFieldsV1();
    return fields.getAdditionalProperties().get("f:spec");
  }

  private static <R extends HasMetadata> R kept(Class<R> type, String rest) {
    var store = new SlimStore<R>();
    var object = Serialization.unmarshal(META + rest, type);
    store.put(store.getKey(object), object);
    return Objects.requireNonNull(store.get("default/demo-0-0"));
  }
}
