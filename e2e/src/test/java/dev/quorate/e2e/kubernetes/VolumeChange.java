package dev.quorate.e2e.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.quorate.e2e.kubernetes.StepWatch.SeenStep;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Three members get smaller volumes, and then ones of another class: by being replaced. */
final class VolumeChange {
  static final String OTHER_CLASS = "other";

  private static final int MEMBERS = 3;

  private final RaftClusterUnderTest demo;

  VolumeChange(RaftClusterUnderTest demo) {
    this.demo = demo;
  }

  /** Made by the same provisioner as the default one. */
  static String otherClass() {
    return """
        apiVersion: storage.k8s.io/v1
        kind: StorageClass
        metadata: {name: %s}
        provisioner: quorate.dev/local
        volumeBindingMode: WaitForFirstConsumer
        reclaimPolicy: Delete
        allowVolumeExpansion: true
        """
        .formatted(OTHER_CLASS);
  }

  void run() throws Exception {
    var trial = new Trial(demo);
    trial.playUnnoticed(
        "volumes become smaller", () -> replaceAll("\"size\": \"1Gi\"", "1Gi", "local"));
    trial.playUnnoticed(
        "volumes of another class",
        () ->
            replaceAll("\"storageClassName\": \"%s\"".formatted(OTHER_CLASS), "1Gi", OTHER_CLASS));
  }

  private Duration replaceAll(String change, String size, String storageClass) {
    RaftClusterView before = demo.awaitSettled(MEMBERS);
    var steps = new CopyOnWriteArrayList<SeenStep>();
    Duration took;
    RaftClusterView after;
    try (var _ = StepWatch.start(demo, steps::add)) {
      long began = System.nanoTime();
      demo.edit("{\"storage\": {%s, \"changePolicy\": \"Replace\"}}".formatted(change));
      after =
          demo.awaitState(
              "other members",
              view -> {
                keepsItsVoters(view);
                return view.isSettled(MEMBERS)
                    && view.isAtRest()
                    && view.ids().stream().noneMatch(before.ids()::contains);
              });
      took = Duration.ofNanos(System.nanoTime() - began);
    }
    List<String> removed =
        steps.stream()
            .filter(step -> step.operation().equals("RemoveMember"))
            .map(SeenStep::member)
            .distinct()
            .toList();
    assertThat(removed).containsExactlyInAnyOrderElementsOf(before.names());
    assertThat(removed.getLast()).as("the leader is the last").isEqualTo(before.leader());
    await("volumes as wanted, and no others")
        .atMost(Duration.ofMinutes(1))
        .untilAsserted(
            () ->
                assertThat(claims())
                    .containsExactlyInAnyOrderElementsOf(
                        after.names().stream()
                            .map(name -> "data-%s-0 %s %s".formatted(name, size, storageClass))
                            .toList()));
    return took;
  }

  /** While it is known who they are, and that is so with a leader. */
  private static void keepsItsVoters(RaftClusterView view) {
    if (!view.leader().isEmpty()) {
      assertThat(view.members().stream().filter(RaftClusterView.Member::votes))
          .as("voters in %s", view)
          .hasSizeGreaterThanOrEqualTo(MEMBERS);
    }
  }

  private List<String> claims() {
    String fields = "{.metadata.name} {.status.capacity.storage} {.spec.storageClassName}{\"\\n\"}";
    return demo.kubectl("get", "pvc", "-o", "jsonpath={range .items[*]}" + fields + "{end}")
        .lines()
        .toList();
  }
}
