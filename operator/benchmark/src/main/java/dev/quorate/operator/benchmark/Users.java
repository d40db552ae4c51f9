package dev.quorate.operator.benchmark;

import dev.quorate.crds.RaftCluster;
import dev.quorate.crds.RaftClusterStatus;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.InputStream;
import java.util.Collection;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** People who ask for clusters, all at once, and look how far they are. */
final class Users implements AutoCloseable {
  private static final String NAMESPACE = "default";
  private static final String DEFINITION = "raftclusters.quorate.dev";
  private static final int AT_ONCE = 4;
  private static final long PATIENCE_SECONDS = 60;

  private final KubernetesClient client;
  private final boolean encrypted;
  private final SharedIndexInformer<RaftCluster> clusters;

  Users(KubernetesClient client, boolean encrypted) throws IOException {
    this.client = client;
    this.encrypted = encrypted;
    defineClusters();
    this.clusters = client.resources(RaftCluster.class).inNamespace(NAMESPACE).inform();
  }

  private void defineClusters() throws IOException {
    try (InputStream yaml = RaftCluster.class.getResourceAsStream("/" + DEFINITION + "-v1.yml")) {
      client.load(Objects.requireNonNull(yaml)).serverSideApply();
    }
    client
        .apiextensions()
        .v1()
        .customResourceDefinitions()
        .withName(DEFINITION)
        .waitUntilCondition(
            definition ->
                definition != null
                    && definition.getStatus() != null
                    && definition.getStatus().getConditions().stream()
                        .anyMatch(
                            condition ->
                                condition.getType().equals("Established")
                                    && condition.getStatus().equals("True")),
            PATIENCE_SECONDS,
            TimeUnit.SECONDS);
  }

  private static String name(int number) {
    return "cluster-%04d".formatted(number);
  }

  void create(int count, int replicas) throws IOException, InterruptedException {
    forEach(
        count,
        number ->
            client
                .resource(
                    """
                    apiVersion: quorate.dev/v1alpha1
                    kind: RaftCluster
                    metadata: {name: %s, namespace: %s}
                    spec:
                      replicas: %d
                      storage: {size: 1Gi}
                      tls: {mode: %s}
                    """
                        .formatted(
                            name(number), NAMESPACE, replicas, encrypted ? "Managed" : "Disabled"))
                .create());
  }

  void scale(int count, int replicas) throws IOException, InterruptedException {
    var patch = "{\"spec\": {\"replicas\": %d}}".formatted(replicas);
    forEach(
        count,
        number ->
            client
                .resources(RaftCluster.class)
                .inNamespace(NAMESPACE)
                .withName(name(number))
                .patch(PatchContext.of(PatchType.JSON_MERGE), patch));
  }

  private static void forEach(int count, IntConsumer work)
      throws IOException, InterruptedException {
    try (var users = Executors.newFixedThreadPool(AT_ONCE)) {
      var asked =
          IntStream.range(0, count)
              .mapToObj(number -> users.submit(() -> work.accept(number), true))
              .toList();
      for (var future : asked) {
        future.get();
      }
    } catch (ExecutionException e) {
      throw new IOException("a user was refused: " + e.getMessage(), e);
    }
  }

  /** How many clusters are as they shall be, with nothing left to do. */
  long settled(int replicas) {
    return all().stream().filter(cluster -> isSettled(cluster, replicas)).count();
  }

  private Collection<RaftCluster> all() {
    return clusters.getStore().list();
  }

  private static boolean isSettled(RaftCluster cluster, int replicas) {
    var status = cluster.getStatus();
    return status != null
        && cluster.getSpec().replicas() == replicas
        && Objects.equals(status.observedGeneration(), cluster.getMetadata().getGeneration())
        && status.members().size() == replicas
        && "Healthy".equals(status.summary())
        && plan(status).startsWith("Nothing to do");
  }

  private static String plan(RaftClusterStatus status) {
    var plan = status.plan();
    return plan == null ? "" : plan.summary();
  }

  /** The state of one that is not, for people; empty if all are. */
  String unsettled(int replicas) {
    return all().stream()
        .filter(cluster -> !isSettled(cluster, replicas))
        .findFirst()
        .map(cluster -> cluster.getMetadata().getName() + ": " + shown(cluster.getStatus()))
        .orElse("");
  }

  private static String shown(@Nullable RaftClusterStatus status) {
    return status == null
        ? "nobody has looked at it"
        : "%s, %s".formatted(status.summary(), Serialization.asJson(status.plan()));
  }

  @Override
  public void close() {
    clusters.close();
  }
}
