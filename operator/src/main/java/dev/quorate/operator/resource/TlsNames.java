package dev.quorate.operator.resource;

import dev.quorate.crds.RaftCluster;
import dev.quorate.crds.RaftClusterSpec;
import java.util.List;

/** The names that stand in the certificates of members. */
public final class TlsNames {
  private TlsNames() {}

  static String scheme(RaftClusterSpec spec) {
    return spec.tls().on() ? "https" : "http";
  }

  /** Where clients find the cluster, by the name of its Service. */
  public static String endpoint(RaftCluster cluster) {
    var meta = cluster.getMetadata();
    return "%s://%s.%s.svc:%d"
        .formatted(
            scheme(cluster.getSpec()),
            Names.clientService(meta.getName()),
            meta.getNamespace(),
            Names.CLIENT_PORT);
  }

  /** For every member that there is or will be: none has to wait for a certificate to be made. */
  public static List<String> memberHosts(RaftCluster cluster) {
    return List.of(memberHost(cluster, "*"), "localhost", "127.0.0.1");
  }

  /** The Service by all its names, and each member by its own. */
  public static List<String> clientHosts(RaftCluster cluster) {
    var namespace = cluster.getMetadata().getNamespace();
    var service = Names.clientService(cluster.getMetadata().getName());
    return List.of(
        service,
        service + "." + namespace,
        service + "." + namespace + ".svc",
        service + "." + namespace + ".svc.cluster.local",
        memberHost(cluster, "*"),
        memberHost(cluster, "*") + ".cluster.local",
        "localhost",
        "127.0.0.1");
  }

  /**
   * A name that only members' certificates have, by which nodes know them: the star in those stands
   * for any one word.
   */
  static String memberHost(RaftCluster cluster, String member) {
    var meta = cluster.getMetadata();
    return Names.host(String.valueOf(meta.getNamespace()), meta.getName(), member);
  }
}
