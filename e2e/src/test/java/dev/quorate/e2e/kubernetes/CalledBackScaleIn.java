package dev.quorate.e2e.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Set;

/** Somebody scales a cluster in and thinks better of it before the first member is gone. */
final class CalledBackScaleIn {
  private final KubernetesUnderTest kubernetes;
  private final RaftClusterUnderTest cluster;

  CalledBackScaleIn(KubernetesUnderTest kubernetes, RaftClusterUnderTest cluster) {
    this.kubernetes = kubernetes;
    this.cluster = cluster;
  }

  /** The removal is in the status already, and nobody was told of it. */
  Duration playFrom(int members, int fewer) {
    Set<String> before = cluster.awaitSettled(members).ids();
    long calledBack;
    try (var _ = HeldEvent.of(kubernetes, cluster.namespace(), "RemoveMemberStarted")) {
      cluster.scale(fewer);
      RaftClusterView begun =
          cluster.awaitState(
              "a removal that is written down",
              view -> view.step().operation().equals("RemoveMember"));
      assertThat(begun.ids()).as("members while it is held").isEqualTo(before);
      calledBack = System.nanoTime();
      cluster.scale(members);
    }
    RaftClusterView after =
        cluster.awaitState(
            "nothing to be removed any more",
            view ->
                view.isSettled(members) && view.isAtRest() && view.step().operation().isEmpty());
    assertThat(after.ids()).as("nobody was removed").isEqualTo(before);
    return Duration.ofNanos(System.nanoTime() - calledBack);
  }
}
