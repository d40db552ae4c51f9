package dev.quorate.operator.platform.kubernetes;

import dev.quorate.crds.RaftCluster;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Looks whether an installed operator is at work, and allowed to do what it must. */
public final class InstallationCheck {
  /** A leader renews its Lease every few seconds, and one that does not is deposed by then. */
  private static final Duration OLDEST_RENEWAL = Duration.ofSeconds(30);

  private final KubernetesClient client;
  private final InstantSource clock;
  private final Set<String> namespaces;
  private final String leaseNamespace;

  /**
   * @param namespaces where clusters are looked after; empty means everywhere
   */
  public InstallationCheck(
      KubernetesClient client, InstantSource clock, Set<String> namespaces, String leaseNamespace) {
    this.client = client;
    this.clock = clock;
    this.namespaces = Set.copyOf(namespaces);
    this.leaseNamespace = leaseNamespace;
  }

  /** What is wrong and no waiting mends, and what to do about it; empty when all is well. */
  public List<String> mistakes() {
    var mistakes = new ArrayList<String>();
    for (String refused : RequiredAccess.refusedToClusters(client, namespaces)) {
      mistakes.add("the service account may not %s: bind it to a role that may".formatted(refused));
    }
    String unknown = mistakes.isEmpty() ? missingResource(client, namespaces) : null;
    if (unknown != null) {
      mistakes.add(unknown);
    }
    return mistakes;
  }

  /** What the operator can do without, and what it then does not see. */
  public List<String> limits() {
    return RequiredAccess.TO_MACHINES.refused(client, null).isEmpty()
        ? List.of()
        : List.of(MachineAccess.LIMIT);
  }

  /** Says what is missing if the API server does not know the custom resource; null if it does. */
  static @Nullable String missingResource(KubernetesClient client, Set<String> namespaces) {
    try {
      var one = new ListOptionsBuilder().withLimit(1L).build();
      if (namespaces.isEmpty()) {
        client.resources(RaftCluster.class).inAnyNamespace().list(one);
      }
      for (var namespace : namespaces) {
        client.resources(RaftCluster.class).inNamespace(namespace).list(one);
      }
      return null;
    } catch (KubernetesClientException e) {
      if (e.getCode() == HttpURLConnection.HTTP_NOT_FOUND) {
        return "the API server does not know RaftCluster: apply the custom resource definition first"
            + " (raftclusters.quorate.dev-v1.yml)";
      }
      throw e;
    }
  }

  /** Why no operator is at work, which may be so for a moment; empty when one is. */
  public List<String> leaderless() {
    Lease lease = client.leases().inNamespace(leaseNamespace).withName(LeaderLease.NAME).get();
    String name = leaseNamespace + "/" + LeaderLease.NAME;
    if (lease == null || lease.getSpec().getHolderIdentity() == null) {
      return List.of(
          "nobody holds the lease %s: see the logs of the operator's pods".formatted(name));
    }
    var renewed = lease.getSpec().getRenewTime();
    if (renewed == null || renewed.toInstant().isBefore(clock.instant().minus(OLDEST_RENEWAL))) {
      return List.of(
          "the lease %s was not renewed since %s: see the logs of %s"
              .formatted(name, renewed, lease.getSpec().getHolderIdentity()));
    }
    return List.of();
  }
}
