package dev.quorate.operator.platform.kubernetes;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElectionConfigBuilder;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaseLock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Lease that makes one operator of several the one that acts.
 *
 * <p>Holding it is not proof enough for a membership change, because a paused process does not
 * notice that its Lease ran out. Each leadership therefore has an epoch that the members compare: a
 * later leader has a greater one, and a member that has seen it refuses the earlier leader.
 */
final class LeaderLease implements AutoCloseable {
  static final String NAME = "quorate-operator";

  private static final Duration LEASE = Duration.ofSeconds(15);
  private static final Duration RENEW_DEADLINE = Duration.ofSeconds(10);
  private static final Duration RETRY = Duration.ofSeconds(2);
  private static final int TRANSITION_BITS = 24;
  private static final Logger log = LoggerFactory.getLogger(LeaderLease.class);

  private final KubernetesClient client;
  private final String namespace;
  private final String identity;
  private volatile boolean closing;
  private @Nullable CompletableFuture<?> campaign;

  LeaderLease(KubernetesClient client, String namespace, String identity) {
    this.client = client;
    this.namespace = namespace;
    this.identity = identity;
  }

  /**
   * Waits in the background for the Lease.
   *
   * @param onLeading gets the fencing epoch, on a thread of its own
   * @param onLost called when the Lease went to somebody else or could not be renewed in time
   */
  synchronized void campaign(LongConsumer onLeading, Runnable onLost) {
    var callbacks =
        new LeaderCallbacks(
            () -> Thread.ofPlatform().name("leading").start(() -> lead(onLeading)),
            () -> {
              if (!closing) {
                onLost.run();
              }
            },
            leader -> log.info("the lease {}/{} is held by {}", namespace, NAME, leader));
    var config =
        new LeaderElectionConfigBuilder()
            .withName(NAME)
            .withLock(new LeaseLock(namespace, NAME, identity))
            .withLeaseDuration(LEASE)
            .withRenewDeadline(RENEW_DEADLINE)
            .withRetryPeriod(RETRY)
            .withReleaseOnCancel(true)
            .withLeaderCallbacks(callbacks)
            .build();
    campaign = client.leaderElector().withConfig(config).build().start();
  }

  private void lead(LongConsumer onLeading) {
    var lease = client.leases().inNamespace(namespace).withName(NAME).get();
    if (lease == null || !identity.equals(lease.getSpec().getHolderIdentity())) {
      return; // lost again already; the elector tells that by itself
    }
    onLeading.accept(epoch(lease));
  }

  /**
   * Grows with each leadership: transitions count within one Lease object, and an object that was
   * deleted and made again has a later creation time.
   */
  static long epoch(Lease lease) {
    long created = Instant.parse(lease.getMetadata().getCreationTimestamp()).getEpochSecond();
    Integer transitions = lease.getSpec().getLeaseTransitions();
    return (created << TRANSITION_BITS) + (transitions == null ? 0 : transitions);
  }

  /** Gives the Lease back, so that another operator need not wait until it runs out. */
  @Override
  public synchronized void close() {
    closing = true;
    if (campaign != null) {
      campaign.cancel(true);
    }
  }
}
