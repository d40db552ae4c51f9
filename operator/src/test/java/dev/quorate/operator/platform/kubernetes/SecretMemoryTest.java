package dev.quorate.operator.platform.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.crds.RaftCluster;
import dev.quorate.operator.platform.SecretData;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SecretMemoryTest {
  private static final Duration MOMENT = Duration.ofSeconds(1);

  private final RaftCluster cluster =
      Serialization.unmarshal(
          """
          apiVersion: quorate.dev/v1alpha1
          kind: RaftCluster
          metadata: {name: demo, namespace: default, uid: u-1, generation: 1}
          spec: {replicas: 3, storage: {size: 1Gi}}
          """,
          RaftCluster.class);

  private Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private final SecretMemory memory = new SecretMemory(() -> now);
  private @Nullable SecretData live = data("1");
  private int asked;

  private static SecretData data(String version) {
    return new SecretData(new TreeMap<>(Map.of("tls.crt", "text")), version);
  }

  private @Nullable SecretData recall(boolean own) {
    return memory.recall(
        cluster,
        "demo-peer-tls",
        own,
        () -> {
          asked++;
          return live;
        });
  }

  private void pass(Duration time) {
    now = now.plus(time);
  }

  @Test
  void asksOnceInAWhileAsLongAsSomethingIsDone() {
    for (int look = 0; look < 20; look++) {
      assertThat(recall(true)).isEqualTo(data("1"));
    }
    assertThat(asked).isEqualTo(1);
    pass(SecretMemory.BUSY.plus(MOMENT));
    live = data("2");
    assertThat(recall(true)).isEqualTo(data("2"));
    assertThat(asked).isEqualTo(2);
  }

  @Test
  void asksHardlyEverAtRest() {
    recall(true);
    memory.looked(cluster, true);
    pass(SecretMemory.AT_REST);
    recall(true);
    assertThat(asked).isEqualTo(1);
    pass(MOMENT);
    recall(true);
    assertThat(asked).isEqualTo(2);
  }

  @Test
  void asksAgainWhenTheRestIsOver() {
    recall(true);
    memory.looked(cluster, true);
    pass(SecretMemory.BUSY.plus(MOMENT));
    memory.looked(cluster, false);
    recall(true);
    assertThat(asked).isEqualTo(2);
  }

  @Test
  void asksAgainWhenSomebodyEditsTheCluster() {
    recall(true);
    cluster.getMetadata().setAnnotations(Map.of("example.com/look", "again"));
    recall(true);
    cluster.getMetadata().setGeneration(2L);
    recall(true);
    recall(true);
    assertThat(asked).isEqualTo(3);
  }

  @Test
  void ownStatusWritesAreNoEdits() {
    recall(true);
    cluster.getMetadata().setResourceVersion("77");
    recall(true);
    assertThat(asked).isEqualTo(1);
  }

  @Test
  void rememberedAsSomebodysIsNotYetRememberedAsOwn() {
    recall(false);
    recall(true);
    assertThat(asked).as("whose it is was not asked the first time").isEqualTo(2);
    recall(false);
    assertThat(asked).isEqualTo(2);
  }

  @Test
  void absenceIsNotRemembered() {
    live = null;
    assertThat(recall(true)).isNull();
    live = data("1");
    assertThat(recall(true)).isEqualTo(data("1"));
  }

  @Test
  void knowsWhatWasWrittenAndForgetsOnDemand() {
    memory.keep(cluster, "demo-peer-tls", true, data("7"));
    assertThat(recall(true)).isEqualTo(data("7"));
    memory.forget(cluster);
    assertThat(recall(true)).isEqualTo(data("1"));
  }
}
