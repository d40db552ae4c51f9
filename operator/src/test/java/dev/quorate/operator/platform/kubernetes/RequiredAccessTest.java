package dev.quorate.operator.platform.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The roles that are installed allow exactly what the operator asks for. */
class RequiredAccessTest {
  private static final Path MANIFEST = Path.of("manifests", "operator.yaml");
  private static final KubernetesSerialization YAML = new KubernetesSerialization();

  @Test
  void rolesAllowWhatIsRequiredAndNoMore() throws IOException {
    assertThat(clusterRole("quorate-operator").getRules())
        .map(RequiredAccessTest::access)
        .containsExactlyInAnyOrderElementsOf(RequiredAccess.TO_CLUSTERS);
    assertThat(clusterRole("quorate-operator-nodes-quorate-system").getRules())
        .map(RequiredAccessTest::access)
        .containsExactly(RequiredAccess.TO_MACHINES);
  }

  @Test
  void noRoleHasAWildcard() throws IOException {
    var rules =
        objects().stream()
            .flatMap(
                object ->
                    switch (object) {
                      case ClusterRole role -> role.getRules().stream();
                      case Role role -> role.getRules().stream();
                      default -> List.<PolicyRule>of().stream();
                    })
            .toList();
    assertThat(rules).hasSizeGreaterThan(10);
    assertThat(rules)
        .allSatisfy(
            rule -> {
              assertThat(rule.getApiGroups()).doesNotContain("*");
              assertThat(rule.getResources()).doesNotContain("*");
              assertThat(rule.getVerbs()).doesNotContain("*");
              assertThat(rule.getNonResourceURLs()).isEmpty();
            });
  }

  private static RequiredAccess access(PolicyRule rule) {
    assertThat(rule.getApiGroups()).hasSize(1);
    assertThat(rule.getResources()).hasSize(1);
    assertThat(rule.getResourceNames()).isEmpty();
    return new RequiredAccess(
        rule.getApiGroups().getFirst(), rule.getResources().getFirst(), rule.getVerbs());
  }

  private static ClusterRole clusterRole(String name) throws IOException {
    return objects().stream()
        .filter(ClusterRole.class::isInstance)
        .map(ClusterRole.class::cast)
        .filter(role -> role.getMetadata().getName().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static List<HasMetadata> objects() throws IOException {
    return List.of(Files.readString(MANIFEST).split("(?m)^---$")).stream()
        .map(document -> (HasMetadata) YAML.unmarshal(document))
        .toList();
  }
}
