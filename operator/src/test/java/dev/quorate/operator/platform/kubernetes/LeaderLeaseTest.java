package dev.quorate.operator.platform.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import org.junit.jupiter.api.Test;

class LeaderLeaseTest {
  @Test
  void eachLeadershipHasAGreaterEpoch() {
    long first = LeaderLease.epoch(lease("2026-11-23T10:00:00Z", 0));
    long second = LeaderLease.epoch(lease("2026-11-23T10:00:00Z", 1));
    assertThat(second).isGreaterThan(first);
  }

  @Test
  void aLeaseThatWasDeletedAndMadeAgainDoesNotGoBack() {
    long before = LeaderLease.epoch(lease("2026-11-23T10:00:00Z", 16_000_000));
    long after = LeaderLease.epoch(lease("2026-11-23T10:00:01Z", 0));
    assertThat(after).isGreaterThan(before);
  }

  private static Lease lease(String created, int transitions) {
    return new LeaseBuilder()
        .withNewMetadata()
        .withCreationTimestamp(created)
        .endMetadata()
        .withNewSpec()
        .withLeaseTransitions(transitions)
        .endSpec()
        .build();
  }
}
