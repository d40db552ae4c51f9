package dev.quorate.operator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is said where there is no cluster. */
final class ClusterAccessTest {
  @TempDir private Path home;

  @Test
  void aPodKnowsItsCluster() {
    assertThat(ClusterAccess.missing(Map.of("KUBERNETES_SERVICE_HOST", "10.0.0.1"), home)).isNull();
  }

  @Test
  void theUsualFileIsEnough() throws IOException {
    assertThat(ClusterAccess.missing(Map.of(), home))
        .startsWith("there is no Kubernetes cluster to work with");
    Files.createDirectories(home.resolve(".kube"));
    Files.createFile(home.resolve(".kube/config"));
    assertThat(ClusterAccess.missing(Map.of(), home)).isNull();
  }

  @Test
  void oneOfTheFilesThatAreNamedMustExist() throws IOException {
    var there = Files.createFile(home.resolve("there"));
    var gone = home.resolve("gone");
    assertThat(ClusterAccess.missing(Map.of("KUBECONFIG", gone.toString()), home))
        .isEqualTo(
            "KUBECONFIG names " + gone + ", which does not exist; name the file of a cluster");
    var both = gone + File.pathSeparator + there;
    assertThat(ClusterAccess.missing(Map.of("KUBECONFIG", both), home)).isNull();
  }
}
