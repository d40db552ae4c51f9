package dev.quorate.operator.platform.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quorate.crds.RaftCluster;
import dev.quorate.operator.platform.PlatformException;
import dev.quorate.operator.platform.TemplateChange;
import dev.quorate.operator.resource.Labels;
import dev.quorate.operator.resource.NodeImages;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Members keep what they are made from until it is their turn, and what they were before. */
class MemberOrdersTest {
  private static final NodeImages IMAGES = new NodeImages("quorate.dev/node", "0.1.0");
  private static final RaftCluster FIRST = cluster("");
  private static final RaftCluster SECOND = cluster(", raft: {electionTimeoutMilliseconds: 2000}");

  private final StatefulSet first = orders(FIRST, IMAGES).created("demo-0", null);
  private final String firstMark = orders(FIRST, IMAGES).wantedTemplate();
  private final String secondMark = orders(SECOND, IMAGES).wantedTemplate();

  @Test
  void anotherSpecChangesNoOrder() {
    var kept = orders(SECOND, IMAGES, first).unchanged("demo-0");
    assertThat(kept.getSpec().getTemplate()).isEqualTo(first.getSpec().getTemplate());
    assertThat(kept.getMetadata().getAnnotations()).isEqualTo(first.getMetadata().getAnnotations());
  }

  @Test
  void anotherOperatorChangesNoOrderAndWantsNoOther() {
    var newer = new NodeImages("elsewhere.example/node", "0.2.0");
    var orders = orders(FIRST, newer, first);
    assertThat(orders.wantedTemplate()).isEqualTo(firstMark);
    assertThat(image(orders.unchanged("demo-0"))).isEqualTo("quorate.dev/node:0.1.0");
    assertThat(image(orders.created("demo-1", firstMark))).isEqualTo("quorate.dev/node:0.1.0");
    assertThat(image(orders(FIRST, newer).created("demo-0", null)))
        .isEqualTo("elsewhere.example/node:0.2.0");
  }

  @Test
  void updatesAndPutsBack() {
    var orders = orders(SECOND, IMAGES, first);
    var updated = orders.changed("demo-0", new TemplateChange(firstMark, secondMark));
    assertThat(mark(updated)).isEqualTo(secondMark);
    assertThat(arguments(updated)).contains("--election-timeout=2000");
    var back =
        orders(SECOND, IMAGES, updated).changed("demo-0", new TemplateChange(null, firstMark));
    assertThat(back.getSpec().getTemplate()).isEqualTo(first.getSpec().getTemplate());
  }

  /** Stopping is the order of no pod: nothing else of what is there changes, but by creating. */
  @Test
  void aMemberThatSleepsKeepsWhatItIsMadeFromUntilItIsCreatedAgain() {
    var asleep = orders(SECOND, IMAGES, first).stopped("demo-0");
    assertThat(asleep.getSpec().getReplicas()).isZero();
    assertThat(mark(asleep)).isEqualTo(firstMark);
    assertThat(asleep.getSpec().getPersistentVolumeClaimRetentionPolicy().getWhenScaled())
        .isEqualTo("Retain");
    var orders = orders(SECOND, IMAGES, asleep);
    assertThat(orders.unchanged("demo-0").getSpec().getReplicas()).isZero();
    var woken = orders.created("demo-0", secondMark);
    assertThat(woken.getSpec().getReplicas()).isOne();
    assertThat(mark(woken)).isEqualTo(firstMark);
  }

  /** Where nothing is known to be good, what runs must still not be forgotten. */
  @Test
  void keepsWhatAMemberRunsThatMayNotTakeOverAnother() {
    var orders = orders(SECOND, IMAGES, first);
    var change = new TemplateChange(null, secondMark);
    var renewed = orders.changed("demo-0", change);
    var again = orders(SECOND, IMAGES, renewed).changed("demo-0", change);
    assertThat(again.getMetadata().getAnnotations())
        .isEqualTo(renewed.getMetadata().getAnnotations());
    var kept = orders(SECOND, IMAGES, again).changed("demo-0", new TemplateChange(null, firstMark));
    assertThat(kept.getSpec().getTemplate()).isEqualTo(first.getSpec().getTemplate());
  }

  @Test
  void aNewMemberGetsWhatAnotherHasUnderItsOwnName() {
    var created = orders(SECOND, IMAGES, first).created("demo-1", firstMark);
    assertThat(mark(created)).isEqualTo(firstMark);
    assertThat(arguments(created)).contains("--election-timeout=1000");
    assertThat(created.getSpec().getTemplate().getMetadata().getLabels())
        .containsEntry(Labels.MEMBER, "demo-1");
  }

  @Test
  void whatSomebodyChangedInTheSetIsTakenBack() {
    StatefulSet edited = Serialization.clone(first);
    edited.getSpec().getTemplate().getSpec().getContainers().getFirst().setImage("mine");
    assertThat(image(orders(FIRST, IMAGES, edited).unchanged("demo-0")))
        .isEqualTo("quorate.dev/node:0.1.0");
    edited.getSpec().getTemplate().getMetadata().setAnnotations(null);
    assertThat(mark(orders(FIRST, IMAGES, edited).unchanged("demo-0"))).isEqualTo(firstMark);
    edited.getMetadata().getAnnotations().put(KeptTemplates.PRESENT, "{no json");
    assertThat(image(orders(FIRST, IMAGES, edited).unchanged("demo-0"))).isEqualTo("mine");
  }

  @Test
  void saysWhatWouldHelpWhereATemplateIsGone() {
    assertThatThrownBy(
            () ->
                orders(SECOND, IMAGES, first)
                    .changed("demo-0", new TemplateChange(null, "0123456789abcdef")))
        .isInstanceOf(PlatformException.class)
        .hasMessageContaining("0123456789abcdef")
        .hasMessageContaining("change the spec to what demo-0 shall be");
  }

  private static MemberOrders orders(RaftCluster cluster, NodeImages images, StatefulSet... sets) {
    return new MemberOrders(cluster, Stream.of(sets), images);
  }

  private static @Nullable String mark(StatefulSet set) {
    return KeptTemplates.mark(set.getSpec().getTemplate());
  }

  private static String image(StatefulSet set) {
    return set.getSpec().getTemplate().getSpec().getContainers().getFirst().getImage();
  }

  private static List<String> arguments(StatefulSet set) {
    return set.getSpec().getTemplate().getSpec().getContainers().getFirst().getArgs();
  }

  private static RaftCluster cluster(String more) {
    return Serialization.unmarshal(
        """
        apiVersion: quorate.dev/v1alpha1
        kind: RaftCluster
        metadata: {name: demo, namespace: default, uid: u-1}
        spec: {replicas: 3, storage: {size: 1Gi}%s}
        """
            .formatted(more),
        RaftCluster.class);
  }
}
