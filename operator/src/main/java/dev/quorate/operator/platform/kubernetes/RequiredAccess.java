package dev.quorate.operator.platform.kubernetes;

import io.fabric8.kubernetes.api.model.authorization.v1.ResourceAttributes;
import io.fabric8.kubernetes.api.model.authorization.v1.ResourceAttributesBuilder;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectAccessReviewBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the operator must be allowed to do, and nothing more; the chart's roles say the same, and a
 * test compares them.
 *
 * @param resource may have a subresource behind a slash
 */
record RequiredAccess(String group, String resource, List<String> verbs) {
  /** In every namespace that has clusters. */
  static final List<RequiredAccess> TO_CLUSTERS =
      List.of(
          new RequiredAccess("quorate.dev", "raftclusters", List.of("get", "list", "watch")),
          new RequiredAccess("quorate.dev", "raftclusters/status", List.of("patch")),
          new RequiredAccess("quorate.dev", "raftclusters/finalizers", List.of("update")),
          new RequiredAccess(
              "apps", "statefulsets", List.of("get", "list", "watch", "create", "patch", "delete")),
          new RequiredAccess("", "services", List.of("get", "list", "watch", "create", "patch")),
          new RequiredAccess(
              "policy", "poddisruptionbudgets", List.of("get", "list", "watch", "create", "patch")),
          new RequiredAccess("", "pods", List.of("get", "list", "watch", "delete")),
          new RequiredAccess(
              "", "persistentvolumeclaims", List.of("get", "list", "watch", "patch", "delete")),
          new RequiredAccess("", "secrets", List.of("get", "create", "update")),
          new RequiredAccess("events.k8s.io", "events", List.of("create")));

  /** Machines belong to no namespace; without them the operator sees less and works. */
  static final RequiredAccess TO_MACHINES =
      new RequiredAccess("", "nodes", List.of("get", "list", "watch"));

  /** What of it is refused in a namespace, for people; null stands for all namespaces. */
  List<String> refused(KubernetesClient client, @Nullable String namespace) {
    var refused = new ArrayList<String>();
    for (String verb : verbs) {
      if (!isAllowed(client, attributes(verb, namespace))) {
        refused.add(
            "%s %s%s%s"
                .formatted(
                    verb,
                    resource,
                    group.isEmpty() ? "" : "." + group,
                    namespace == null ? "" : " in namespace " + namespace));
      }
    }
    return refused;
  }

  /** What of {@link #TO_CLUSTERS} is refused; no namespaces stand for all. */
  static List<String> refusedToClusters(KubernetesClient client, Collection<String> namespaces) {
    var refused = new ArrayList<String>();
    for (RequiredAccess access : TO_CLUSTERS) {
      if (namespaces.isEmpty()) {
        refused.addAll(access.refused(client, null));
      }
      namespaces.forEach(namespace -> refused.addAll(access.refused(client, namespace)));
    }
    return refused;
  }

  private ResourceAttributes attributes(String verb, @Nullable String namespace) {
    String[] parts = resource.split("/", 2);
    return new ResourceAttributesBuilder()
        .withGroup(group)
        .withResource(parts[0])
        .withSubresource(parts.length == 1 ? null : parts[1])
        .withVerb(verb)
        .withNamespace(namespace)
        .build();
  }

  private static boolean isAllowed(KubernetesClient client, ResourceAttributes attributes) {
    var review =
        new SelfSubjectAccessReviewBuilder()
            .withNewSpec()
            .withResourceAttributes(attributes)
            .endSpec()
            .build();
    return Boolean.TRUE.equals(client.resource(review).create().getStatus().getAllowed());
  }
}
