package dev.quorate.node.flags;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Gates are known by etcd's names, and written as etcd takes them. */
final class FeatureGatesTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ",",
        "CompactHashCheck=true",
        " CompactHashCheck = T ,,FastLeaseKeepAlive=0",
        "LeaseCheckpoint=true,LeaseCheckpointPersist=true",
        "LeaseCheckpointPersist=false",
        "AllAlpha=true",
        "AllBeta=false,PriorityRequest=true"
      })
  void takes(String gates) {
    assertThat(FeatureGates.problem(gates)).isNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Nope=true | has the unrecognized feature gate Nope: there are AllAlpha,",
        "compactHashCheck=true | has the unrecognized feature gate compactHashCheck:",
        "=true | has the unrecognized feature gate",
        "PriorityRequest | says neither true nor false for PriorityRequest",
        "PriorityRequest=yes | says \"yes\" for PriorityRequest, which is neither true nor false",
        "LeaseCheckpointPersist=true | switches LeaseCheckpointPersist on, which needs LeaseCheckpoint=true",
        "AllAlpha=true,LeaseCheckpoint=false | switches LeaseCheckpointPersist on"
      })
  void refuses(String gates, String words) {
    assertThat(FeatureGates.problem(gates)).startsWith(words);
  }
}
