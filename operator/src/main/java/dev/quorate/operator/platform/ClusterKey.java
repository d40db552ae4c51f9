package dev.quorate.operator.platform;

import dev.quorate.crds.RaftCluster;
import java.util.Objects;

/** Names a cluster among all that the operator looks after. */
public record ClusterKey(String namespace, String name) implements Comparable<ClusterKey> {
  public static ClusterKey of(RaftCluster cluster) {
    return new ClusterKey(
        Objects.requireNonNullElse(cluster.getMetadata().getNamespace(), ""),
        cluster.getMetadata().getName());
  }

  @Override
  public int compareTo(ClusterKey other) {
    int byNamespace = namespace.compareTo(other.namespace);
    return byNamespace != 0 ? byNamespace : name.compareTo(other.name);
  }

  @Override
  public String toString() {
    return namespace.isEmpty() ? name : namespace + "/" + name;
  }
}
