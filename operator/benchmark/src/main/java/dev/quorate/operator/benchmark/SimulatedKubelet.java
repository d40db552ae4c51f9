package dev.quorate.operator.benchmark;

import io.fabric8.kubernetes.api.model.ContainerStateBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.api.model.PodStatusBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetStatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * What Kubernetes does of itself for a StatefulSet of one replica: claim, volume, pod, container,
 * readiness, each told in the status of its object, and on three machines.
 */
final class SimulatedKubelet implements AutoCloseable, ResourceEventHandler<StatefulSet> {
  private static final int HANDS = 8;
  private static final int MACHINES = 3;
  private static final PatchContext MERGE = PatchContext.of(PatchType.JSON_MERGE);

  private final KubernetesClient client;
  private final SimulatedMembers members;
  private final ExecutorService hands = Executors.newFixedThreadPool(HANDS);
  private final Map<String, Map<String, Secret>> secrets = new ConcurrentHashMap<>();

  /** By host name. */
  private final Map<String, StatefulSet> running = new ConcurrentHashMap<>();

  private final AtomicLong pods = new AtomicLong();
  private final AtomicInteger begun = new AtomicInteger();
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private final SharedIndexInformer<StatefulSet> sets;

  SimulatedKubelet(KubernetesClient client, SimulatedMembers members) {
    this.client = client;
    this.members = members;
    members.tell(host -> later(() -> ready(host)));
    for (int number = 0; number < MACHINES; number++) {
      addMachine(number);
    }
    this.sets = client.apps().statefulSets().inAnyNamespace().inform(this);
  }

  private static String machine(long number) {
    return "worker-" + (number % MACHINES + 1);
  }

  private void addMachine(int number) {
    var made =
        client
            .resource(
                new NodeBuilder()
                    .withNewMetadata()
                    .withName(machine(number))
                    .withLabels(
                        Map.of(
                            "topology.kubernetes.io/zone",
                            "zone-" + number,
                            "kubernetes.io/hostname",
                            machine(number)))
                    .endMetadata()
                    .build())
            .create();
    made.getSpec().setTaints(List.of());
    client.resource(made).update();
    patchStatus(made, Map.of("conditions", List.of(Map.of("type", "Ready", "status", "True"))));
  }

  private void later(Runnable work) {
    begun.incrementAndGet();
    hands.execute(
        () -> {
          try {
            work.run();
          } catch (RuntimeException e) {
            failure.compareAndSet(null, e);
          } finally {
            begun.decrementAndGet();
          }
        });
  }

  /** Whether nothing is left to do that the operator would be told of. */
  boolean isIdle() {
    return begun.get() == 0;
  }

  /** Fails if anything went wrong here: what is measured then means nothing. */
  void check() throws IOException {
    var cause = failure.get();
    if (cause != null) {
      throw new IOException("the simulated kubelet failed: " + cause.getMessage(), cause);
    }
  }

  @Override
  public void onAdd(StatefulSet set) {
    later(() -> run(set));
  }

  /** Templates take effect when a pod is made again, which nobody does here. */
  @Override
  public void onUpdate(StatefulSet before, StatefulSet now) {}

  @Override
  public void onDelete(StatefulSet set, boolean unknown) {
    var host = host(set);
    running.remove(host);
    members.stop(host);
    later(() -> client.pods().inNamespace(namespace(set)).withName(podName(set)).delete());
  }

  private static String namespace(StatefulSet set) {
    return set.getMetadata().getNamespace();
  }

  private static String podName(StatefulSet set) {
    return set.getMetadata().getName() + "-0";
  }

  private static String host(StatefulSet set) {
    return "%s.%s.%s.svc".formatted(podName(set), set.getSpec().getServiceName(), namespace(set));
  }

  private void run(StatefulSet set) {
    makeClaim(set);
    var pod = client.resource(pod(set)).create();
    patchStatus(set, setStatus(set, 0));
    running.put(host(set), set);
    members.start(host(set), members.encrypted() ? certificates(set) : null);
    patchStatus(pod, podStatus(pod, false));
  }

  private void makeClaim(StatefulSet set) {
    var template = set.getSpec().getVolumeClaimTemplates().getFirst();
    var claim =
        client
            .resource(
                new PersistentVolumeClaimBuilder(template)
                    .editMetadata()
                    .withNamespace(namespace(set))
                    .withName(template.getMetadata().getName() + "-" + podName(set))
                    .endMetadata()
                    .withStatus(null)
                    .build())
            .create();
    patchStatus(
        claim, Map.of("phase", "Bound", "capacity", claim.getSpec().getResources().getRequests()));
  }

  private Pod pod(StatefulSet set) {
    var template = set.getSpec().getTemplate();
    var volume = set.getSpec().getVolumeClaimTemplates().getFirst().getMetadata().getName();
    return new PodBuilder()
        .withNewMetadata()
        .withNamespace(namespace(set))
        .withName(podName(set))
        .withLabels(template.getMetadata().getLabels())
        .withAnnotations(template.getMetadata().getAnnotations())
        .addNewOwnerReference()
        .withApiVersion("apps/v1")
        .withKind("StatefulSet")
        .withName(set.getMetadata().getName())
        .withUid(set.getMetadata().getUid())
        .withController(true)
        .endOwnerReference()
        .endMetadata()
        .withNewSpecLike(template.getSpec())
        .withNodeName(machine(pods.getAndIncrement()))
        .withHostname(podName(set))
        .withSubdomain(set.getSpec().getServiceName())
        .addToVolumes(
            new VolumeBuilder()
                .withName(volume)
                .withNewPersistentVolumeClaim(volume + "-" + podName(set), false)
                .build())
        .endSpec()
        .build();
  }

  private MemberCertificates certificates(StatefulSet set) {
    var service = set.getSpec().getServiceName();
    var cluster = service.substring(0, service.lastIndexOf('-'));
    var mounted = secrets.computeIfAbsent(cluster, _ -> new ConcurrentHashMap<>());
    try {
      return MemberCertificates.of(
          secret(set, mounted, cluster + "-server-tls"),
          secret(set, mounted, cluster + "-peer-tls"),
          secret(set, mounted, cluster + "-operator-tls"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Secret secret(StatefulSet set, Map<String, Secret> mounted, String name) {
    return mounted.computeIfAbsent(
        name, _ -> client.secrets().inNamespace(namespace(set)).withName(name).require());
  }

  private void ready(String host) {
    var set = running.get(host);
    if (set != null) {
      var pod = client.pods().inNamespace(namespace(set)).withName(podName(set)).require();
      patchStatus(pod, podStatus(pod, true));
      patchStatus(set, setStatus(set, 1));
    }
  }

  private static PodStatus podStatus(Pod pod, boolean ready) {
    var container = pod.getSpec().getContainers().getFirst();
    var now = InstantSource.system().instant().truncatedTo(ChronoUnit.SECONDS).toString();
    return new PodStatusBuilder()
        .withPhase("Running")
        .withPodIP("10.1.0.1")
        .addNewCondition()
        .withType("PodScheduled")
        .withStatus("True")
        .endCondition()
        .addNewCondition()
        .withType("Ready")
        .withStatus(ready ? "True" : "False")
        .endCondition()
        .addNewContainerStatus()
        .withName(container.getName())
        .withImage(container.getImage())
        .withImageID(container.getImage())
        .withReady(ready)
        .withRestartCount(0)
        .withState(
            new ContainerStateBuilder().withNewRunning().withStartedAt(now).endRunning().build())
        .endContainerStatus()
        .build();
  }

  private static Object setStatus(StatefulSet set, int ready) {
    return new StatefulSetStatusBuilder()
        .withObservedGeneration(set.getMetadata().getGeneration())
        .withReplicas(1)
        .withCurrentReplicas(1)
        .withReadyReplicas(ready)
        .withAvailableReplicas(ready)
        .build();
  }

  private void patchStatus(HasMetadata object, Object status) {
    client
        .resource(object)
        .subresource("status")
        .patch(MERGE, Serialization.asJson(Map.of("status", status)));
  }

  @Override
  public void close() {
    sets.close();
    hands.shutdownNow();
  }
}
