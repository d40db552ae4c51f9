package dev.quorate.operator.platform.kubernetes;

import dev.quorate.operator.certificate.CertificateTimes;
import dev.quorate.operator.resource.NodeImages;
import java.util.Set;

/**
 * How the operator runs on Kubernetes.
 *
 * @param namespaces where it looks after clusters; empty means everywhere
 * @param leaseNamespace where the Lease is that operators compete for
 * @param instance what tells this operator from the others, for example its pod's name
 * @param healthPort where {@code /healthz}, {@code /readyz} and {@code /metrics} are; 0 chooses one
 * @param times how long certificates last
 */
public record KubernetesSettings(
    Set<String> namespaces,
    String leaseNamespace,
    String instance,
    int healthPort,
    NodeImages images,
    CertificateTimes times) {
  public KubernetesSettings {
    namespaces = Set.copyOf(namespaces);
  }
}
