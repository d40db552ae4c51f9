package dev.quorate.operator.resource;

import dev.quorate.crds.RaftCluster;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.ServicePortBuilder;

/** The two Services of a cluster: one for its clients, one that names its members. */
public final class ServiceFactory {
  private ServiceFactory() {}

  /** Any ready member; a learner is not ready, so that no client meets one through it. */
  public static Service clients(RaftCluster cluster) {
    String name = cluster.getMetadata().getName();
    return new ServiceBuilder()
        .withMetadata(ClusterMetadata.of(cluster, Names.clientService(name), Labels.of(name)))
        .withNewSpec()
        .withType("ClusterIP")
        .withSelector(Labels.selectorOf(name))
        .withPorts(port("client", Names.CLIENT_PORT))
        .endSpec()
        .build();
  }

  /** Members must find each other before they are ready, hence the not-ready addresses. */
  public static Service peers(RaftCluster cluster) {
    String name = cluster.getMetadata().getName();
    return new ServiceBuilder()
        .withMetadata(ClusterMetadata.of(cluster, Names.peerService(name), Labels.of(name)))
        .withNewSpec()
        .withType("ClusterIP")
        .withClusterIP("None")
        .withPublishNotReadyAddresses(true)
        .withSelector(Labels.selectorOf(name))
        .withPorts(
            port("client", Names.CLIENT_PORT),
            port("peer", Names.PEER_PORT),
            port("health", Names.HEALTH_PORT))
        .endSpec()
        .build();
  }

  private static ServicePort port(String name, int port) {
    return new ServicePortBuilder()
        .withName(name)
        .withPort(port)
        .withNewTargetPort(name)
        .withProtocol("TCP")
        .build();
  }
}
