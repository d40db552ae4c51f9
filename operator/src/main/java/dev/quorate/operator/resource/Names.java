package dev.quorate.operator.resource;

import dev.quorate.crds.RaftCluster;

/** How the objects and the addresses of a cluster and of a member are called. */
public final class Names {
  public static final int CLIENT_PORT = 2379;
  public static final int PEER_PORT = 2380;
  static final int HEALTH_PORT = 2381;

  static final String VOLUME = "data";

  private Names() {}

  /** The Service that clients use. */
  public static String clientService(String cluster) {
    return cluster;
  }

  /** The headless Service that gives every member its host name. */
  public static String peerService(String cluster) {
    return cluster + "-peers";
  }

  /** The only pod of a member's StatefulSet, which has the member's name. */
  public static String pod(String member) {
    return member + "-0";
  }

  /** The volume claim of a member's pod. */
  public static String volumeClaim(String member) {
    return claimOfPod(pod(member));
  }

  /** The same, where the pod is known. */
  public static String claimOfPod(String pod) {
    return VOLUME + "-" + pod;
  }

  public static String peerUrl(RaftCluster cluster, String member) {
    return url(cluster, member, PEER_PORT);
  }

  public static String clientUrl(RaftCluster cluster, String member) {
    return url(cluster, member, CLIENT_PORT);
  }

  private static String url(RaftCluster cluster, String member, int port) {
    return "%s://%s:%d"
        .formatted(
            TlsNames.scheme(cluster.getSpec()), TlsNames.memberHost(cluster, pod(member)), port);
  }

  /**
   * The member's own host name, which stays when its pod gets another address. Without the domain
   * of the Kubernetes cluster, which need not be {@code cluster.local} and is not known here: the
   * search list that every pod has completes the name.
   */
  static String host(String namespace, String cluster, String pod) {
    return "%s.%s.%s.svc".formatted(pod, peerService(cluster), namespace);
  }
}
