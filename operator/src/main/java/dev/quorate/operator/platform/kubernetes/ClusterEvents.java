package dev.quorate.operator.platform.kubernetes;

import dev.quorate.crds.RaftCluster;
import dev.quorate.operator.platform.ClusterEvent;
import io.fabric8.kubernetes.api.model.MicroTime;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.api.model.events.v1.EventBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Publishes the transitions of a cluster as Kubernetes Events, for {@code kubectl describe}. */
final class ClusterEvents {
  private static final String CONTROLLER = "quorate.dev/operator";
  private static final Duration SILENCE = Duration.ofMinutes(5);
  private static final int MOST_CHARACTERS_OF_A_NOTE = 1024;
  private static final DateTimeFormatter MICRO_TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSSXXX").withZone(ZoneOffset.UTC);
  private static final Logger log = LoggerFactory.getLogger(ClusterEvents.class);

  private record Said(String cluster, ClusterEvent event) {}

  private final KubernetesClient client;
  private final InstantSource clock;
  private final String instance;
  private final Map<Said, Instant> said = new HashMap<>();

  /**
   * @param instance which of the operator's replicas says it
   */
  ClusterEvents(KubernetesClient client, InstantSource clock, String instance) {
    this.client = client;
    this.clock = clock;
    this.instance = instance;
  }

  /** An event that cannot be written is logged and forgotten: it must not hold up a repair. */
  void publish(RaftCluster cluster, ClusterEvent event) {
    var meta = cluster.getMetadata();
    var now = clock.instant();
    if (event.kind() == ClusterEvent.Kind.WARNING && !isNews(meta.getUid(), event, now)) {
      return;
    }
    var object =
        new EventBuilder()
            .withNewMetadata()
            .withNamespace(meta.getNamespace())
            .withName(
                "%s.%016x".formatted(meta.getName(), ChronoUnit.NANOS.between(Instant.EPOCH, now)))
            .endMetadata()
            .withEventTime(new MicroTime(MICRO_TIME.format(now)))
            .withReportingController(CONTROLLER)
            .withReportingInstance(instance)
            .withType(
                switch (event.kind()) {
                  case NORMAL -> "Normal";
                  case WARNING -> "Warning";
                })
            .withReason(event.reason())
            .withAction(event.action())
            .withNote(shortened(event.message()))
            .withRegarding(
                new ObjectReferenceBuilder()
                    .withApiVersion(cluster.getApiVersion())
                    .withKind(cluster.getKind())
                    .withNamespace(meta.getNamespace())
                    .withName(meta.getName())
                    .withUid(meta.getUid())
                    .withResourceVersion(meta.getResourceVersion())
                    .build())
            .build();
    try {
      client.resource(object).create();
    } catch (KubernetesClientException e) {
      log.warn(
          "could not publish event {} of {}: {}", event.reason(), meta.getName(), e.getMessage());
    }
  }

  /** The same is not said again and again while a step is tried again and again. */
  private synchronized boolean isNews(String cluster, ClusterEvent event, Instant now) {
    said.values().removeIf(time -> time.isBefore(now.minus(SILENCE)));
    return said.putIfAbsent(new Said(cluster, event), now) == null;
  }

  private static String shortened(String note) {
    return note.length() <= MOST_CHARACTERS_OF_A_NOTE
        ? note
        : note.substring(0, MOST_CHARACTERS_OF_A_NOTE - 3) + "...";
  }
}
