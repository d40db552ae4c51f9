package dev.quorate.operator.platform.kubernetes;

import dev.quorate.crds.RaftCluster;
import dev.quorate.crds.RaftClusterStatus;
import dev.quorate.operator.platform.ClusterEvent;
import dev.quorate.operator.platform.Platform;
import dev.quorate.operator.platform.PlatformException;
import dev.quorate.operator.platform.PlatformFacts;
import dev.quorate.operator.platform.SecretStore;
import dev.quorate.operator.platform.SharedSettings;
import dev.quorate.operator.platform.TemplateChange;
import dev.quorate.operator.resource.Labels;
import dev.quorate.operator.resource.Names;
import dev.quorate.operator.resource.NodeImages;
import dev.quorate.operator.resource.PodDisruptionBudgetFactory;
import dev.quorate.operator.resource.ServiceFactory;
import dev.quorate.operator.resource.TemplateMark;
import dev.quorate.operator.resource.TlsNames;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One pass over one cluster on Kubernetes.
 *
 * <p>Facts come from the informers' caches. Before anything is deleted the API server itself is
 * asked, and the deletion names the UID that was seen, so that it never hits a successor of the
 * same name.
 */
final class KubernetesPlatform implements Platform {
  private static final Logger log = LoggerFactory.getLogger(KubernetesPlatform.class);

  private final Context<RaftCluster> context;
  private final KubernetesClient client;
  private final NodeImages images;
  private final Function<String, @Nullable MachineView> machines;
  private final ClusterEvents events;
  private final SecretMemory secrets;
  private final ReconcileMetrics metrics;
  private final ServerSideApply apply;
  private final InstantSource clock;

  /** Of our own last write of the status in this pass; the cluster that we are given is older. */
  private @Nullable String resourceVersion;

  KubernetesPlatform(
      Context<RaftCluster> context,
      NodeImages images,
      Function<String, @Nullable MachineView> machines,
      ClusterEvents events,
      SecretMemory secrets,
      ReconcileMetrics metrics,
      InstantSource clock) {
    this.clock = clock;
    this.context = context;
    this.client = context.getClient();
    this.images = images;
    this.machines = machines;
    this.events = events;
    this.secrets = secrets;
    this.metrics = metrics;
    this.apply = new ServerSideApply(context, metrics);
  }

  @Override
  public PlatformFacts observe(RaftCluster cluster) {
    var objects =
        ClusterObjects.of(
            cluster,
            context.getSecondaryResourcesAsStream(StatefulSet.class),
            context.getSecondaryResourcesAsStream(Pod.class),
            context.getSecondaryResourcesAsStream(PersistentVolumeClaim.class),
            machines);
    return new PlatformFacts(
        objects.observed(cluster, clock.instant()),
        Labels.selectorText(cluster.getMetadata().getName()),
        orders(cluster).wantedTemplate());
  }

  private MemberOrders orders(RaftCluster cluster) {
    return new MemberOrders(
        cluster, context.getSecondaryResourcesAsStream(StatefulSet.class), images);
  }

  @Override
  public void applyShared(RaftCluster cluster, SharedSettings settings) {
    Attempt.run(
        "write the shared objects of " + cluster.getMetadata().getName(),
        () -> {
          ensure(cluster, Service.class, ServiceFactory.peers(cluster));
          ensure(cluster, Service.class, ServiceFactory.clients(cluster));
          ensure(
              cluster,
              PodDisruptionBudget.class,
              PodDisruptionBudgetFactory.of(cluster, settings.minimumAvailable()));
        });
  }

  @Override
  public void applyMembers(RaftCluster cluster) {
    var orders = orders(cluster);
    Attempt.run(
        "bring the members of %s up to the spec".formatted(cluster.getMetadata().getName()),
        () ->
            context
                .getSecondaryResourcesAsStream(StatefulSet.class)
                .filter(set -> ServerSideApply.isOurs(cluster, set) && !set.isMarkedForDeletion())
                .forEach(
                    set -> ensure(cluster, StatefulSet.class, orders.unchanged(memberOf(set)))));
  }

  /** A set of ours is called like its member. */
  private static String memberOf(StatefulSet set) {
    return set.getMetadata().getName();
  }

  @Override
  public void createMember(RaftCluster cluster, String member, @Nullable String template) {
    Attempt.run(
        "create member " + member,
        () -> {
          var claim = liveClaim(cluster, member);
          if (claim != null) {
            VolumeClaims.requireOurs(cluster, member, claim);
          }
          ensure(cluster, StatefulSet.class, orders(cluster).created(member, template));
        });
  }

  private <R extends HasMetadata> Optional<R> cached(Class<R> type, String name) {
    return context
        .getSecondaryResourcesAsStream(type)
        .filter(object -> name.equals(object.getMetadata().getName()))
        .findFirst();
  }

  private <R extends HasMetadata> void ensure(RaftCluster cluster, Class<R> type, R desired) {
    R cached = cached(type, desired.getMetadata().getName()).orElse(null);
    apply.ensure(cluster, desired, cached);
  }

  /** The pod is deleted and its StatefulSet makes it again, from the template that the set has. */
  @Override
  public void restartMember(RaftCluster cluster, String member) {
    Attempt.run(
        "restart member " + member,
        () -> {
          ensure(cluster, StatefulSet.class, orders(cluster).unchanged(member));
          // The pod that the decision was made on, not one that replaced it since.
          cached(Pod.class, Names.pod(member)).ifPresent(this::delete);
        });
  }

  /** Its StatefulSet stays, with its template, and has no replica. */
  @Override
  public void stopMember(RaftCluster cluster, String member) {
    Attempt.run(
        "stop member " + member,
        () -> {
          if (cached(StatefulSet.class, member).isPresent()) {
            ensure(cluster, StatefulSet.class, orders(cluster).stopped(member));
          }
        });
  }

  @Override
  public void updateMember(RaftCluster cluster, String member, TemplateChange change) {
    Attempt.run("update member " + member, () -> change(cluster, member, change, pod -> true));
  }

  @Override
  public void renewMember(RaftCluster cluster, String member, TemplateChange change) {
    Attempt.run(
        "renew member " + member,
        () -> change(cluster, member, change, pod -> !MemberFacts.isRunning(pod)));
  }

  /** A pod that has the template already stays, so that repeating this restarts nothing. */
  private void change(
      RaftCluster cluster, String member, TemplateChange change, Predicate<Pod> which) {
    ensure(cluster, StatefulSet.class, orders(cluster).changed(member, change));
    cached(Pod.class, Names.pod(member))
        .filter(pod -> !change.to().equals(TemplateMark.on(pod.getMetadata())))
        .ifPresent(pod -> delete(pod, which));
  }

  @Override
  public void deleteMember(RaftCluster cluster, String member) {
    Attempt.run(
        "delete member " + member,
        () -> {
          var set = inNamespace(cluster, StatefulSet.class, member);
          if (set != null) {
            ServerSideApply.requireOurs(cluster, set);
            delete(set);
          }
        });
  }

  @Override
  public void deleteVolume(RaftCluster cluster, String member) {
    Attempt.run(
        "delete the volume of member " + member,
        () -> {
          var claim = liveClaim(cluster, member);
          if (claim == null) {
            return;
          }
          VolumeClaims.requireOurs(cluster, member, claim);
          if (inNamespace(cluster, StatefulSet.class, member) != null) {
            throw new PlatformException(
                "member %s still runs: its volume is deleted only after it".formatted(member));
          }
          delete(claim);
        });
  }

  @Override
  public void growVolume(RaftCluster cluster, String member) {
    Attempt.run(
        "grow the volume of member " + member,
        () -> {
          var claim = liveClaim(cluster, member);
          if (claim == null) {
            throw new PlatformException("member %s has no volume to grow".formatted(member));
          }
          VolumeClaims.requireOurs(cluster, member, claim);
          var wanted = cluster.getSpec().storage().size();
          var asked = claim.getSpec().getResources().getRequests().get("storage");
          if (asked == null
              || asked.getNumericalAmount().compareTo(wanted.getNumericalAmount()) < 0) {
            grow(claim, wanted);
            metrics.wrote(claim.getKind());
            log.info("grew {} to {}", ServerSideApply.describe(claim), wanted);
          }
        });
  }

  private void grow(PersistentVolumeClaim claim, Quantity size) {
    try {
      client
          .resource(VolumeClaims.ofSize(claim, size))
          .fieldManager(ServerSideApply.FIELD_MANAGER)
          .forceConflicts()
          .serverSideApply();
    } catch (KubernetesClientException e) {
      if (!VolumeClaims.cannotGrow(e)) {
        throw e;
      }
      throw new PlatformException(
          "%s stays as large as it is, because %s: put the old size back (or leave autogrow out), or set spec.storage.changePolicy: Replace"
              .formatted(ServerSideApply.describe(claim), CANNOT_GROW),
          e);
    }
  }

  private @Nullable PersistentVolumeClaim liveClaim(RaftCluster cluster, String member) {
    return inNamespace(cluster, PersistentVolumeClaim.class, Names.volumeClaim(member));
  }

  private <R extends HasMetadata> @Nullable R inNamespace(
      RaftCluster cluster, Class<R> type, String name) {
    return client
        .resources(type)
        .inNamespace(cluster.getMetadata().getNamespace())
        .withName(name)
        .get();
  }

  /** Deletes this very object; if it is gone or was replaced meanwhile, nothing happens. */
  private <R extends HasMetadata> void delete(R seen) {
    delete(seen, live -> true);
  }

  /** The same, if the object as it is now is still such that it may go. */
  private <R extends HasMetadata> void delete(R seen, Predicate<R> condition) {
    R live = client.resource(seen).get();
    if (live == null
        || !condition.test(live)
        || live.isMarkedForDeletion()
        || !Objects.equals(live.getMetadata().getUid(), seen.getMetadata().getUid())) {
      return;
    }
    client.resource(live).lockResourceVersion(live.getMetadata().getResourceVersion()).delete();
    metrics.wrote(live.getKind());
    log.info("deleted {}", ServerSideApply.describe(live));
  }

  @Override
  public void publishStatus(RaftCluster cluster, RaftClusterStatus status) {
    var meta = cluster.getMetadata();
    var fresh = new RaftCluster();
    fresh.getMetadata().setNamespace(meta.getNamespace());
    fresh.getMetadata().setName(meta.getName());
    fresh.getMetadata().setUid(meta.getUid());
    fresh
        .getMetadata()
        .setResourceVersion(resourceVersion != null ? resourceVersion : meta.getResourceVersion());
    fresh.setStatus(status);
    Attempt.run(
        "write the status of " + meta.getName(),
        () -> {
          RaftCluster written =
              client
                  .resource(fresh)
                  .subresource("status")
                  .patch(
                      new PatchContext.Builder()
                          .withForce(true)
                          .withFieldManager(ServerSideApply.FIELD_MANAGER)
                          .withPatchType(PatchType.SERVER_SIDE_APPLY)
                          .build());
          resourceVersion = written.getMetadata().getResourceVersion();
          remember(context, written, cluster);
          metrics.wrote("RaftCluster");
        });
  }

  @Override
  public @Nullable RaftCluster current(RaftCluster cluster) {
    RaftCluster live =
        Attempt.of("read " + cluster.getMetadata().getName(), () -> client.resource(cluster).get());
    boolean same =
        live != null
            && !live.isMarkedForDeletion()
            && Objects.equals(live.getMetadata().getUid(), cluster.getMetadata().getUid());
    return same ? live : null;
  }

  /** Lets the next pass see the newer of two states of a cluster, whatever the watch brings. */
  static void remember(Context<RaftCluster> context, RaftCluster newer, RaftCluster seen) {
    context
        .eventSourceRetriever()
        .getControllerEventSource()
        .handleRecentResourceUpdate(ResourceID.fromResource(seen), newer, seen);
  }

  @Override
  public List<String> endpoints(RaftCluster cluster) {
    return List.of(TlsNames.endpoint(cluster));
  }

  @Override
  public SecretStore secrets(RaftCluster cluster) {
    return new ClusterSecrets(cluster, client, secrets, metrics);
  }

  @Override
  public void publishEvent(RaftCluster cluster, ClusterEvent event) {
    events.publish(cluster, event);
  }
}
