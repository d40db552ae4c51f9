package dev.quorate.operator.resource;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Quantity;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CanonicalSizeTest {
  /** The right column is what kube-apiserver 1.36 gave back for the left one. */
  @ParameterizedTest
  @CsvSource({
    "1Gi,1Gi",
    "1024Mi,1Gi",
    "1536Mi,1536Mi",
    "1.5Gi,1536Mi",
    "1000M,1G",
    "1024M,1024M",
    "10737418240,10737418240",
    "1000000,1M",
    "5000k,5M",
    "10e9,10e9",
    "1Ti,1Ti"
  })
  void isWhatTheApiServerGivesBack(String given, String canonical) {
    assertThat(CanonicalSize.of(Quantity.parse(given)).toString()).isEqualTo(canonical);
  }
}
