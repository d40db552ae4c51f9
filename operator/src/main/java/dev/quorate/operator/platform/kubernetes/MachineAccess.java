package dev.quorate.operator.platform.kubernetes;

import io.fabric8.kubernetes.client.KubernetesClient;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the operator may see machines, which belong to no namespace: where it got rights in a few
 * namespaces only, it may not, and must do without.
 */
final class MachineAccess {
  static final String LIMIT =
      "nodes cannot be read: that a machine is silent or is being emptied is not seen, so a member"
          + " there counts as healthy until it stops answering, and `kubectl drain` is not"
          + " anticipated; to change that, let the service account get, list and watch nodes (in the"
          + " chart: rbac.readNodes=true) and restart the operator";

  private static final Logger log = LoggerFactory.getLogger(MachineAccess.class);

  private MachineAccess() {}

  /** Asked once, when leading begins, because a watch that is refused never becomes healthy. */
  static boolean granted(KubernetesClient client) {
    boolean granted = RequiredAccess.TO_MACHINES.refused(client, null).isEmpty();
    if (!granted) {
      log.warn("{}", LIMIT);
    }
    return granted;
  }
}
