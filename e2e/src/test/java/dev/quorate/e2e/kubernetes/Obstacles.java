package dev.quorate.e2e.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.quorate.e2e.machine.Checkout;
import java.time.Duration;
import java.util.List;

/**
 * What stands in the way of clusters, each of one member: a condition names it and the cure, and
 * once it is cured the cluster goes on by itself, with the operator that saw it.
 */
final class Obstacles {
  private static final String NAMESPACE = "obstacles";
  private static final String FULL = "full";
  private static final int LOG_LINES = 50;

  private final KubernetesUnderTest kubernetes;
  private final OperatorUnderTest operator;

  Obstacles(KubernetesUnderTest kubernetes) {
    this.kubernetes = kubernetes;
    this.operator = new OperatorUnderTest(kubernetes);
  }

  /**
   * One of them.
   *
   * @param spec of the cluster, in a line
   * @param words of the condition
   */
  private record Obstacle(String name, String namespace, String spec, List<String> words) {}

  private static final List<Obstacle> ALL =
      List.of(
          new Obstacle(
              "image",
              NAMESPACE,
              "image: {repository: quorate.dev/node, tag: misspelled, pullPolicy: IfNotPresent},"
                  + " storage: {size: 1Gi}",
              List.of("image-0 to start", "quorate.dev/node:misspelled", "correct spec.image")),
          new Obstacle(
              "class",
              NAMESPACE,
              "storage: {size: 1Gi, storageClassName: missing}",
              List.of(
                  "class-0 to start",
                  "claim data-class-0-0",
                  "storage class missing",
                  "make that class")),
          new Obstacle(
              "room",
              NAMESPACE,
              "storage: {size: 1Gi}, resources: {requests: {cpu: \"99\"}}",
              List.of("room-0 to start", "Insufficient cpu", "ask for less in spec.resources")),
          new Obstacle(
              "taken",
              NAMESPACE,
              "storage: {size: 1Gi}",
              List.of(
                  "Service obstacles/taken exists and does not belong to RaftCluster taken",
                  "delete or rename it")),
          new Obstacle(
              "quota",
              FULL,
              "storage: {size: 1Gi}",
              List.of(
                  "StatefulSet quota-0 has no pod yet",
                  "a quota",
                  "kubectl -n full describe statefulset quota-0")));

  void run() {
    List<String> operators = operators();
    prepare();
    long began = System.nanoTime();
    for (Obstacle obstacle : ALL) {
      kubernetes.apply(manifest(obstacle));
    }
    for (Obstacle obstacle : ALL) {
      var cluster = cluster(obstacle);
      RaftClusterView told =
          cluster.awaitState(
              "words about the " + obstacle.name(), view -> says(view, obstacle.words()));
      System.out.printf(
          "obstacle %s, after %.1f s: %s%n",
          obstacle.name(), seconds(began), told.explanation("Progressing"));
    }
    leavesWhatIsNotItsOwn();
    long cured = System.nanoTime();
    cureAll();
    for (Obstacle obstacle : ALL) {
      cluster(obstacle).awaitSettled(1);
      System.out.printf(
          "obstacle %s cured: healthy after %.1f s%n", obstacle.name(), seconds(cured));
    }
    saysWhichRightIsMissing(cluster(ALL.getFirst()));
    assertThat(operators()).as("the operators, and their restarts").isEqualTo(operators);
    kubernetes.kubectl("delete", "namespace", NAMESPACE, FULL, "--wait=false");
    kubernetes.kubectl("delete", "storageclass", "missing");
  }

  private List<String> operators() {
    return operator
        .kubectl(
            "get",
            "pods",
            "-o",
            "jsonpath={range .items[*]}{.metadata.uid}"
                + " {.status.containerStatuses[0].restartCount}{\"\\n\"}{end}")
        .lines()
        .sorted()
        .toList();
  }

  private static boolean says(RaftClusterView view, List<String> words) {
    String message = view.condition("Progressing", "message");
    return words.stream().allMatch(message::contains);
  }

  private static double seconds(long began) {
    return Duration.ofNanos(System.nanoTime() - began).toMillis() / 1000.0;
  }

  private RaftClusterUnderTest cluster(Obstacle obstacle) {
    return new RaftClusterUnderTest(kubernetes, obstacle.namespace(), obstacle.name());
  }

  private static String manifest(Obstacle obstacle) {
    return """
        apiVersion: quorate.dev/v1alpha1
        kind: RaftCluster
        metadata: {name: %s, namespace: %s}
        spec: {replicas: 1, deletionPolicy: Delete, tls: {mode: Disabled}, %s}
        """
        .formatted(obstacle.name(), obstacle.namespace(), obstacle.spec());
  }

  private void prepare() {
    kubernetes.apply(
        """
        apiVersion: v1
        kind: Namespace
        metadata: {name: %1$s}
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: taken, namespace: %1$s, labels: {app: somebody-elses}}
        spec: {selector: {app: somebody-elses}, ports: [{port: 80}]}
        ---
        apiVersion: apps/v1
        kind: StatefulSet
        metadata: {name: taken-0, namespace: %1$s, labels: {app: somebody-elses}}
        spec:
          replicas: 0
          serviceName: taken
          selector: {matchLabels: {app: somebody-elses}}
          template:
            metadata: {labels: {app: somebody-elses}}
            spec: {containers: [{name: main, image: somebody/elses}]}
        ---
        apiVersion: v1
        kind: Namespace
        metadata: {name: %2$s}
        ---
        apiVersion: v1
        kind: ResourceQuota
        metadata: {name: few, namespace: %2$s}
        spec: {hard: {pods: "0"}}
        """
            .formatted(NAMESPACE, FULL));
  }

  /** First one, then the other object of this name is in the way; neither is touched. */
  private void leavesWhatIsNotItsOwn() {
    var taken = new RaftClusterUnderTest(kubernetes, NAMESPACE, "taken");
    assertThat(labels(taken, "service", "taken")).isEqualTo("{\"app\":\"somebody-elses\"}");
    taken.kubectl("delete", "service", "taken");
    taken.awaitState(
        "words about the StatefulSet",
        view ->
            says(
                view,
                List.of("StatefulSet obstacles/taken-0 exists and does not belong", "rename it")));
    assertThat(labels(taken, "statefulset", "taken-0")).isEqualTo("{\"app\":\"somebody-elses\"}");
    taken.kubectl("delete", "statefulset", "taken-0");
  }

  private static String labels(RaftClusterUnderTest cluster, String kind, String object) {
    return cluster.kubectl(
        "get", kind, object, "-o", "jsonpath={.metadata.labels}{.metadata.ownerReferences}");
  }

  private void cureAll() {
    kubernetes.apply(
        """
        apiVersion: storage.k8s.io/v1
        kind: StorageClass
        metadata: {name: missing}
        provisioner: quorate.dev/local
        volumeBindingMode: WaitForFirstConsumer
        """);
    new RaftClusterUnderTest(kubernetes, NAMESPACE, "image").edit("{\"image\": null}");
    new RaftClusterUnderTest(kubernetes, NAMESPACE, "room").edit("{\"resources\": null}");
    new RaftClusterUnderTest(kubernetes, FULL, "quota").kubectl("delete", "resourcequota", "few");
  }

  /** Without one right status tells of it; without any it cannot, and the operator's log does. */
  private void saysWhichRightIsMissing(RaftClusterUnderTest cluster) {
    try {
      losesRights(cluster);
    } finally {
      kubernetes.kubectl(
          "apply",
          "--server-side",
          "--force-conflicts",
          "-f",
          Checkout.path("operator/manifests/operator.yaml"));
    }
    long cured = System.nanoTime();
    await("a StatefulSet that follows the spec")
        .atMost(Duration.ofMinutes(2))
        .until(
            () ->
                cluster
                    .kubectl(
                        "get",
                        "statefulset",
                        "image-0",
                        "-o",
                        "jsonpath={.spec.persistentVolumeClaimRetentionPolicy.whenDeleted}")
                    .equals("Retain"));
    cluster.awaitSettled(1);
    System.out.printf("rights given back: the spec is followed after %.1f s%n", seconds(cured));
  }

  private void losesRights(RaftClusterUnderTest cluster) {
    String role = "quorate-operator";
    kubernetes.kubectl(
        "patch",
        "clusterrole",
        role,
        "--type=json",
        """
        --patch=[{"op": "test", "path": "/rules/3/resources", "value": ["statefulsets"]},
                 {"op": "replace", "path": "/rules/3/verbs", "value": ["get", "list", "watch"]}]
        """);
    cluster.edit("{\"deletionPolicy\": \"Retain\"}");
    RaftClusterView told =
        cluster.awaitState(
            "words about the missing right",
            view ->
                says(
                    view,
                    List.of(
                        "cannot patch resource \"statefulsets\"",
                        "upgrade its chart or apply operator.yaml again")));
    System.out.println("right taken away: " + told.explanation("Progressing"));
    kubernetes.kubectl("delete", "clusterrolebinding", role);
    cluster.edit("{\"repair\": {\"maxReplacementsPerHour\": 3}}");
    await("the operator's word that it may not even tell")
        .atMost(Duration.ofMinutes(1))
        .until(() -> operator.log(LOG_LINES).contains("could not write the status of image"));
  }
}
