package dev.quorate.operator.platform.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.crds.RaftCluster;
import dev.quorate.crds.RaftClusterStatus;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RaftClusterControllerTest {
  private static final ObjectMeta META =
      new ObjectMetaBuilder().withName("demo").withGeneration(1L).withResourceVersion("1").build();

  @Test
  void whatSomebodyEditsIsLookedAt() {
    var before = cluster(META);
    assertThat(edited(new ObjectMetaBuilder(META).withGeneration(2L).build(), before)).isTrue();
    assertThat(
            edited(
                new ObjectMetaBuilder(META)
                    .withAnnotations(Map.of("example.com/renewed", "1"))
                    .build(),
                before))
        .as("the way to have Secrets read again")
        .isTrue();
    assertThat(
            edited(
                new ObjectMetaBuilder(META).withDeletionTimestamp("2026-01-01T00:00:00Z").build(),
                before))
        .isTrue();
  }

  @Test
  void whatTheOperatorWritesItselfIsNotLookedAt() {
    var after = cluster(new ObjectMetaBuilder(META).withResourceVersion("2").build());
    after.setStatus(RaftClusterStatus.EMPTY);
    assertThat(RaftClusterController.isEdited(after, cluster(META))).isFalse();
  }

  private static boolean edited(ObjectMeta meta, RaftCluster before) {
    return RaftClusterController.isEdited(cluster(meta), before);
  }

  private static RaftCluster cluster(ObjectMeta meta) {
    var cluster = new RaftCluster();
    cluster.setMetadata(meta);
    return cluster;
  }
}
