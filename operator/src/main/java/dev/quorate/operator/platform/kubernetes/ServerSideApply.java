package dev.quorate.operator.platform.kubernetes;

import dev.quorate.crds.RaftCluster;
import dev.quorate.operator.platform.PlatformException;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.processing.dependent.kubernetes.SSABasedGenericKubernetesResourceMatcher;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one place that writes a cluster's objects, as one field manager, and only when something of
 * ours differs from what is there.
 *
 * <p>An object is ours when its controller is the RaftCluster of the same UID. One that is not is
 * never taken over, not even if it looks alike.
 */
final class ServerSideApply {
  /** Must never change: the fields of the objects that exist belong to it. */
  static final String FIELD_MANAGER = "quorate-operator";

  private static final Logger log = LoggerFactory.getLogger(ServerSideApply.class);

  private final Context<RaftCluster> context;
  private final ReconcileMetrics metrics;

  ServerSideApply(Context<RaftCluster> context, ReconcileMetrics metrics) {
    this.context = context;
    this.metrics = metrics;
  }

  /**
   * Makes the object be as desired, unless it is already.
   *
   * @param cached what the informer knows of it; if nothing, the API server is asked, because an
   *     informer may be behind
   */
  <R extends HasMetadata> void ensure(RaftCluster owner, R desired, @Nullable R cached) {
    R actual = cached != null ? cached : context.getClient().resource(desired).get();
    if (actual != null) {
      if (actual.isMarkedForDeletion()) {
        throw new PlatformException(
            "%s is being deleted; it is made again when it is gone".formatted(describe(actual)));
      }
      requireOurs(owner, actual);
      if (matches(actual, desired)) {
        return;
      }
      // With the UID the write fails if the object was replaced since it was read.
      desired.getMetadata().setUid(actual.getMetadata().getUid());
    }
    R written =
        context
            .getClient()
            .resource(desired)
            .fieldManager(FIELD_MANAGER)
            .forceConflicts()
            .serverSideApply();
    remember(written, actual);
    metrics.wrote(desired.getKind());
    log.info("{} {}", actual == null ? "created" : "updated", describe(desired));
  }

  private <R extends HasMetadata> boolean matches(R actual, R desired) {
    return SSABasedGenericKubernetesResourceMatcher.<R>getInstance()
        .matches(actual, desired, context);
  }

  /** Puts what was written into the cache, so that the next pass does not see the state before. */
  @SuppressWarnings("unchecked")
  private <R extends HasMetadata> void remember(R written, @Nullable R before) {
    var source = context.eventSourceRetriever().getEventSourceFor((Class<R>) written.getClass());
    if (source instanceof InformerEventSource<R, RaftCluster> informer) {
      var id = ResourceID.fromResource(written);
      if (before == null) {
        informer.handleRecentResourceCreate(id, written);
      } else {
        informer.handleRecentResourceUpdate(id, written, before);
      }
    }
  }

  static boolean isOurs(RaftCluster owner, HasMetadata object) {
    return object.getMetadata().getOwnerReferences().stream()
        .anyMatch(
            reference ->
                Boolean.TRUE.equals(reference.getController())
                    && Objects.equals(reference.getUid(), owner.getMetadata().getUid()));
  }

  static void requireOurs(RaftCluster owner, HasMetadata object) {
    if (!isOurs(owner, object)) {
      throw new PlatformException(
          ("%s exists and does not belong to RaftCluster %s, so it is left alone: delete or rename"
                  + " it, or give the cluster another name")
              .formatted(describe(object), owner.getMetadata().getName()));
    }
  }

  static String describe(HasMetadata object) {
    return "%s %s/%s"
        .formatted(
            object.getKind(), object.getMetadata().getNamespace(), object.getMetadata().getName());
  }
}
