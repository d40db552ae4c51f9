package dev.quorate.e2e.kubernetes;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

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

  /** Three members, of which one that is lost is not waited for long, however often. */
  static String impatient(String namespace, String name) {
    return cluster(namespace, name, 3, "Delete")
        + "  repair: {unreachableAfterSeconds: %d, maxReplacementsPerHour: 10}\n"
            .formatted(MachineLoss.UNREACHABLE_AFTER_SECONDS);
  }

  /** Three members with these certificates. */
  static String secure(String namespace, String name, String tls) {
    return """
        apiVersion: quorate.dev/v1alpha1
        kind: RaftCluster
        metadata: {name: %s, namespace: %s}
        spec:
          replicas: 3
          storage: {size: 1Gi}
          deletionPolicy: Delete
          tls: %s
        """
        .formatted(name, namespace, tls);
  }

  /** A Secret as cert-manager writes it. */
  static String secret(String namespace, String name, String certificate, String key, String ca) {
    var encoder = Base64.getEncoder();
    return """
        apiVersion: v1
        kind: Secret
        metadata: {name: %s, namespace: %s}
        type: kubernetes.io/tls
        data: {tls.crt: %s, tls.key: %s, ca.crt: %s}
        """
        .formatted(
            name,
            namespace,
            encoder.encodeToString(certificate.getBytes(StandardCharsets.US_ASCII)),
            encoder.encodeToString(key.getBytes(StandardCharsets.US_ASCII)),
            encoder.encodeToString(ca.getBytes(StandardCharsets.US_ASCII)));
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
