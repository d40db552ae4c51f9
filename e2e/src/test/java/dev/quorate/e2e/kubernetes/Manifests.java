package dev.quorate.e2e.kubernetes;

/** The manifests that the tests apply. */
final class Manifests {
  private Manifests() {}

  static String cluster(String namespace, String name, int replicas, String deletionPolicy) {
    return """
        apiVersion: quorate.dev/v1alpha1
        kind: RaftCluster
        metadata: {name: %s, namespace: %s}
        spec:
          replicas: %d
          storage: {size: 1Gi}
          deletionPolicy: %s
          tls: {mode: Disabled}
        """
        .formatted(name, namespace, replicas, deletionPolicy);
  }

  /** One member of an image that nobody has. */
  static String misspelled(String namespace, String name) {
    return """
        apiVersion: quorate.dev/v1alpha1
        kind: RaftCluster
        metadata: {name: %s, namespace: %s}
        spec:
          replicas: 1
          image: {repository: quorate.dev/node, tag: misspelled, pullPolicy: Never}
          storage: {size: 1Gi}
          deletionPolicy: Delete
          tls: {mode: Disabled}
        """
        .formatted(name, namespace);
  }

  static String withSpec(String spec) {
    return """
        apiVersion: quorate.dev/v1alpha1
        kind: RaftCluster
        metadata: {name: refused, namespace: refusals}
        spec: %s
        """
        .formatted(spec);
  }
}
