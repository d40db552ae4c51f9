package dev.quorate.operator.platform.kubernetes;

import dev.quorate.crds.RaftCluster;
import dev.quorate.operator.platform.ClusterKey;
import dev.quorate.operator.platform.PlatformException;
import dev.quorate.operator.reconcile.Reconciliation;
import dev.quorate.operator.resource.Labels;
import dev.quorate.operator.resource.NodeImages;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.inbound.SimpleInboundEventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands every cluster that something happened to, to the reconciler; the SDK's entry.
 *
 * <p>Something happened when the spec, one of the cluster's objects or one of its machines changed,
 * or when a member said so by its status stream.
 */
final class RaftClusterController implements Reconciler<RaftCluster> {
  private static final Duration AFTER_CONFLICT = Duration.ofMillis(200);

  /** What need not be looked at for so long waits for nothing. */
  private static final Duration RESTING = Duration.ofMinutes(1);

  private static final Logger log = LoggerFactory.getLogger(RaftClusterController.class);

  private final NodeImages images;
  private final ClusterEvents events;
  private final ReconcileMetrics metrics;
  private final boolean seesMachines;
  private final InstantSource clock = InstantSource.system();
  private final SecretMemory secrets = new SecretMemory(clock);
  private final SimpleInboundEventSource<RaftCluster> memberChanges =
      new SimpleInboundEventSource<>("members");
  private @Nullable InformerEventSource<Node, RaftCluster> machines;
  private @Nullable Reconciliation reconciliation;

  /**
   * @param seesMachines whether nodes may be read; without, the state of machines is unknown
   */
  RaftClusterController(
      NodeImages images, ClusterEvents events, ReconcileMetrics metrics, boolean seesMachines) {
    this.images = images;
    this.events = events;
    this.metrics = metrics;
    this.seesMachines = seesMachines;
  }

  /** Called once, before the controller is started. */
  void reconcileBy(Reconciliation begun) {
    this.reconciliation = begun;
  }

  @Override
  public List<EventSource<?, RaftCluster>> prepareEventSources(
      EventSourceContext<RaftCluster> context) {
    var pods = source(Pod.class, context);
    var sources = new ArrayList<EventSource<?, RaftCluster>>();
    sources.add(source(StatefulSet.class, context));
    sources.add(pods);
    sources.add(source(PersistentVolumeClaim.class, context));
    sources.add(source(Service.class, context));
    sources.add(source(PodDisruptionBudget.class, context));
    sources.add(memberChanges);
    if (seesMachines) {
      machines = machines(pods, context);
      sources.add(machines);
    }
    return sources;
  }

  /** Objects of ours are found by their labels: the volumes that are kept have no owner. */
  private static <R extends HasMetadata> InformerEventSource<R, RaftCluster> source(
      Class<R> type, EventSourceContext<RaftCluster> context) {
    var source =
        InformerEventSourceConfiguration.from(type, RaftCluster.class)
            .withLabelSelector(Labels.ALL_CLUSTERS)
            .withSecondaryToPrimaryMapper(RaftClusterController::clusterOf)
            .withNamespacesInheritedFromController();
    // There is an informer for each namespace, and a store is for one.
    boolean isOne = context.getControllerConfiguration().getEffectiveNamespaces().size() == 1;
    return new InformerEventSource<>(
        (isOne ? source.withItemStore(new SlimStore<>()) : source).build(), context);
  }

  private static Set<ResourceID> clusterOf(HasMetadata object) {
    String cluster = object.getMetadata().getLabels().get(Labels.INSTANCE);
    return cluster == null
        ? Set.of()
        : Set.of(new ResourceID(cluster, object.getMetadata().getNamespace()));
  }

  /** A machine concerns the clusters with pods on it; its heartbeats concern nobody. */
  private static InformerEventSource<Node, RaftCluster> machines(
      InformerEventSource<Pod, RaftCluster> pods, EventSourceContext<RaftCluster> context) {
    return new InformerEventSource<>(
        InformerEventSourceConfiguration.from(Node.class, RaftCluster.class)
            .withName("machines")
            .withWatchAllNamespaces()
            .withOnUpdateFilter(
                (now, before) -> !MachineView.of(now).equals(MachineView.of(before)))
            .withPrimaryToSecondaryMapper((RaftCluster cluster) -> Set.of())
            .withSecondaryToPrimaryMapper(
                machine ->
                    pods.list(
                            pod ->
                                Objects.equals(
                                    pod.getSpec().getNodeName(), machine.getMetadata().getName()))
                        .flatMap(pod -> clusterOf(pod).stream())
                        .collect(Collectors.toSet()))
            .build(),
        context);
  }

  /** Null where machines are not seen; where none at all is seen, that is no sign of any. */
  private @Nullable MachineView machine(String name) {
    var seen = machines;
    if (seen == null || seen.keys().findAny().isEmpty()) {
      return null;
    }
    return seen.get(new ResourceID(name)).map(MachineView::of).orElse(MachineView.GONE);
  }

  /** Somebody changed the spec or an annotation, or deletes it; its status is our own word. */
  static boolean isEdited(RaftCluster now, RaftCluster before) {
    var meta = now.getMetadata();
    var old = before.getMetadata();
    return !Objects.equals(meta.getGeneration(), old.getGeneration())
        || !Objects.equals(meta.getAnnotations(), old.getAnnotations())
        || !Objects.equals(meta.getDeletionTimestamp(), old.getDeletionTimestamp());
  }

  /** A member of this cluster said that something changed. */
  void memberChanged(ClusterKey cluster) {
    memberChanges.propagateEvent(new ResourceID(cluster.name(), cluster.namespace()));
  }

  /** Somebody edited the cluster during the pass; that is no failure, but a reason for another. */
  private static boolean isOvertaken(PlatformException failure) {
    return failure.getCause() instanceof KubernetesClientException cause
        && cause.getCode() == HttpURLConnection.HTTP_CONFLICT;
  }

  /** The next pass must not see the same old cluster, even if the watch brings nothing newer. */
  private static void refresh(RaftCluster seen, Context<RaftCluster> context) {
    RaftCluster live =
        Attempt.of(
            "read " + seen.getMetadata().getName(), () -> context.getClient().resource(seen).get());
    if (live != null) {
      KubernetesPlatform.remember(context, live, seen);
    }
  }

  @Override
  public UpdateControl<RaftCluster> reconcile(RaftCluster cluster, Context<RaftCluster> context) {
    var reconciler = Objects.requireNonNull(reconciliation, "not started");
    if (cluster.isMarkedForDeletion() || context.isPrimaryResourceDeleted()) {
      // Kubernetes removes what the cluster owns, and nothing may be made again meanwhile. That
      // needs no finalizer and asks no member, so a cluster whose members are dead goes as well.
      reconciler.forget(ClusterKey.of(cluster));
      secrets.forget(cluster);
      return UpdateControl.noUpdate();
    }
    var platform =
        new KubernetesPlatform(context, images, this::machine, events, secrets, metrics, clock);
    try {
      var outcome = reconciler.reconcile(cluster, platform);
      secrets.looked(cluster, outcome.lookAgain().compareTo(RESTING) >= 0);
      return UpdateControl.<RaftCluster>noUpdate().rescheduleAfter(outcome.lookAgain());
    } catch (PlatformException e) {
      secrets.forget(cluster);
      if (!isOvertaken(e)) {
        throw e;
      }
      log.info("{}", e.getMessage());
      refresh(cluster, context);
      return UpdateControl.<RaftCluster>noUpdate().rescheduleAfter(AFTER_CONFLICT);
    } catch (Error e) {
      // The SDK expects exceptions alone: after an error it would never look at this cluster again.
      throw new IllegalStateException("the pass over " + ClusterKey.of(cluster) + " broke off", e);
    }
  }
}
